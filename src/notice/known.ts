import { auditEntry } from '../audit/record.ts';
import type { Database, Statement } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { type RecentSession, sessionCounts, sessionsAfter } from '../session/recent.ts';
import { firstSessionId } from '../session/session.ts';
import type { NoticeChannel } from './channel.ts';

/** In what way a sign-in was unusual for its organisation. */
export type UnusualKind = 'new-address' | 'new-carrier' | 'odd-rate';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** Sessions of one page. */
const onPage = 100;

/** Sessions are written in another order than their identifiers have by this much at most, ms. */
const overlap = minute;

/** What is known of an organisation is forgotten when it was not seen for so long. */
const keptFor = 180 * day;

/** Addresses, and certificates, that are known of one organisation. */
const mostKnown = 200;

/** So many notices a day go to one organisation; the audit has the rest. */
const mostNotices = 20;

/** Fewer sign-ins within an hour are never odd. */
const leastRate = 20;

/** An hour is odd with so many times the sign-ins of a usual one. */
const oddTimes = 4;

/**
 * Looks at the sign-ins since the last look, as of `at` (ms), and notes those that are unusual for their organisation:
 * from an address, or by a certificate, that it has not signed in by before, or many within an hour. Each goes into the
 * audit, and is laid ready for `channels`. Only sign-ins that passed are looked at, so that nobody but the
 * organisation's own people can fill what is known of it; the first ones are learnt and not told. Twice the same is
 * noted once. Rejects with `storage_unavailable`.
 */
export async function noteUnusual(
  database: Database,
  channels: readonly Pick<NoticeChannel, 'name'>[],
  at: number,
): Promise<void> {
  const [progress] = await database.read({
    sql: 'SELECT session FROM known_sign_in_progress WHERE id = 1',
    parameters: [],
  });
  const from = progress === undefined ? firstSessionId(at) : String(progress.session);
  let last = from;
  for (;;) {
    const page = await sessionsAfter(database, last, onPage);
    for (const session of page) await look(database, session, channels, at);
    last = page.at(-1)?.id ?? last;
    if (page.length < onPage) break;
  }
  if (last === from && progress !== undefined) return;
  // Identifiers sort by their time.
  const [next = last] = [last, firstSessionId(at - overlap)].sort();
  await database.write({ statements: [progressTo(next)] });
}

function progressTo(session: string): Statement {
  return {
    sql: `INSERT INTO known_sign_in_progress (id, session) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET session = excluded.session`,
    parameters: [session],
  };
}

/** What is known by one kind of name. */
interface Known {
  readonly kind: 'place' | 'certificate' | 'rate';
  readonly name: string;
  readonly seenAt: number;
}

async function look(
  database: Database,
  session: RecentSession,
  channels: readonly Pick<NoticeChannel, 'name'>[],
  at: number,
): Promise<void> {
  const { subject, certificate, place, startedAt } = session;
  const known = await knownOf(database, subject);
  const seen = [
    { kind: 'certificate', name: certificate, unusual: 'new-carrier' },
    ...(place === undefined ? [] : [{ kind: 'place', name: place, unusual: 'new-address' } as const]),
  ] as const;
  const fresh = seen.filter(
    ({ kind, name }) => !known.some((each) => each.kind === kind && each.name === name),
  );
  const kinds: UnusualKind[] = fresh.flatMap(({ kind, name, unusual }) =>
    known.some((each) => each.kind === kind && isComparable(each.name, name)) ? [unusual] : [],
  );
  const isTold = known.some(({ kind, seenAt }) => kind === 'rate' && startedAt - seenAt < hour);
  const isOdd = !isTold && (await isOddRate(database, subject, startedAt));
  if (isOdd) kinds.push('odd-rate');
  const stale = seen.filter(({ kind, name }) =>
    known.some((each) => each.kind === kind && each.name === name && startedAt - each.seenAt > day),
  );
  const statements = [
    ...fresh.map(({ kind, name }) => learn(subject, kind, name, startedAt)),
    ...(isOdd ? [remember(subject, 'rate', 'hour', startedAt)] : []),
    ...stale.map(({ kind, name }) => remember(subject, kind, name, startedAt)),
    ...fresh.map(({ kind }) => keepNewest(subject, kind)),
  ];
  if (statements.length === 0) return;
  const isLoud =
    kinds.length > 0 && (await noticesOfDay(database, subject, at)) < mostNotices * channels.length;
  const laid = isLoud ? channels.map(({ name }) => layReady(session, kinds, name, at)) : [];
  // Another replica may be looking at the very same: then it has noted it.
  await writeUnless(
    database,
    {
      statements: [...statements, ...laid],
      journal:
        kinds.length === 0
          ? []
          : [
              auditEntry({
                event: 'sign_in.unusual',
                ...{ at, subject, certificate, client: session.client, session: session.id },
                details: { kinds },
              }),
            ],
    },
    'record_changed',
  );
}

/** Places are hashed under a secret: those of an earlier one cannot be compared with those of the next. */
function isComparable(left: string, right: string): boolean {
  const keyOf = (name: string) => (name.includes(':') ? name.slice(0, name.indexOf(':')) : '');
  return keyOf(left) === keyOf(right);
}

async function isOddRate(database: Database, subject: string, at: number): Promise<boolean> {
  const counts = await sessionCounts(database, subject, at);
  return counts.hour >= leastRate && counts.hour * 24 > oddTimes * counts.day;
}

async function knownOf(database: Database, subject: string): Promise<readonly Known[]> {
  const rows = await database.read({
    sql: 'SELECT kind, name, seen_at FROM known_sign_in WHERE subject = ?',
    parameters: [subject],
  });
  return rows.map((row) => ({
    kind: row.kind as Known['kind'],
    name: String(row.name),
    seenAt: Number(row.seen_at),
  }));
}

/** Learns what was not known. Where somebody else has meanwhile, the unit is refused with `record_changed`. */
function learn(subject: string, kind: Known['kind'], name: string, at: number): Statement {
  return {
    sql: `INSERT INTO known_sign_in (subject, kind, name, seen_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (subject, kind, name) DO NOTHING`,
    parameters: [subject, kind, name, at],
    refusal: 'record_changed',
  };
}

/** Where somebody else has seen it later, the unit is refused with `record_changed`. */
function remember(subject: string, kind: Known['kind'], name: string, at: number): Statement {
  return {
    sql: `INSERT INTO known_sign_in (subject, kind, name, seen_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (subject, kind, name) DO UPDATE SET seen_at = excluded.seen_at
          WHERE known_sign_in.seen_at < excluded.seen_at`,
    parameters: [subject, kind, name, at],
    refusal: 'record_changed',
  };
}

function keepNewest(subject: string, kind: Known['kind']): Statement {
  return {
    sql: `DELETE FROM known_sign_in WHERE subject = ? AND kind = ? AND name NOT IN (
            SELECT name FROM known_sign_in WHERE subject = ? AND kind = ?
            ORDER BY seen_at DESC, name LIMIT ?)`,
    parameters: [subject, kind, subject, kind, mostKnown],
  };
}

async function noticesOfDay(database: Database, subject: string, at: number): Promise<number> {
  const [row] = await database.read({
    sql: 'SELECT count(*) AS told FROM unusual_sign_in WHERE subject = ? AND at > ?',
    parameters: [subject, at - day],
  });
  return Number(row?.told);
}

function layReady(
  { id, subject, client, certificate }: RecentSession,
  kinds: readonly UnusualKind[],
  channel: string,
  at: number,
): Statement {
  return {
    sql: `INSERT INTO unusual_sign_in (session, channel, subject, client, certificate, kinds, at, due_at, tries)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (session, channel) DO NOTHING`,
    parameters: [id, channel, subject, client, certificate, kinds.join(' '), at, at],
  };
}

/** An unusual sign-in that is to be told by a channel. */
export interface DueUnusual extends Pick<RecentSession, 'id' | 'subject' | 'client' | 'certificate'> {
  readonly channel: string;
  readonly kinds: readonly UnusualKind[];
  readonly at: number;
  readonly tries: number;
}

/** What is to be told at `at` (ms), a hundred at most, those that wait longest first. */
export async function dueUnusual(database: Database, at: number): Promise<readonly DueUnusual[]> {
  const rows = await database.read({
    sql: `SELECT session, channel, subject, client, certificate, kinds, at, tries FROM unusual_sign_in
          WHERE due_at <= ? ORDER BY due_at LIMIT 100`,
    parameters: [at],
  });
  return rows.map((row) => ({
    ...{ id: String(row.session), channel: String(row.channel), subject: String(row.subject) },
    ...{ client: String(row.client), certificate: String(row.certificate) },
    kinds: String(row.kinds).split(' ') as UnusualKind[],
    ...{ at: Number(row.at), tries: Number(row.tries) },
  }));
}

/** Takes a telling upon oneself until `until` (ms); refused with `record_changed` where somebody else was faster. */
export function claimUnusual({ id, channel, tries }: DueUnusual, until: number): Statement {
  return {
    sql: `UPDATE unusual_sign_in SET tries = tries + 1, due_at = ?
          WHERE session = ? AND channel = ? AND tries = ? AND due_at IS NOT NULL`,
    parameters: [until, id, channel, tries],
    refusal: 'record_changed',
  };
}

/** Nothing more is to be told by that channel. */
export function settleUnusual({ id, channel }: DueUnusual): Statement {
  return {
    sql: 'UPDATE unusual_sign_in SET due_at = NULL WHERE session = ? AND channel = ?',
    parameters: [id, channel],
  };
}

/** Forgets, as of `at` (ms), what was long not seen, and notices that are long over. */
export function forgetKnown(at: number): readonly Statement[] {
  return [
    { sql: 'DELETE FROM known_sign_in WHERE seen_at < ?', parameters: [at - keptFor] },
    { sql: 'DELETE FROM unusual_sign_in WHERE at < ?', parameters: [at - 2 * day] },
  ];
}
