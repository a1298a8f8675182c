import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';

/** Sessions that are ended in one round. */
const mostOfRound = 500;

/**
 * Writes down, as of `at` (ms), the end of sessions that were not used for too long, so that whoever they reached is
 * told; nobody can use one any more from the moment its time is over. Resolves to how many there were; a round ends
 * five hundred at most. Rejects with `storage_unavailable`.
 */
export async function endIdleSessions(database: Database, at: number): Promise<number> {
  const rows = await database.read({
    sql: `SELECT id, client, subject FROM session
          WHERE idle_time IS NOT NULL AND ended_at IS NULL AND expires_at <= ? AND expires_at < ends_at
          ORDER BY expires_at LIMIT ?`,
    parameters: [at, mostOfRound],
  });
  const ends = rows.map(({ id, client, subject }) =>
    writeUnless(
      database,
      {
        statements: [
          {
            sql: `UPDATE session SET ended_at = ?, end_reason = 'idle-end'
                  WHERE id = ? AND ended_at IS NULL AND expires_at <= ?`,
            parameters: [at, String(id), at],
            refusal: 'session_ended',
          },
        ],
        journal: [
          auditEntry({
            event: 'session.ended',
            at,
            client: String(client),
            subject: String(subject),
            session: String(id),
            details: { reason: 'idle-end' },
          }),
        ],
      },
      'session_ended',
    ),
  );
  return (await Promise.all(ends)).filter(Boolean).length;
}
