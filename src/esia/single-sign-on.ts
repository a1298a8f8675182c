import { isNoStricter } from '../oidc/demand.ts';
import { limitsOf } from '../relying-party/limit.ts';
import { reachStatements } from '../session/reach.ts';
import { findSession } from '../session/session.ts';
import { clientFor } from '../sign-in/request.ts';
import { type AdmittedAuthorization, returnAddressOf, signInRequestOf } from './authorize.ts';
import { allowAgain, foreignOrganisation, type Moment } from './consent.ts';
import type { EsiaContext } from './context.ts';
import { noteSignIn } from './storage/authorization.ts';

/**
 * Goes on with what was signed for another portal of the same browser, by whichever front: gives the address to which
 * the browser goes, the system's own or the page that asks for this system's consent. Undefined where somebody has to
 * sign: nobody has, the session has ended, or this system asks for more than that signature was verified for, or for
 * another organisation. Rejects with `session_limit` where the system lets in no further session.
 */
export async function useSharedSignIn(
  context: EsiaContext,
  { id, client, authorization }: AdmittedAuthorization,
  cookie: string | undefined,
  moment: Moment,
): Promise<string | undefined> {
  const { database, oidc } = context;
  const { request } = authorization;
  const signIn = await oidc.signInOf(cookie);
  if (signIn === undefined) return undefined;
  const { policy } = clientFor(client, signInRequestOf(context, id, request));
  if (!isNoStricter(policy, signIn.policy)) return undefined;
  const { claims } = signIn;
  if ((await foreignOrganisation(context, request, claims)) !== undefined) return undefined;
  const session = await findSession(database, signIn.session);
  if (session === undefined) return undefined;
  const reached = await reachStatements(database, session, client.id, limitsOf(client.policy), moment.at);
  await database.write({ statements: [noteSignIn(authorization, claims), ...reached] });
  const signed = { authorization: { ...authorization, claims }, client };
  const address = await allowAgain(context, signed, moment);
  return address ?? returnAddressOf(context, id);
}
