import type { Database } from '../database/database.ts';
import type { StoredSession } from './session.ts';

/** Uses are noted to the minute: a session that is asked about all the time costs a write a minute. */
const noted = 60_000;

/**
 * Notes that an open session is used at `at` (ms), and moves the end by idleness on, at most once a minute and never
 * beyond its latest end. One that has ended meanwhile stays ended. Rejects with `storage_unavailable`.
 */
export async function useSession(
  database: Database,
  { id, startedAt, usedAt = startedAt }: StoredSession,
  at: number,
): Promise<void> {
  if (at - usedAt < noted) return;
  await database.write({
    statements: [
      {
        sql: `UPDATE session SET used_at = ?,
                expires_at = CASE WHEN idle_time IS NULL THEN expires_at
                             WHEN ? + idle_time < ends_at THEN ? + idle_time ELSE ends_at END
              WHERE id = ? AND ended_at IS NULL AND expires_at > ? AND (used_at IS NULL OR used_at <= ?)`,
        parameters: [at, at, at, id, at, at - noted],
      },
    ],
  });
}
