import { timingSafeEqual } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import { consentParties, rememberConsent, rememberedConsent } from '../oidc/consent.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import { findSession, latestEnd } from '../session/session.ts';
import { clientFor } from '../sign-in/request.ts';
import { takeSignIn } from '../sign-in/take.ts';
import { refusalAddress, signInRequestOf, withParameters } from './authorize.ts';
import type { EsiaContext } from './context.ts';
import { factsOf, type SignInFacts } from './facts.ts';
import { allowedBy, isOrganisationScope } from './scope.ts';
import { esiaTokenHash, newEsiaToken } from './secret-token.ts';
import {
  type Authorization,
  type AuthorizationFacts,
  type AuthorizationRequest,
  endAuthorization,
  findAuthorization,
  grantCode,
  noteSignIn,
} from './storage/authorization.ts';

/** When a step is taken, and under which trace. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

/** An authorization whose person has signed in. */
export interface SignedAuthorization {
  readonly authorization: AuthorizationFacts;
  readonly client: ClientSystem;
}

/** The same in the hands of its browser, with what is to be handed over. */
export interface ConsentQuestion extends SignedAuthorization {
  readonly facts: SignInFacts;
}

/** What the sign-in page brought back: a code, or nothing where the person gave up. */
export interface SignInReturn {
  readonly code: string | undefined;
  readonly browser: ReturningBrowser;
}

/** A browser that comes back from the sign-in page, by its cookies. */
export interface ReturningBrowser {
  readonly token: string | undefined;
  /** Of the sign-in that its portals share. */
  readonly session: string | undefined;
}

/** What came of a sign-in. */
export interface TakenReturn {
  /** Where the browser goes; undefined where the consent is asked next. */
  readonly address: string | undefined;
  /** Its cookie for the sign-in that its portals share from now on; undefined where nobody signed in. */
  readonly session?: string;
}

/** An authorization that has not ended, with its system. Throws `sign_in_unknown`, `sign_in_expired`, `portal_unknown`. */
export async function openAuthorization(
  { database, clients }: EsiaContext,
  id: string,
  at: number,
): Promise<{ readonly authorization: Authorization; readonly client: ClientSystem }> {
  const authorization = await findAuthorization(database, 'id_hash', esiaTokenHash('authorization', id));
  if (authorization === undefined) throw new SealgateError('sign_in_unknown');
  const { expiresAt, state } = authorization;
  if (state === 'ended' || state === 'granted' || state === 'taken')
    throw new SealgateError('sign_in_completed');
  if (at >= expiresAt) throw new SealgateError('sign_in_expired', { expiredAt: new Date(expiresAt) });
  const client = await clients.find(authorization.client, at);
  if (client?.esia === undefined) throw new SealgateError('portal_unknown', { client: authorization.client });
  return { authorization, client: { ...client, esia: client.esia } };
}

/**
 * Takes what the sign-in page brought back; all portals of the browser share it from then on. Gives the address to which
 * the browser goes where all of it was allowed before, or nothing came of it: nobody signed in, or not for the
 * organisation that the scopes name. Throws as `openAuthorization` and `takeSignIn` do, and `sign_in_foreign`.
 */
export async function takeReturn(
  context: EsiaContext,
  id: string,
  { code, browser }: SignInReturn,
  moment: Moment,
): Promise<TakenReturn> {
  const { authorization, client } = await openAuthorization(context, id, moment.at);
  if (code === undefined)
    return { address: await refuse(context, authorization, new SealgateError('esia_access_denied')) };
  expectBrowser(authorization, browser.token);
  const { claims, returnTo } = await takeSignIn(context, client, code, moment);
  const request = signInRequestOf(context, id, authorization.request);
  // A code of another sign-in of the same system is not one for this authorization.
  if (returnTo !== request.returnTo) throw new SealgateError('sign_in_foreign');
  const opened = await findSession(context.database, claims.sid);
  if (opened === undefined) throw new SealgateError('session_ended');
  const { policy } = clientFor(client, request);
  const signIn = { session: claims.sid, claims, policy, expiresAt: latestEnd(opened) };
  const session = await context.oidc.share(browser.session, signIn);
  const foreign = await foreignOrganisation(context, authorization.request, claims);
  if (foreign !== undefined) {
    const error = new SealgateError('esia_organisation_foreign', { number: foreign });
    return { address: await refuse(context, authorization, error), session };
  }
  await context.database.write({ statements: [noteSignIn(authorization, claims)] });
  const signed = { authorization: { ...authorization, claims }, client };
  return { address: await allowAgain(context, signed, moment), session };
}

/** Only the browser that asked goes on: nobody has somebody else's signed in to their own account. */
function expectBrowser({ browserHash }: Authorization, token: string | undefined): void {
  const isSame =
    token !== undefined &&
    browserHash !== undefined &&
    timingSafeEqual(browserHash, esiaTokenHash('browser', token));
  if (!isSame) throw new SealgateError('sign_in_foreign');
}

/**
 * Goes on by itself where the same person has allowed the system all of it before: gives the system's address with the
 * code, undefined where they are to be asked.
 */
export async function allowAgain(
  context: EsiaContext,
  signed: SignedAuthorization,
  moment: Moment,
): Promise<string | undefined> {
  const isAllowed = await wasAllowed(context, signed.client, signed.authorization);
  return isAllowed ? allow(context, signed, moment) : undefined;
}

/** A scope among the consents of other fronts. */
function consentItem(scope: string): string {
  return `esia:${scope}`;
}

/** Whether this very person has allowed the system all of it before. */
async function wasAllowed(
  { database }: EsiaContext,
  client: ClientSystem,
  { request, claims }: AuthorizationFacts,
): Promise<boolean> {
  if (claims === undefined) return false;
  const { scopes } = await rememberedConsent(database, consentParties(claims, client.id));
  return allowedBy(client.esia, request.scopes).every((scope) => scopes.includes(consentItem(scope)));
}

/** The organisation that scopes name and that is another than the one that signed in. */
export async function foreignOrganisation(
  { database }: EsiaContext,
  { scopes }: AuthorizationRequest,
  claims: AssertionClaims,
): Promise<number | undefined> {
  const { organisation } = await factsOf(database, claims);
  return scopes.find(
    ({ name, organisation: asked }) =>
      isOrganisationScope(name) && asked !== undefined && asked !== organisation?.oid,
  )?.organisation;
}

/**
 * What the browser's person is asked: only the browser that asked is. Throws as `openAuthorization` does,
 * `sign_in_unfinished` before anybody signed in, and `sign_in_foreign`.
 */
export async function consentQuestion(
  context: EsiaContext,
  id: string,
  browser: string | undefined,
  at: number,
): Promise<ConsentQuestion> {
  const { authorization, client } = await openAuthorization(context, id, at);
  const { state, claims } = authorization;
  if (state !== 'signed' || claims === undefined) throw new SealgateError('sign_in_unfinished');
  expectBrowser(authorization, browser);
  return { authorization, client, facts: await factsOf(context.database, claims) };
}

/** The person agrees, now or before: gives the system's address with the code. Throws `sign_in_completed`. */
export async function allow(
  context: EsiaContext,
  { authorization, client }: SignedAuthorization,
  { at, traceId }: Moment,
): Promise<string> {
  const { claims, request } = authorization;
  const { redirectUri, state, scopes } = request;
  const code = newEsiaToken();
  const items = allowedBy(client.esia, scopes).map(consentItem);
  const parties = claims && consentParties(claims, client.id);
  await context.database.write({
    statements: [
      grantCode(authorization, esiaTokenHash('code', code), at),
      ...(parties ? rememberConsent(parties, { scopes: items, claims: [] }, at) : []),
    ],
    journal: [
      auditEntry({
        event: 'esia.allowed',
        ...{ at, traceId, client: client.id },
        ...partiesOf(authorization),
        details: { scopes: scopes.map(({ name }) => name) },
      }),
    ],
  });
  return withParameters(redirectUri, { code, state });
}

/** The person does not agree: gives the system's address with the refusal. */
export async function deny(
  context: EsiaContext,
  { authorization, client }: ConsentQuestion,
  { at, traceId }: Moment,
): Promise<string> {
  await context.database.write({
    statements: [endAuthorization(authorization)],
    journal: [
      auditEntry({
        event: 'esia.denied',
        ...{ at, traceId, client: client.id },
        ...partiesOf(authorization),
      }),
    ],
  });
  return addressOfRefusal(authorization, new SealgateError('esia_access_denied'));
}

async function refuse(
  { database }: EsiaContext,
  authorization: AuthorizationFacts,
  error: SealgateError,
): Promise<string> {
  await database.write({ statements: [endAuthorization(authorization)] });
  return addressOfRefusal(authorization, error);
}

function addressOfRefusal(
  { request: { redirectUri, state } }: AuthorizationFacts,
  error: SealgateError,
): string {
  return refusalAddress(redirectUri, state, error);
}

function partiesOf({ claims }: AuthorizationFacts) {
  return claims === undefined ? {} : { subject: claims.sub, session: claims.sid };
}
