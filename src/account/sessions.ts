import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { endOwnSession } from '../session/own-session.ts';
import { clientsOf } from '../session/reach.ts';
import { endSession, liveSessions, type StoredSession } from '../session/session.ts';
import { expectHead, type Insider, type Moment } from './insider.ts';

/** An open session of the organisation, with every relying party that it has reached. */
export interface ReachingSession extends StoredSession {
  readonly clients: readonly string[];
}

/** The organisation's open sessions that were opened last, the newest first, `most` at most. */
export async function openSessions(
  database: Database,
  subject: string,
  at: number,
  most: number,
): Promise<readonly ReachingSession[]> {
  const found = (await liveSessions(database, subject, at)).slice(0, most);
  return Promise.all(
    found.map(async (session) => ({ ...session, clients: await clientsOf(database, session) })),
  );
}

/** Ends one of the organisation's sessions; anybody may end their own. Throws `session_unknown`. */
export async function endOne(
  database: Database,
  insider: Insider,
  id: string,
  { at, traceId }: Moment,
): Promise<void> {
  if (insider.session.id !== id) expectHead(insider);
  await endOwnSession(database, insider.subject, id, at, { traceId });
}

/** Ends every open session of the organisation but the one that asks; resolves to how many there were. */
export async function endOthers(
  database: Database,
  insider: Insider,
  { at, traceId }: Moment,
): Promise<number> {
  expectHead(insider);
  const { subject, session } = insider;
  const others = (await liveSessions(database, subject, at)).filter(({ id }) => id !== session.id);
  if (others.length === 0) return 0;
  await database.write({
    statements: others.map(({ id }) => endSession(id, 'ended-by-organisation', at)),
    journal: others.map(({ id }) =>
      auditEntry({
        event: 'session.ended',
        ...{ at, traceId, subject, session: id },
        details: { reason: 'ended-by-organisation' },
      }),
    ),
  });
  return others.length;
}
