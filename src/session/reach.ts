import type { Database, Statement } from '../database/database.ts';
import { latestEnd, type Session, type SessionLimits, type StoredSession, withinLimits } from './session.ts';

/**
 * Notes that a session has reached another relying party than the one it was opened for, by single sign-on. It is one
 * session all the same; for the other relying party's limits it counts once. Beyond them the unit is refused with
 * `session_limit`. Nothing is done where it has reached that one before.
 */
export async function reachStatements(
  database: Database,
  session: StoredSession,
  client: string,
  limits: SessionLimits,
  at: number,
): Promise<readonly Statement[]> {
  const { id, subject } = session;
  if (client === session.client || (await hasReached(database, id, client))) return [];
  return [
    ...withinLimits(session, client, limits, at),
    {
      sql: `INSERT INTO session_reach (session, client, subject, reached_at, expires_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (session, client) DO NOTHING`,
      parameters: [id, client, subject, at, latestEnd(session)],
    },
  ];
}

async function hasReached(database: Database, session: string, client: string): Promise<boolean> {
  const rows = await database.read({
    sql: 'SELECT 1 AS reached FROM session_reach WHERE session = ? AND client = ?',
    parameters: [session, client],
  });
  return rows.length > 0;
}

/** The relying parties that a session has reached: the one that it was opened for first, then the others by their time. */
export async function clientsOf(
  database: Database,
  { id, client }: Pick<Session, 'id' | 'client'>,
): Promise<readonly string[]> {
  const rows = await database.read({
    sql: 'SELECT client FROM session_reach WHERE session = ? ORDER BY reached_at, client LIMIT 100',
    parameters: [id],
  });
  return [client, ...rows.map((row) => String(row.client))];
}

/** Forgets, as of `at` (ms), what sessions reached that are over. */
export function forgetSessionReaches(at: number): Statement {
  return { sql: 'DELETE FROM session_reach WHERE expires_at < ?', parameters: [at] };
}
