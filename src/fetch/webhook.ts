import { createHmac } from 'node:crypto';
import { fault } from '../error.ts';
import type { ProxySettings } from './proxy.ts';
import { Transport } from './transport.ts';

/** How a webhook is called. */
export interface WebhookOptions {
  readonly url: string;
  /** Shared with the receiver; 24 octets or more. */
  readonly secret: Uint8Array;
  readonly proxy?: ProxySettings | undefined;
}

/** A webhook of the operator's choice. */
export interface Webhook {
  /**
   * Posts `data` as JSON, under an identifier by which the receiver tells repetitions; `at` in ms since the epoch.
   * Rejects where it was not taken within ten seconds.
   */
  send(id: string, data: object, at: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Calls a webhook, signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp` (seconds),
 * `webhook-signature: v1,` and base64 of HMAC-SHA-256 over `ID.TIMESTAMP.BODY`. Redirects are not followed.
 */
export function webhook({ url, secret, proxy }: WebhookOptions): Webhook {
  const transport = new Transport(proxy, () => ({ connect: { timeout: 5_000 } }));
  return {
    async send(id, data, at) {
      const body = JSON.stringify(data);
      const timestamp = String(Math.floor(at / 1000));
      const { statusCode, body: answer } = await transport.request(url, {
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
      if (statusCode < 200 || statusCode > 299) throw fault('the webhook answered', statusCode);
    },
    close: () => transport.close(),
  };
}
