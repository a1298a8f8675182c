import type { Database, Row, Statement } from '../database/database.ts';

/** By what a relying party was given its tokens, and is told of their end: OpenID Connect, or ЕСИА's dialect. */
export type ReachFront = 'oidc' | 'esia';

/** What a session has reached: a relying party that was given tokens because of it. */
export interface Reach {
  readonly front: ReachFront;
  readonly grant: string;
  /** Identifier of the session. */
  readonly session: string;
  /** Identifier of the relying party. */
  readonly client: string;
  /** What the relying party knows the session by. */
  readonly sid: string;
  /** When the session ends by itself, in ms since the epoch. */
  readonly expiresAt: number;
}

/** A relying party that has to be told of the end. */
export interface DueLogout extends Reach {
  /** How often it was tried. */
  readonly tries: number;
  /** When the session ended for the relying party, in ms since the epoch. */
  readonly endedAt: number;
}

/** Notes that a session reaches a relying party. */
export function noteReach({ front, grant, session, client, sid, expiresAt }: Reach): Statement {
  return {
    sql: `INSERT INTO oidc_reach (grant_id, session, client, sid, expires_at, tries, front)
          VALUES (?, ?, ?, ?, ?, 0, ?)
          ON CONFLICT (grant_id) DO UPDATE SET sid = excluded.sid`,
    parameters: [grant, session, client, sid, expiresAt, front],
  };
}

/** The reach of a grant. */
export async function findReach(database: Database, grant: string): Promise<Reach | undefined> {
  const [row] = await database.read({ sql: `${select} WHERE grant_id = ?`, parameters: [grant] });
  return row && toReach(row);
}

/** The relying parties that a session reached and that do not know of its end yet. */
export async function reachesOf(database: Database, session: string): Promise<readonly Reach[]> {
  const rows = await database.read({
    sql: `${select} WHERE session = ? AND ended_at IS NULL`,
    parameters: [session],
  });
  return rows.map(toReach);
}

/** What a relying party still has by sign-ins of an organisation (`ogrn:…`). */
export async function reachesOfOrganisation(
  database: Database,
  subject: string,
  client: string,
): Promise<readonly Reach[]> {
  const rows = await database.read({
    sql: `${select} WHERE client = ? AND ended_at IS NULL
          AND session IN (SELECT session FROM oidc_sign_in WHERE subject = ?)`,
    parameters: [client, subject],
  });
  return rows.map(toReach);
}

/** Grants of sessions that ended by themselves before `at` (ms), a thousand at most. */
export async function expiredReaches(database: Database, at: number): Promise<readonly Reach[]> {
  const rows = await database.read({
    sql: `${select} WHERE ended_at IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT 1000`,
    parameters: [at],
  });
  return rows.map(toReach);
}

/** Ends a reach: its relying party has to be told, from `at` (ms) on; one that ended before keeps its end. */
export function endReach(grant: string, at: number): Statement {
  return {
    sql: 'UPDATE oidc_reach SET ended_at = ?, due_at = ? WHERE grant_id = ? AND ended_at IS NULL',
    parameters: [at, at, grant],
  };
}

/** As `endReach`, of what a relying party knows by `sid`. */
export function endReachOf(client: string, sid: string, at: number): Statement {
  return {
    sql: 'UPDATE oidc_reach SET ended_at = ?, due_at = ? WHERE client = ? AND sid = ? AND ended_at IS NULL',
    parameters: [at, at, client, sid],
  };
}

/** The relying parties that are to be told at `at` (ms), those that wait longest first. */
export async function dueLogouts(
  database: Database,
  at: number,
  most: number,
): Promise<readonly DueLogout[]> {
  const rows = await database.read({
    sql: `${select} WHERE due_at <= ? ORDER BY due_at LIMIT ?`,
    parameters: [at, most],
  });
  return rows.map((row) => ({ ...toReach(row), tries: Number(row.tries), endedAt: Number(row.ended_at) }));
}

/** How many wait to be told. */
export async function waitingLogouts(database: Database): Promise<number> {
  const [row] = await database.read({
    sql: 'SELECT count(*) AS waiting FROM oidc_reach WHERE due_at IS NOT NULL',
    parameters: [],
  });
  return Number(row?.waiting);
}

/**
 * Takes a telling upon oneself until `until` (ms), when it is tried again unless it has come off. Where somebody else
 * was faster the unit is refused with `oidc_object_used`.
 */
export function claimLogout({ grant, tries }: DueLogout, until: number): Statement {
  return {
    sql: 'UPDATE oidc_reach SET tries = tries + 1, due_at = ? WHERE grant_id = ? AND tries = ? AND due_at IS NOT NULL',
    parameters: [until, grant, tries],
    refusal: 'oidc_object_used',
  };
}

/** Nothing more is to be told of a reach. */
export function settleLogout(grant: string): Statement {
  return { sql: 'UPDATE oidc_reach SET due_at = NULL WHERE grant_id = ?', parameters: [grant] };
}

/** A relying party was not told for a whole day, and is not tried any more. */
export function giveLogoutUp(grant: string, at: number): Statement {
  return {
    sql: 'UPDATE oidc_reach SET due_at = NULL, undelivered_at = ? WHERE grant_id = ?',
    parameters: [at, grant],
  };
}

/** How one relying party is told of logouts. */
export interface LogoutCounts {
  /** Identifier of the relying party. */
  readonly client: string;
  /** Logouts that it is still to be told of. */
  readonly waiting: number;
  /** How often the one was tried that was tried most. */
  readonly tries: number;
  /** Logouts of the last thirty days that it was not told of. */
  readonly undelivered: number;
}

/** Relying parties that are to be told of logouts, or were not, by their identifiers. */
export async function logoutCounts(database: Database): Promise<readonly LogoutCounts[]> {
  const rows = await database.read({
    sql: `SELECT client, count(due_at) AS waiting, max(CASE WHEN due_at IS NOT NULL THEN tries ELSE 0 END) AS tries,
            count(undelivered_at) AS undelivered
          FROM oidc_reach WHERE due_at IS NOT NULL OR undelivered_at IS NOT NULL GROUP BY client ORDER BY client`,
    parameters: [],
  });
  return rows.map((row) => ({
    client: String(row.client),
    waiting: Number(row.waiting),
    tries: Number(row.tries),
    undelivered: Number(row.undelivered),
  }));
}

/** Those that were not told of are counted for so long. */
const countedFor = 30 * 24 * 3_600_000;

/** Reaches are kept a day after their end. */
const keptFor = 24 * 3_600_000;

/** Forgets, as of `at` (ms), reaches that are long over and settled. */
export function forgetReaches(at: number): Statement {
  return {
    sql: `DELETE FROM oidc_reach WHERE expires_at < ? AND ended_at IS NOT NULL AND due_at IS NULL
            AND (undelivered_at IS NULL OR undelivered_at < ?)`,
    parameters: [at - keptFor, at - countedFor],
  };
}

const select = 'SELECT grant_id, session, client, sid, expires_at, ended_at, tries, front FROM oidc_reach';

function toReach(row: Row): Reach {
  return {
    front: row.front === 'esia' ? 'esia' : 'oidc',
    grant: String(row.grant_id),
    session: String(row.session),
    client: String(row.client),
    sid: String(row.sid),
    expiresAt: Number(row.expires_at),
  };
}
