import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import { mayRedirectTo } from '../relying-party/esia-system.ts';
import { endSession } from '../session/session.ts';
import { findSystem } from './authorize.ts';
import type { Moment, ReturningBrowser } from './consent.ts';
import type { EsiaContext } from './context.ts';
import { type Parameters, required } from './parameter.ts';
import { esiaTokenHash } from './secret-token.ts';
import { endGrant, grantsOfBrowser } from './storage/grant.ts';

/**
 * Signs a browser out that the system has signed in: its sessions end, and with them whatever any portal has of them.
 * Gives the registered address to which it goes, undefined where the request names none. Throws `esia_parameter_missing`,
 * `esia_system_unknown`, `esia_redirect_forbidden`, `storage_unavailable`.
 */
export async function logOut(
  context: EsiaContext,
  parameters: Parameters,
  { token: browser, session: shared }: ReturningBrowser,
  { at, traceId }: Moment,
): Promise<string | undefined> {
  const client = await findSystem(context.clients, required(parameters, 'client_id'), at);
  const address = parameters.get('redirect_url') || parameters.get('redirect_uri') || undefined;
  if (address !== undefined && !mayRedirectTo(client.esia, address))
    throw new SealgateError('esia_redirect_forbidden', { value: address.slice(0, 300) });
  if (browser === undefined) return address;
  const browserHash = esiaTokenHash('browser', browser);
  const grants = await grantsOfBrowser(context.database, client.id, browserHash, at);
  const sessions = [...new Set(grants.map(({ session }) => session))];
  if (sessions.length === 0) return address;
  await context.database.write({
    statements: [
      ...grants.map(({ sid }) => endGrant(sid, at)),
      ...sessions.map((session) => endSession(session, 'logged-out', at)),
    ],
    journal: sessions.map((session) =>
      auditEntry({
        event: 'session.ended',
        ...{ at, traceId, client: client.id, session },
        details: { reason: 'logged-out' },
      }),
    ),
  });
  await context.oidc.signOut(shared);
  return address;
}
