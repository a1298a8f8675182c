import { randomBytes } from 'node:crypto';
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { fault, SealgateError } from '../error.ts';
import { limitsOf } from '../relying-party/limit.ts';
import { reachStatements } from '../session/reach.ts';
import { findSession } from '../session/session.ts';
import { signInOf } from './account.ts';
import { type ConsentedItems, consentParties, rememberedConsent } from './consent.ts';
import type { OidcDependencies } from './dependencies.ts';
import { findReach, noteReach } from './reach.ts';
import type { SharedSignIn } from './sign-in.ts';
import { writeAtEnd } from './together.ts';

/**
 * What a relying party may have of the sign-in that a request is about: what was consented to before, or whatever it
 * asks for where the operator has waived that. A grant belongs to one sign-in; with a new signature there is a new one,
 * under which the relying party knows the session by a new name.
 */
export async function loadGrant(
  dependencies: OidcDependencies,
  context: KoaContextWithOIDC,
): Promise<Grant | undefined> {
  const signIn = signInOf(context);
  const { client } = context.oidc;
  if (signIn === undefined || client === undefined) return undefined;
  const grant = (await knownGrant(dependencies, context, signIn)) ?? newGrant(context, signIn.claims.sub);
  const { scopes, claims } = await allowedItems(dependencies, context, signIn);
  grant.addOIDCScope(scopes.join(' '));
  grant.addOIDCClaims([...claims]);
  await grant.save();
  await reach(dependencies, context, signIn, grant.jti);
  return grant;
}

async function knownGrant(
  { database }: OidcDependencies,
  { oidc }: KoaContextWithOIDC,
  { session }: SharedSignIn,
): Promise<Grant | undefined> {
  const id = oidc.client && oidc.session?.grantIdFor(oidc.client.clientId);
  if (id === undefined || (await findReach(database, id))?.session !== session) return undefined;
  return oidc.provider.Grant.find(id);
}

function newGrant({ oidc }: KoaContextWithOIDC, accountId: string): Grant {
  const { client, provider } = oidc;
  if (client === undefined) throw fault('a grant without a relying party');
  return new provider.Grant({ accountId, clientId: client.clientId });
}

async function allowedItems(
  { database, clients, now }: OidcDependencies,
  { oidc }: KoaContextWithOIDC,
  { claims }: SharedSignIn,
): Promise<ConsentedItems> {
  const id = oidc.client?.clientId ?? '';
  const asked = { scopes: [...oidc.requestParamOIDCScopes], claims: [...oidc.requestParamClaims] };
  const client = await clients.find(id, now());
  if (client?.oidc?.consent === 'waived') return asked;
  const remembered = await rememberedConsent(database, consentParties(claims, id));
  return {
    scopes: asked.scopes.filter((scope) => remembered.scopes.includes(scope)),
    claims: asked.claims.filter((claim) => remembered.claims.includes(claim)),
  };
}

async function reach(
  { database, clients, now }: OidcDependencies,
  context: KoaContextWithOIDC,
  { session, expiresAt }: SharedSignIn,
  grant: string,
): Promise<void> {
  const { oidc } = context;
  const client = oidc.client?.clientId ?? '';
  const known = await findReach(database, grant);
  if (known !== undefined) {
    oidc.session?.sidFor(client, known.sid);
    return;
  }
  const sid = randomBytes(32).toString('base64url');
  oidc.session?.sidFor(client, sid);
  const [at, opened, registered] = [
    now(),
    await findSession(database, session),
    await clients.find(client, now()),
  ];
  if (opened === undefined || registered === undefined) throw new SealgateError('session_ended');
  const together = await reachStatements(database, opened, client, limitsOf(registered.policy), at);
  const noted = noteReach({ front: 'oidc', grant, session, client, sid, expiresAt });
  if (together.length === 0) await writeAtEnd(database, context, [noted]);
  // A relying party's limit is told before anything is given out.
  else await database.write({ statements: [...together, noted] });
}
