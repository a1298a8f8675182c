import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { endSessions, type SessionEnd } from './session.ts';

/**
 * Ends every open session of an organisation (`ogrn:…`), and writes one record into the audit for all of them: why,
 * with `details`. Resolves to false where it had none; then nothing is written, however often this is called.
 */
export async function endAllSessions(
  database: Database,
  subject: string,
  reason: SessionEnd,
  details: Readonly<Record<string, unknown>>,
  at: number,
): Promise<boolean> {
  return writeUnless(
    database,
    {
      statements: [{ ...endSessions(subject, reason, at), refusal: 'session_ended' }],
      journal: [auditEntry({ event: 'session.ended', at, subject, details: { reason, ...details } })],
    },
    'session_ended',
  );
}
