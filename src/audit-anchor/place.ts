import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where outside of the database the head of the audit is put down. */
export type AnchorPlace =
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'syslog';
      readonly protocol: 'udp' | 'tcp';
      readonly host: string;
      readonly port: number;
    }
  | { readonly kind: 'webhook'; readonly url: string };

/** Ports of syslog by UDP (RFC 5426) and by TCP (RFC 6587). */
const syslogPorts = { udp: 514, tcp: 601 } as const;

/**
 * The place that a setting names: a file by its absolute path or as `file:`, `syslog://HOST[:PORT]` by UDP,
 * `syslog+tcp://HOST[:PORT]`, `http:` or `https:` for a webhook. Undefined where it names none.
 */
export function parsePlace(text: string): AnchorPlace | undefined {
  if (isAbsolute(text)) return { kind: 'file', file: text };
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  switch (protocol) {
    case 'file:':
      return hostname === '' ? { kind: 'file', file: fileURLToPath(text) } : undefined;
    case 'http:':
    case 'https:':
      return { kind: 'webhook', url: text };
    case 'syslog:':
    case 'syslog+tcp:': {
      const by = protocol === 'syslog:' ? 'udp' : 'tcp';
      const host = hostname.replace(/^\[|\]$/g, '');
      if (host === '' || (pathname !== '' && pathname !== '/')) return undefined;
      return { kind: 'syslog', protocol: by, host, port: port === '' ? syslogPorts[by] : Number(port) };
    }
    default:
      return undefined;
  }
}
