import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { endSession, findSession, isSessionOpen } from './session.ts';

/** Who ends it, and the trace of the request by which they do. */
export interface EndedBy {
  readonly reason?: 'ended-by-organisation' | 'ended-by-operator';
  readonly traceId?: string;
}

/**
 * Ends an open session of an organisation, at its own wish or the operator's. Throws `session_unknown` where it is not
 * its own, or over.
 */
export async function endOwnSession(
  database: Database,
  subject: string,
  id: string,
  at: number,
  { reason = 'ended-by-organisation', traceId }: EndedBy = {},
): Promise<void> {
  const session = await findSession(database, id);
  if (!isSessionOpen(session, at) || session.subject !== subject)
    throw new SealgateError('session_unknown', { session: id });
  await database.write({
    statements: [endSession(id, reason, at)],
    journal: [
      auditEntry({
        event: 'session.ended',
        at,
        subject,
        session: id,
        ...defined({ traceId }),
        details: { reason },
      }),
    ],
  });
}
