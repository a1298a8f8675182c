import { every } from '../background/round.ts';
import type { Database } from '../database/database.ts';
import type { WebhookOptions } from '../fetch/webhook.ts';
import { type MailOptions, mailChannel, type NoticeChannel, webhookChannel } from './channel.ts';
import { sendDueNotices } from './notifier.ts';

/** Which ways notices go; none goes out where both are absent. */
export interface NoticeOptions {
  readonly mail?: MailOptions;
  readonly webhook?: WebhookOptions;
}

/** Notices that go out in the background. */
export interface NoticeRounds {
  /** Sends what is due now; resolves to how many went out. Never rejects. */
  round(): Promise<number>;
  /** Ends the rounds, after the one that is on its way. */
  close(): Promise<void>;
}

const hour = 3_600_000;

/** The channels that the options name. */
export function channelsOf({ mail, webhook }: NoticeOptions): readonly NoticeChannel[] {
  return [...(mail ? [mailChannel(mail)] : []), ...(webhook ? [webhookChannel(webhook)] : [])];
}

/** Sends due notices now and every hour, until it is closed; `failed` is told of what did not go out. */
export function startNotices(
  database: Database,
  options: NoticeOptions,
  now: () => number,
  failed: (error: unknown) => void,
): NoticeRounds {
  const channels = channelsOf(options);
  if (channels.length === 0) return { round: async () => 0, close: async () => {} };
  let sent = 0;
  const rounds = every(
    hour,
    async () => {
      sent = 0;
      sent = await sendDueNotices(database, channels, now(), failed);
    },
    failed,
  );
  void rounds.run();
  return {
    async round() {
      await rounds.run();
      return sent;
    },
    async close() {
      await rounds.close();
      for (const channel of channels) channel.close();
    },
  };
}
