import type { Transporter } from 'nodemailer';
import type { Language } from '../failure/failure.ts';
import { type WebhookOptions, webhook } from '../fetch/webhook.ts';
import type { Notice } from './notice.ts';

/** Whom a notice is for. */
export interface Recipient {
  /** Empty where none is known. */
  readonly email: string;
  readonly language: Language;
}

/** A way for notices to go out. */
export interface NoticeChannel {
  readonly name: 'mail' | 'webhook';
  /** Whether a notice can go to this recipient at all. */
  reaches(recipient: Recipient): boolean;
  /** Rejects where it did not go out. */
  send(notice: Notice, recipient: Recipient, at: number): Promise<void>;
  close(): void;
}

/** How mail goes out. */
export interface MailOptions {
  /** `smtp://` or `smtps://`, with user and password if the server asks for them. */
  readonly url: string;
  readonly from: string;
}

/** Notices by mail. A notice that is sent twice bears the same Message-ID, so that mailboxes show it once. */
export function mailChannel({ url, from }: MailOptions): NoticeChannel {
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
  let opened: Promise<Transporter> | undefined;
  // Loaded with the first mail: it is large, and most of the time nothing is to be sent.
  const open = async () => (await import('nodemailer')).createTransport({ url, ...timeouts });
  const host = from.slice(from.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '');
  return {
    name: 'mail',
    reaches: ({ email }) => email !== '',
    async send(notice, { email, language }) {
      const { subject, text } = notice.text(language);
      const messageId = `<${notice.id}@${host}>`;
      opened ??= open();
      const transport = await opened;
      await transport.sendMail({ from, to: { name: '', address: email }, subject, text, messageId });
    },
    close: () => void opened?.then((transport) => transport.close()),
  };
}

/** Notices to an address of the operator's choice: what of it is for programs. */
export function webhookChannel(options: WebhookOptions): NoticeChannel {
  const { send, close } = webhook(options);
  return {
    name: 'webhook',
    reaches: () => true,
    async send({ id, type, data }, _recipient, at) {
      await send(id, { type, timestamp: new Date(at), data }, at);
    },
    close: () => void close(),
  };
}
