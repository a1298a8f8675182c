import { randomBytes } from 'node:crypto';
import type { Database, Row, Statement } from '../database/database.ts';

/** Why a session ended before its time. */
export type SessionEnd =
  | 'logged-out'
  | 'certificate-revoked'
  | 'certificate-untrusted'
  | 'organisation-blocked'
  | 'power-withdrawn'
  | 'carrier-disconnected'
  | 'not-confirmed'
  | 'ended-by-organisation';

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
  /** Number of the power of attorney that it rests on; absent where none was needed. */
  readonly power?: string;
  /** Whether its certificates were found qualified, because the relying party asks for that. */
  readonly isQualified?: boolean;
  readonly startedAt: number;
  readonly expiresAt: number;
}

/** A session as it stands: ended ones say when and why. */
export interface StoredSession extends Session {
  readonly endedAt?: number;
  readonly endReason?: SessionEnd;
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

/**
 * Opens a session. With `limit`, the unit is refused with `session_limit` if the organisation already has that many
 * open with this relying party; the count is made inside the transaction, so concurrent sign-ins cannot slip past.
 */
export function openSession(session: Session, limit?: number): Statement {
  const { id, client, subject, certificate, startedAt, expiresAt } = session;
  const { inn = null, power = null, isQualified = false } = session;
  const qualified = isQualified ? 1 : 0;
  const values = [id, client, subject, inn, certificate, startedAt, expiresAt, power, qualified];
  const columns =
    'INSERT INTO session (id, client, subject, inn, certificate, started_at, expires_at, power, qualified)';
  if (limit === undefined)
    return { sql: `${columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, parameters: values };
  return {
    sql: `${columns} SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (
            SELECT count(*) FROM session
            WHERE client = ? AND subject = ? AND expires_at > ? AND ended_at IS NULL) < ?`,
    parameters: [...values, client, subject, startedAt, limit],
    refusal: { code: 'session_limit', details: { limit } },
  };
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

/** Ends the open sessions of an organisation: all, or those that rest on a power of attorney or on a certificate. */
export function endSessions(
  subject: string,
  reason: SessionEnd,
  at: number,
  only: { readonly power?: string; readonly certificate?: string } = {},
): Statement {
  const sql = `UPDATE session SET ended_at = ?, end_reason = ?
    WHERE client IN (SELECT id FROM client) AND subject = ? AND expires_at > ? AND ended_at IS NULL`;
  const parameters = [at, reason, subject, at];
  if (only.power !== undefined) {
    return { sql: `${sql} AND power = ?`, parameters: [...parameters, only.power] };
  }
  if (only.certificate !== undefined) {
    return { sql: `${sql} AND certificate = ?`, parameters: [...parameters, only.certificate] };
  }
  return { sql, parameters };
}

const select = `SELECT id, client, subject, certificate, started_at, expires_at, ended_at, end_reason, power
  FROM session`;

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
    ...(row.power === null ? {} : { power: String(row.power) }),
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
