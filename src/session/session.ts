import { randomBytes } from 'node:crypto';
import { type Condition, condition, type Database, type Row, type Statement } from '../database/database.ts';

/** Why a session ended before its time. */
export type SessionEnd =
  | 'logged-out'
  | 'certificate-revoked'
  | 'certificate-untrusted'
  | 'organisation-blocked'
  | 'power-withdrawn'
  | 'carrier-disconnected'
  | 'not-confirmed'
  | 'ended-by-organisation'
  | 'ended-by-operator'
  | 'idle-end';

/** A power of attorney of the session's organisation: by whom it was given, and its number. */
export interface SessionPower {
  readonly giver: string;
  readonly number: string;
}

/** A sign-in that a relying party may build on until it expires or is ended. */
export interface Session {
  readonly id: string;
  /** Identifier of the relying party it was opened for. */
  readonly client: string;
  /** The organisation, as `ogrn:…` or `inn:…`. */
  readonly subject: string;
  /** The organisation's INN, by which other registers are asked about it. */
  readonly inn?: string;
  /** SHA-256 of the certificate that signed, base64url. */
  readonly certificate: string;
  /** The power of attorney that it rests on; absent where none was needed. */
  readonly power?: SessionPower;
  /** Whether its certificates were found qualified, because the relying party asks for that. */
  readonly isQualified?: boolean;
  /** Names the person who signed, and tells nothing of them: a keyed hash. Absent where nobody asked for it. */
  readonly signer?: string;
  /** From where the person came, as a keyed hash for this organisation alone; absent where nobody told. */
  readonly place?: string;
  readonly startedAt: number;
  /** When it ends by itself, as things stand: each use moves that on where `idleTime` is set. */
  readonly expiresAt: number;
  /** It ends when it was not used for so long, in ms; absent where it does not end for that. */
  readonly idleTime?: number;
  /** The last moment to which uses can move its end; `expiresAt` where absent. */
  readonly endsAt?: number;
}

/** When a session ends at the latest, however much it is used. */
export function latestEnd({ endsAt, expiresAt }: Pick<Session, 'endsAt' | 'expiresAt'>): number {
  return endsAt ?? expiresAt;
}

/** A session as it stands: ended ones say when and why. */
export interface StoredSession extends Session {
  readonly endedAt?: number;
  readonly endReason?: SessionEnd;
  /** When it was used last after its opening, to the minute. */
  readonly usedAt?: number;
}

/** Whether a session is open at `at` (ms). */
export function isSessionOpen(session: StoredSession | undefined, at: number): session is StoredSession {
  return session !== undefined && session.endedAt === undefined && at < session.expiresAt;
}

/** How a session ended that is not open at `at`, for whoever is told of it. */
export function endOf(session: StoredSession): {
  readonly reason: SessionEnd | 'expired';
  readonly endedAt: Date;
} {
  const { endedAt, endReason, expiresAt } = session;
  const byItself = expiresAt < latestEnd(session) ? 'idle-end' : 'expired';
  return { reason: endReason ?? byItself, endedAt: new Date(endedAt ?? expiresAt) };
}

/** A session lasts a working day at most; the portal may end it earlier. */
export const sessionLifetime = 12 * 3_600_000;

/**
 * A new session identifier: a UUID of version 7 (RFC 9562, section 5.7). Its 74 random bits make it unguessable
 * enough for a name that opens nothing by itself; its leading time keeps the newest rows side by side on the disk.
 */
export function newSessionId(at: number): string {
  const octets = randomBytes(16);
  octets.writeUIntBE(at, 0, 6);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x70;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = octets.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** How many sessions may be open at once with a relying party; no limit where absent. */
export interface SessionLimits {
  /** Of one organisation. */
  readonly organisation?: number | undefined;
  /** Of one person who signs for it. */
  readonly signer?: number | undefined;
}

/** Opens a session; whether one more is allowed is for `withinLimits` to say, before it in the same unit. */
export function openSession(session: Session): Statement {
  const { id, client, subject, certificate, startedAt, expiresAt } = session;
  const { inn = null, power, isQualified = false, signer = null } = session;
  const { place = null, idleTime = null, endsAt = null } = session;
  return {
    sql: `INSERT INTO session
            (id, client, subject, inn, certificate, started_at, expires_at, power_giver, power, qualified, signer,
             place, idle_time, ends_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    parameters: [
      ...[id, client, subject, inn, certificate, startedAt, expiresAt],
      ...[power?.giver ?? null, power?.number ?? null, isQualified ? 1 : 0, signer],
      ...[place, idleTime, endsAt],
    ],
  };
}

/**
 * Refuses a unit with `session_limit` where one more session of the organisation, or of the person, is too many for a
 * relying party. What counts are the organisation's open sessions that have reached it, whether they were opened for it
 * or came to it by single sign-on; the count is made inside the transaction, so concurrent sign-ins cannot slip past.
 */
export function withinLimits(
  { subject, signer }: Pick<Session, 'subject' | 'signer'>,
  client: string,
  { organisation, signer: ofSigner }: SessionLimits,
  at: number,
): readonly Condition[] {
  const refusal = (limit: number) => ({ code: 'session_limit', details: { limit } }) as const;
  const opened = [client, subject, at];
  const reached = [client, subject, at, at];
  return [
    ...(organisation === undefined
      ? []
      : [condition(countedOf(''), [...opened, ...reached, organisation], refusal(organisation))]),
    ...(ofSigner === undefined || signer === undefined
      ? []
      : [
          condition(
            countedOf('AND signer = ?'),
            [...opened, signer, ...reached, signer, ofSigner],
            refusal(ofSigner),
          ),
        ]),
  ];
}

/** Gives a row where fewer sessions than the last parameter are open: those opened for it, and those that reached it. */
function countedOf(and: string): string {
  return `SELECT 1 WHERE
    (SELECT count(*) FROM session
     WHERE client = ? AND subject = ? AND expires_at > ? AND ended_at IS NULL ${and})
    + (SELECT count(*) FROM session WHERE id IN (
         SELECT session FROM session_reach WHERE client = ? AND subject = ? AND expires_at > ?)
       AND expires_at > ? AND ended_at IS NULL ${and}) < ?`;
}

/** Ends a session; one that has ended already keeps its first end. */
export function endSession(id: string, reason: SessionEnd, at: number): Statement {
  return {
    sql: 'UPDATE session SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL',
    parameters: [at, reason, id],
  };
}

/** The session of that identifier, ended or not; undefined where there is none. */
export async function findSession(database: Database, id: string): Promise<StoredSession | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE id = ?`,
    parameters: [id],
  });
  return row && toSession(row);
}

/** A session that ended before its time. */
export interface EndedSession {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/** Sessions that were ended after `since` (ms), by whomever, in the order of their ends; `most` of them at most. */
export async function endedSessions(
  database: Database,
  since: EndedSession,
  most: number,
): Promise<readonly EndedSession[]> {
  const rows = await database.read({
    sql: `SELECT id, ended_at FROM session WHERE ended_at >= ? AND (ended_at > ? OR id > ?)
          ORDER BY ended_at, id LIMIT ?`,
    parameters: [since.endedAt, since.endedAt, since.id, most],
  });
  return rows.map(({ id, ended_at: endedAt }) => ({ id: String(id), endedAt: Number(endedAt) }));
}

/** Sessions of an organisation that are open at `at`, the newest first, a thousand at most. */
export async function liveSessions(
  database: Database,
  subject: string,
  at: number,
): Promise<readonly StoredSession[]> {
  const rows = await database.read({
    // The index begins with the relying party, and there are few of those.
    sql: `${select} WHERE client IN (SELECT id FROM client) AND subject = ? AND expires_at > ?
          AND ended_at IS NULL ORDER BY started_at DESC, id LIMIT 1000`,
    parameters: [subject, at],
  });
  return rows.map(toSession);
}

/** Which of an organisation's sessions are meant. */
export interface SessionChoice {
  /** Those that rest on this power of attorney; without a number, on any of that giver. */
  readonly power?: Pick<SessionPower, 'giver'> & Partial<SessionPower>;
  /** Those that this certificate opened. */
  readonly certificate?: string;
}

/** Ends the open sessions of an organisation: all, or those that are meant. */
export function endSessions(
  subject: string,
  reason: SessionEnd,
  at: number,
  { power, certificate }: SessionChoice = {},
): Statement {
  const sql = `UPDATE session SET ended_at = ?, end_reason = ?
    WHERE client IN (SELECT id FROM client) AND subject = ? AND expires_at > ? AND ended_at IS NULL`;
  const parameters = [at, reason, subject, at];
  if (power !== undefined) {
    const { giver, number } = power;
    if (number === undefined)
      return { sql: `${sql} AND power_giver = ?`, parameters: [...parameters, giver] };
    return { sql: `${sql} AND power_giver = ? AND power = ?`, parameters: [...parameters, giver, number] };
  }
  if (certificate !== undefined) {
    return { sql: `${sql} AND certificate = ?`, parameters: [...parameters, certificate] };
  }
  return { sql, parameters };
}

const select = `SELECT id, client, subject, certificate, started_at, expires_at, ended_at, end_reason, power_giver,
  power, used_at, idle_time, ends_at, signer FROM session`;

function toSession(row: Row): StoredSession {
  return {
    id: String(row.id),
    client: String(row.client),
    subject: String(row.subject),
    certificate: String(row.certificate),
    startedAt: Number(row.started_at),
    expiresAt: Number(row.expires_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
    ...(row.end_reason === null ? {} : { endReason: row.end_reason as SessionEnd }),
    ...(row.used_at === null ? {} : { usedAt: Number(row.used_at) }),
    ...(row.idle_time === null ? {} : { idleTime: Number(row.idle_time) }),
    ...(row.ends_at === null ? {} : { endsAt: Number(row.ends_at) }),
    ...(row.signer === null ? {} : { signer: String(row.signer) }),
    ...(row.power === null ? {} : { power: { giver: String(row.power_giver), number: String(row.power) } }),
  };
}

/** Sessions are forgotten a day after their end; the audit keeps what must be known of them. */
const keptFor = 24 * 3_600_000;

/**
 * Forgets sessions that expired long before `at`. Identifiers begin with the time, so the first condition bounds
 * what has to be looked at.
 */
export function forgetSessions(at: number): Statement {
  return {
    sql: 'DELETE FROM session WHERE id < ? AND expires_at < ?',
    parameters: [firstSessionId(at - keptFor), at - keptFor],
  };
}

/** What the identifiers of sessions that began at `at` (ms) or later are not less than. */
export function firstSessionId(at: number): string {
  const time = Math.max(0, at).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}
