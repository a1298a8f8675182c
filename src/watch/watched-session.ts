import { auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { endSession, firstSessionId, type Session, sessionLifetime } from '../session/session.ts';

/** What of an open session is needed to end it when one of its certificates is revoked. */
export type WatchedSession = Pick<Session, 'id' | 'client' | 'subject' | 'certificate'>;

/** Sessions read at a time; it takes about a millisecond. */
const page = 500;

/**
 * The sessions that are open at `at` and have something to watch, page by page, oldest first, with what they watch;
 * those that began at `since` or later. Times are ms since the epoch.
 */
export async function* watchedSessions(
  database: Database,
  at: number,
  since: number = at - sessionLifetime,
): AsyncGenerator<readonly { readonly session: WatchedSession; readonly watched: string }[]> {
  let after = firstSessionId(since);
  for (;;) {
    const rows = await database.read({
      sql: `SELECT id, client, subject, certificate, watched FROM session
            WHERE id > ? AND expires_at > ? AND ended_at IS NULL AND watched IS NOT NULL ORDER BY id LIMIT ?`,
      parameters: [after, at, page],
    });
    yield rows.map((row) => ({ session: toWatchedSession(row), watched: String(row.watched) }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = String(last.id);
  }
}

/** A watched session from its row. */
export function toWatchedSession({ id, client, subject, certificate }: Row): WatchedSession {
  return {
    id: String(id),
    client: String(client),
    subject: String(subject),
    certificate: String(certificate),
  };
}

/**
 * Ends a session whose certificate, or the one that signed its power of attorney, or one above these, was revoked,
 * and writes into the audit why. Resolves to false
 * where it has ended meanwhile; another replica may have seen the same list.
 */
export async function endRevoked(
  database: Database,
  { id, client, subject, certificate }: WatchedSession,
  details: Readonly<Record<string, unknown>>,
  at: number,
): Promise<boolean> {
  const reason = 'certificate-revoked';
  return writeUnless(
    database,
    {
      statements: [{ ...endSession(id, reason, at), refusal: 'session_ended' }],
      journal: [
        auditEntry({
          event: 'session.ended',
          at,
          client,
          subject,
          certificate,
          session: id,
          details: { reason, ...details },
        }),
      ],
    },
    'session_ended',
  );
}
