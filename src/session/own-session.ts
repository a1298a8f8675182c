import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { endSession, findSession } from './session.ts';

/** Ends an open session of an organisation at its own wish. Throws `session_unknown` where it is not its own, or over. */
export async function endOwnSession(
  database: Database,
  subject: string,
  id: string,
  at: number,
  traceId?: string,
): Promise<void> {
  const session = await findSession(database, id);
  const isOpen = session?.subject === subject && session.endedAt === undefined && at < session.expiresAt;
  if (!isOpen) throw new SealgateError('session_unknown', { session: id });
  await database.write({
    statements: [endSession(id, 'ended-by-organisation', at)],
    journal: [
      auditEntry({
        event: 'session.ended',
        at,
        subject,
        session: id,
        ...defined({ traceId }),
      }),
    ],
  });
}
