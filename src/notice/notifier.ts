import { randomUUID } from 'node:crypto';
import { auditEntry } from '../audit/record.ts';
import { type Carrier, expiringCarriers } from '../carrier/carrier.ts';
import type { Database } from '../database/database.ts';
import type { NoticeChannel } from './channel.ts';
import { findContact } from './contact.ts';
import { dueNotice, expiryNotice, noticeDays } from './expiry.ts';

const day = 86_400_000;
/** Whoever has claimed a notice and died has not sent it; another may after that long. */
const claimedFor = 10 * 60_000;

/**
 * Sends every notice that is due at `at` (ms) and was not sent yet: once each, whatever restarts, and whichever of
 * several replicas gets there first. One is claimed in the database, sent, and noted as sent; so one whose sender
 * dies in between goes out again later, under the same identifier. Where several thresholds have passed unseen, only
 * the most pressing notice goes out. Resolves to how many were sent; `failed` is told of those that were not.
 */
export async function sendDueNotices(
  database: Database,
  channels: readonly NoticeChannel[],
  at: number,
  failed: (error: unknown) => void = () => {},
): Promise<number> {
  const until = at + noticeDays[0] * day;
  let sent = 0;
  let last: Carrier | undefined;
  for (;;) {
    const page = await expiringCarriers(database, at, until, last);
    for (const carrier of page) sent += await sendFor(database, channels, carrier, at, failed);
    last = page.at(-1);
    if (last === undefined) return sent;
  }
}

async function sendFor(
  database: Database,
  channels: readonly NoticeChannel[],
  carrier: Carrier,
  at: number,
  failed: (error: unknown) => void,
): Promise<number> {
  const days = dueNotice(carrier, at);
  if (days === undefined) return 0;
  const notice = expiryNotice(carrier, days);
  const contact = await findContact(database, carrier.subject);
  const recipient = contact ?? { email: carrier.email, language: 'ru' as const };
  let sent = 0;
  for (const channel of channels) {
    if (!channel.reaches(recipient)) continue;
    const key = [carrier.subject, carrier.certificate, days, channel.name] as const;
    if (!(await claim(database, key, at))) continue;
    try {
      await channel.send(notice, recipient, at);
      await noteSent(database, key, at);
      sent++;
    } catch (error) {
      await release(database, key);
      failed(error);
    }
  }
  return sent;
}

type NoticeKey = readonly [subject: string, certificate: string, days: number, channel: string];

/** One insert decides who sends. What came of it is read back, since a claim that was lost is no failure. */
async function claim(database: Database, key: NoticeKey, at: number): Promise<boolean> {
  const [row] = await database.read({
    sql: `SELECT claimed_until, sent_at FROM expiry_notice
          WHERE subject = ? AND certificate = ? AND days = ? AND channel = ?`,
    parameters: [...key],
  });
  if (row !== undefined && (row.sent_at !== null || Number(row.claimed_until) > at)) return false;
  const claimant = randomUUID();
  await database.write({
    statements: [
      {
        sql: `INSERT INTO expiry_notice (subject, certificate, days, channel, claimed_by, claimed_until)
              VALUES (?, ?, ?, ?, ?, ?)
              ON CONFLICT (subject, certificate, days, channel) DO UPDATE SET
                claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
              WHERE expiry_notice.sent_at IS NULL AND expiry_notice.claimed_until <= ?`,
        parameters: [...key, claimant, at + claimedFor, at],
      },
    ],
  });
  const [claimed] = await database.read({
    sql: `SELECT claimed_by FROM expiry_notice
          WHERE subject = ? AND certificate = ? AND days = ? AND channel = ?`,
    parameters: [...key],
  });
  return claimed?.claimed_by === claimant;
}

async function noteSent(database: Database, key: NoticeKey, at: number): Promise<void> {
  const [subject, certificate, days, channel] = key;
  await database.write({
    statements: [
      {
        sql: `UPDATE expiry_notice SET sent_at = ?
              WHERE subject = ? AND certificate = ? AND days = ? AND channel = ?`,
        parameters: [at, ...key],
      },
    ],
    journal: [auditEntry({ event: 'notice.sent', at, subject, certificate, details: { days, channel } })],
  });
}

/** The next round may try again. */
async function release(database: Database, key: NoticeKey): Promise<void> {
  await database.write({
    statements: [
      {
        sql: `UPDATE expiry_notice SET claimed_until = 0
              WHERE subject = ? AND certificate = ? AND days = ? AND channel = ? AND sent_at IS NULL`,
        parameters: [...key],
      },
    ],
  });
}
