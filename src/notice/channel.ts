import { createHmac } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { request } from 'undici';
import type { Language } from '../failure/failure.ts';
import { dispatcherBy, type ProxySettings } from '../fetch/proxy.ts';
import type { ExpiryNotice } from './expiry.ts';
import { noticeText } from './text.ts';

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
  send(notice: ExpiryNotice, recipient: Recipient, at: number): Promise<void>;
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
  const transport = createTransport({ url, ...timeouts });
  const host = from.slice(from.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '');
  return {
    name: 'mail',
    reaches: ({ email }) => email !== '',
    async send(notice, { email, language }) {
      const { subject, text } = noticeText(notice, language);
      const messageId = `<${notice.id}@${host}>`;
      await transport.sendMail({ from, to: { name: '', address: email }, subject, text, messageId });
    },
    close: () => transport.close(),
  };
}

/** How the webhook is called. */
export interface WebhookOptions {
  readonly url: string;
  /** Shared with the receiver; 24 octets or more. */
  readonly secret: Uint8Array;
  readonly proxy?: ProxySettings | undefined;
}

/**
 * Notices to an address of the operator's choice, signed as Standard Webhooks has it: `webhook-id`,
 * `webhook-timestamp` (seconds), `webhook-signature: v1,` and base64 of HMAC-SHA-256 over `ID.TIMESTAMP.BODY`.
 * The body names the organisation, the certificate and its end, and nobody's numbers. Redirects are not followed.
 */
export function webhookChannel({ url, secret, proxy }: WebhookOptions): NoticeChannel {
  const dispatcher = dispatcherBy(proxy, { connect: { timeout: 5_000 } });
  return {
    name: 'webhook',
    reaches: () => true,
    async send({ id, carrier, days }, _recipient, at) {
      const { subject, certificate, name, serialNumber, expiresAt } = carrier;
      const data = { subject, certificate, name, serialNumber, days, expiresAt: new Date(expiresAt) };
      const body = JSON.stringify({ type: 'certificate.expires', timestamp: new Date(at), data });
      const timestamp = String(Math.floor(at / 1000));
      const { statusCode, body: answer } = await request(url, {
        dispatcher,
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
        },
        signal: AbortSignal.timeout(10_000),
      });
      await answer.dump();
      if (statusCode < 200 || statusCode > 299) throw new Error(`the webhook answered ${statusCode}`);
    },
    close: () => void dispatcher.close(),
  };
}
