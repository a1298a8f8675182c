import { auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { endSession, type Session, type SessionEnd } from '../session/session.ts';

/** What of an open session is needed to end it when what it rests on does not hold any more. */
export type WatchedSession = Pick<Session, 'id' | 'client' | 'subject' | 'certificate'>;

/** A watched session from its row. */
export function toWatchedSession({ id, client, subject, certificate }: Row): WatchedSession {
  return {
    id: String(id),
    client: String(client),
    subject: String(subject),
    certificate: String(certificate),
  };
}

/** Why a session ends that was looked at again: the reason, and what the audit keeps beside it. */
export interface WatchedEnd {
  readonly reason: Extract<SessionEnd, 'certificate-revoked' | 'certificate-untrusted'>;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Ends sessions because of what they rest on, and writes into the audit of each why. Resolves to how many were ended
 * here; one may have ended meanwhile, or another replica have seen the same.
 */
export async function endWatched(
  database: Database,
  sessions: readonly WatchedSession[],
  { reason, details }: WatchedEnd,
  at: number,
): Promise<number> {
  const ends = sessions.map(({ id, client, subject, certificate }) =>
    writeUnless(
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
    ),
  );
  return (await Promise.all(ends)).filter(Boolean).length;
}
