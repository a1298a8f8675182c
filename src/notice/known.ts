import type { Database, Row, Statement } from '../database/database.ts';
import type { RecentSession } from '../session/recent.ts';

/** In what way a sign-in was unusual for its organisation. */
export type UnusualKind = 'new-address' | 'new-carrier' | 'odd-rate';

/**
 * What is known of an organisation's sign-ins: a certificate, a place (a keyed hash of a network), how many there were
 * in an hour (the name is its number since the epoch), and when their rate was last found odd.
 */
export interface Known {
  readonly subject: string;
  readonly kind: 'certificate' | 'place' | 'hour' | 'rate';
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  readonly times: number;
}

const day = 86_400_000;

/** Organisations that are asked about at once. */
export const atOnce = 100;

/** Certificates and places are forgotten when they were not seen for so long. */
const keptFor = 180 * day;

/** Hours are counted together to a day. */
const countedFor = 25 * 3_600_000;

/** Certificates, and places, that are known of one organisation. */
const mostKnown = 200;

const findKnown = `SELECT subject, kind, name, seen_at, times FROM known_sign_in
  WHERE subject IN (${Array(atOnce).fill('?').join(', ')})`;

/** What is known of up to a hundred organisations. */
export async function knownOf(database: Database, subjects: readonly string[]): Promise<readonly Known[]> {
  const places = [...subjects, ...Array<string>(atOnce - subjects.length).fill('')];
  return (await database.read({ sql: findKnown, parameters: places })).map(toKnown);
}

function toKnown(row: Row): Known {
  return {
    subject: String(row.subject),
    kind: row.kind as Known['kind'],
    name: String(row.name),
    seenAt: Number(row.seen_at),
    times: Number(row.times),
  };
}

/** Learns what was not known. Where somebody else has meanwhile, the unit is refused with `record_changed`. */
export function learn({ subject, kind, name, seenAt, times }: Known): Statement {
  return {
    sql: `INSERT INTO known_sign_in (subject, kind, name, seen_at, times) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (subject, kind, name) DO NOTHING`,
    parameters: [subject, kind, name, seenAt, times],
    refusal: 'record_changed',
  };
}

/** Notes that something was seen again; where somebody else has seen it later, refused with `record_changed`. */
export function remember({ subject, kind, name, seenAt }: Known): Statement {
  return {
    sql: `INSERT INTO known_sign_in (subject, kind, name, seen_at, times) VALUES (?, ?, ?, ?, 1)
          ON CONFLICT (subject, kind, name) DO UPDATE SET seen_at = excluded.seen_at
          WHERE known_sign_in.seen_at < excluded.seen_at`,
    parameters: [subject, kind, name, seenAt],
    refusal: 'record_changed',
  };
}

/** Adds to what was counted. */
export function count({ subject, kind, name, seenAt, times }: Known): Statement {
  return {
    sql: `INSERT INTO known_sign_in (subject, kind, name, seen_at, times) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (subject, kind, name) DO UPDATE SET times = known_sign_in.times + excluded.times`,
    parameters: [subject, kind, name, seenAt, times],
  };
}

/** Keeps the newest two hundred of a kind. */
export function keepNewest({ subject, kind }: Pick<Known, 'subject' | 'kind'>): Statement {
  return {
    sql: `DELETE FROM known_sign_in WHERE subject = ? AND kind = ? AND name NOT IN (
            SELECT name FROM known_sign_in WHERE subject = ? AND kind = ?
            ORDER BY seen_at DESC, name LIMIT ?)`,
    parameters: [subject, kind, subject, kind, mostKnown],
  };
}

/** How far sign-ins were looked at, as identifiers of sessions. */
export interface LookedAt {
  /** Everything before was written by then, and is not looked at again. */
  readonly session: string;
  /** The last one that was counted. */
  readonly counted: string;
}

/** How far sign-ins were looked at; undefined where they never were. */
export async function lookedAt(database: Database): Promise<LookedAt | undefined> {
  const [row] = await database.read({
    sql: 'SELECT session, counted FROM known_sign_in_progress WHERE id = 1',
    parameters: [],
  });
  return row && { session: String(row.session), counted: String(row.counted) };
}

/** Notes how far sign-ins were looked at. */
export function noteLookedAt({ session, counted }: LookedAt): Statement {
  return {
    sql: `INSERT INTO known_sign_in_progress (id, session, counted) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET session = excluded.session, counted = excluded.counted`,
    parameters: [session, counted],
  };
}

/** How many notices of unusual sign-ins an organisation was to be sent within the day before `at` (ms). */
export async function noticesOfDay(database: Database, subject: string, at: number): Promise<number> {
  const [row] = await database.read({
    sql: 'SELECT count(*) AS told FROM unusual_sign_in WHERE subject = ? AND at > ?',
    parameters: [subject, at - day],
  });
  return Number(row?.told);
}

/** Lays ready what is to be told of a sign-in by a channel. */
export function layReady(
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
    {
      sql: `DELETE FROM known_sign_in WHERE seen_at < ? OR (seen_at < ? AND kind IN ('hour', 'rate'))`,
      parameters: [at - keptFor, at - countedFor],
    },
    { sql: 'DELETE FROM unusual_sign_in WHERE at < ?', parameters: [at - 2 * day] },
  ];
}
