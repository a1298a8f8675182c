import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import { endSession } from '../session/session.ts';
import type { OidcDependencies } from './dependencies.ts';
import { endReachOf } from './reach.ts';
import { sessionsOfBrowser } from './sign-in.ts';

/** Ends whatever sessions a browser's sign-ins opened: it signed out. Whom they reached is told by `LogoutRounds`. */
export async function endBrowserSessions(
  { database, now }: Pick<OidcDependencies, 'database' | 'now'>,
  uid: string,
): Promise<void> {
  const at = now();
  const sessions = await sessionsOfBrowser(database, uid);
  if (sessions.length === 0) return;
  await database.write({
    statements: sessions.map((session) => endSession(session, 'logged-out', at)),
    journal: sessions.map((session) =>
      auditEntry({ event: 'session.ended', at, session, details: { reason: 'logged-out' } }),
    ),
  });
}

/** One relying party is to be told of the end of what it knows by `sid`, while the session goes on. */
export async function endReachOfClient(
  database: Database,
  client: string,
  sid: string,
  at: number,
): Promise<void> {
  await database.write({ statements: [endReachOf(client, sid, at)] });
}
