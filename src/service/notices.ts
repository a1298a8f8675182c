import { type Config, proxyOf, webhookKey } from '../config.ts';
import type { NoticeOptions } from '../notice/rounds.ts';

/** How notices go out by this configuration. */
export function noticesOf(config: Config): NoticeOptions {
  const { smtp, noticeFrom, noticeWebhook, noticeSecret } = config;
  return {
    ...(smtp === undefined ? {} : { mail: { url: smtp, from: noticeFrom } }),
    ...(noticeWebhook === undefined
      ? {}
      : { webhook: { url: noticeWebhook, secret: webhookKey(noticeSecret), proxy: proxyOf(config) } }),
  };
}
