import type { Database } from '../database/database.ts';
import type { Session } from './session.ts';

/** What is looked at of a session to tell whether its sign-in was unusual. */
export interface RecentSession
  extends Pick<Session, 'id' | 'client' | 'subject' | 'certificate' | 'startedAt'> {
  /** From where the person came, as a keyed hash; absent where nobody told. */
  readonly place?: string;
}

/** Sessions with identifiers above `id`, in their order, which is that of their time; `most` at most. */
export async function sessionsAfter(
  database: Database,
  id: string,
  most: number,
): Promise<readonly RecentSession[]> {
  const rows = await database.read({
    sql: `SELECT id, client, subject, certificate, started_at, place FROM session
          WHERE id > ? ORDER BY id LIMIT ?`,
    parameters: [id, most],
  });
  return rows.map((row) => ({
    id: String(row.id),
    client: String(row.client),
    subject: String(row.subject),
    certificate: String(row.certificate),
    startedAt: Number(row.started_at),
    ...(row.place === null ? {} : { place: String(row.place) }),
  }));
}

/** How many sessions of an organisation began within the hour, and within the day, before `at` (ms). */
export async function sessionCounts(
  database: Database,
  subject: string,
  at: number,
): Promise<{ readonly hour: number; readonly day: number }> {
  const [row] = await database.read({
    sql: `SELECT count(*) AS in_day, count(CASE WHEN started_at > ? THEN 1 END) AS in_hour FROM session
          WHERE client IN (SELECT id FROM client) AND subject = ? AND started_at > ? AND started_at <= ?`,
    parameters: [at - 3_600_000, subject, at - 24 * 3_600_000, at],
  });
  return { hour: Number(row?.in_hour), day: Number(row?.in_day) };
}
