import { hash } from 'node:crypto';
import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import type { Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import { shownOgrn } from '../markup/format.ts';
import type { ClientRegistry } from '../relying-party/registry.ts';
import type { NoticeChannel } from './channel.ts';
import { findContact } from './contact.ts';
import { claimUnusual, type DueUnusual, dueUnusual, settleUnusual, type UnusualKind } from './known.ts';
import type { Notice } from './notice.ts';

/** What telling of unusual sign-ins works with. */
export interface UnusualOptions {
  readonly database: Database;
  readonly clients: Pick<ClientRegistry, 'find'>;
  readonly channels: readonly NoticeChannel[];
  /** Address of the account page, where sessions are ended. */
  readonly account: string;
  /** Is told of what did not go out; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** It is tried for a day, ms. */
const patience = 24 * 3_600_000;

/** When it is tried again after so many tries, in ms: after a minute at first, at last every hour. */
function pauseAfter(tries: number): number {
  return Math.min(60_000 * 2 ** Math.min(tries, 6), 3_600_000);
}

/**
 * Tells of unusual sign-ins that are laid ready, as of `at` (ms): the organisation by mail, where it has set an address,
 * and the operator's webhook. Resolves to how many went out. What does not go out is tried again for a day, over
 * restarts, by one of several replicas. Rejects with `storage_unavailable`.
 */
export async function sendUnusual(options: UnusualOptions, at: number): Promise<number> {
  const { database, channels } = options;
  let sent = 0;
  for (const due of await dueUnusual(database, at)) {
    const channel = channels.find(({ name }) => name === due.channel);
    const unit = { statements: [claimUnusual(due, at + pauseAfter(due.tries))] };
    if (!(await writeUnless(database, unit, 'record_changed'))) continue;
    const isOver = channel === undefined || at - due.at >= patience;
    if (isOver) await database.write({ statements: [settleUnusual(due)] });
    else if (await sendOne(options, channel, due, at)) sent += 1;
  }
  return sent;
}

async function sendOne(
  { database, clients, account, failed }: UnusualOptions,
  channel: NoticeChannel,
  due: DueUnusual,
  at: number,
): Promise<boolean> {
  const { subject, client, certificate, id: session } = due;
  // Only an address that the organisation has set itself: that of a new certificate may be whoever's it is.
  const contact = (await findContact(database, subject)) ?? { email: '', language: 'ru' as const };
  if (!channel.reaches(contact)) {
    await database.write({ statements: [settleUnusual(due)] });
    return false;
  }
  const portal = (await clients.find(client, at))?.name ?? { en: client, ru: client };
  try {
    await channel.send(unusualNotice(due, portal, account), contact, at);
  } catch (error) {
    failed(error);
    return false;
  }
  const details = { channel: channel.name, kinds: due.kinds };
  await database.write({
    statements: [settleUnusual(due)],
    journal: [auditEntry({ event: 'notice.sent', at, subject, certificate, session, details })],
  });
  return true;
}

/** The notice of an unusual sign-in. It names no person: the account does. */
export function unusualNotice(
  due: Omit<DueUnusual, 'channel' | 'tries'>,
  portal: Readonly<Record<Language, string>>,
  account: string,
): Notice {
  const { id: session, subject, client, certificate, kinds, at } = due;
  return {
    id: hash('sha256', `sealgate unusual sign-in\n${session}`, 'base64url'),
    type: 'sign_in.unusual',
    data: { subject, session, client, certificate, kinds, at: new Date(at) },
    text: (language) => unusualText(due, safeText(portal[language]), account, language),
  };
}

const kindWords: Readonly<Record<UnusualKind, Readonly<Record<Language, string>>>> = {
  'new-address': {
    en: 'from a network address that the organisation has not signed in from before',
    ru: 'с сетевого адреса, с которого организация раньше не входила',
  },
  'new-carrier': {
    en: 'by a certificate that has not signed in for the organisation before',
    ru: 'по сертификату, по которому от имени организации раньше не входили',
  },
  'odd-rate': {
    en: 'one of many within an hour, several times as many as usual',
    ru: 'один из многих за час, в несколько раз больше обычного',
  },
};

function unusualText(
  { subject, kinds, at }: Pick<DueUnusual, 'subject' | 'kinds' | 'at'>,
  portal: string,
  account: string,
  language: Language,
) {
  const ogrn = shownOgrn(subject.replace(/^ogrn:/, ''));
  const time = showDate(new Date(at), language) ?? '';
  const ways = kinds.map((kind) => `- ${kindWords[kind][language]}`);
  if (language === 'en') {
    return {
      subject: `Unusual sign-in: ${portal}`,
      text: [
        `Somebody has signed in for the organisation with OGRN ${ogrn} at “${portal}”, ${time}:`,
        ...ways,
        '',
        'If it was one of you, there is nothing to do.',
        `Otherwise end the session, and see by which certificate it was opened, in the account: ${account}`,
      ].join('\n'),
    };
  }
  return {
    subject: `Необычный вход: ${portal}`,
    text: [
      `От имени организации с ОГРН ${ogrn} выполнен вход на портал «${portal}», ${time}:`,
      ...ways,
      '',
      'Если это были вы или ваш коллега, делать ничего не нужно.',
      `Если нет, завершите сеанс в кабинете и посмотрите, каким сертификатом он открыт: ${account}`,
    ].join('\n'),
  };
}
