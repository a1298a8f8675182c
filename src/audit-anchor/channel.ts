import type { JournalHead } from '../database/journal.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { webhook } from '../fetch/webhook.ts';
import { appendLine } from './file.ts';
import { anchorLine } from './line.ts';
import type { AnchorPlace } from './place.ts';
import { sendSyslog, syslogMessage } from './syslog.ts';

/** A way for heads to leave the database. */
export interface AnchorChannel {
  readonly kind: AnchorPlace['kind'];
  /** Puts a head down; `at` in ms since the epoch. Rejects where that did not succeed. */
  put(head: JournalHead, at: number): Promise<void>;
  close(): Promise<void>;
}

/** How webhooks are reached. */
export interface AnchorOptions {
  readonly secret: Uint8Array;
  readonly proxy?: ProxySettings | undefined;
}

/** The way to a place. */
export function anchorChannel(place: AnchorPlace, options: AnchorOptions): AnchorChannel {
  switch (place.kind) {
    case 'file':
      return {
        kind: 'file',
        put: (head, at) => appendLine(place.file, `${new Date(at).toISOString()} ${anchorLine(head)}`),
        close: async () => {},
      };
    case 'syslog':
      return {
        kind: 'syslog',
        put: (head, at) => sendSyslog(place, syslogMessage(anchorLine(head), at)),
        close: async () => {},
      };
    case 'webhook': {
      const { send, close } = webhook({ url: place.url, ...options });
      return {
        kind: 'webhook',
        put(head, at) {
          const { sequence, hash } = head;
          const data = { sequence, hash: Buffer.from(hash).toString('hex'), line: anchorLine(head) };
          return send(`audit-${sequence}`, { type: 'audit.head', timestamp: new Date(at), data }, at);
        },
        close,
      };
    }
  }
}
