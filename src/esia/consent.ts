import { timingSafeEqual } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import { consentParties, rememberConsent, rememberedConsent } from '../oidc/consent.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import { takeSignIn } from '../sign-in/take.ts';
import { refusalAddress, returnAddressOf, withParameters } from './authorize.ts';
import type { EsiaContext } from './context.ts';
import { factsOf, type SignInFacts } from './facts.ts';
import { allowedBy, isOrganisationScope } from './scope.ts';
import { esiaTokenHash, newEsiaToken } from './secret-token.ts';
import {
  type Authorization,
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

/** An authorization in the hands of the browser that signed in, with what is to be handed over. */
export interface ConsentQuestion {
  readonly authorization: Authorization;
  readonly client: ClientSystem;
  readonly facts: SignInFacts;
}

/** What the sign-in page brought back: a code, or nothing where the person gave up. */
export interface SignInReturn {
  readonly code: string | undefined;
  /** The browser's token, as its cookie has it. */
  readonly browser: string | undefined;
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
 * Takes what the sign-in page brought back. Gives the address to which the browser goes where all of it was allowed
 * before, or nothing came of it: nobody signed in, or not for the organisation that the scopes name; undefined where the
 * consent is asked next. Throws as `openAuthorization` and `takeSignIn` do, and `sign_in_foreign`.
 */
export async function takeReturn(
  context: EsiaContext,
  id: string,
  { code, browser }: SignInReturn,
  moment: Moment,
): Promise<string | undefined> {
  const { authorization, client } = await openAuthorization(context, id, moment.at);
  if (code === undefined) return refuse(context, authorization, new SealgateError('esia_access_denied'));
  if (browser === undefined) throw new SealgateError('sign_in_foreign');
  const { claims, returnTo } = await takeSignIn(context, client, code, moment);
  // A code of another sign-in of the same system is not one for this authorization.
  if (returnTo !== returnAddressOf(context, id)) throw new SealgateError('sign_in_foreign');
  const foreign = await foreignOrganisation(context, authorization, claims);
  if (foreign !== undefined)
    return refuse(
      context,
      authorization,
      new SealgateError('esia_organisation_foreign', { number: foreign }),
    );
  const browserHash = esiaTokenHash('browser', browser);
  await context.database.write({ statements: [noteSignIn(authorization, browserHash, claims)] });
  const signed = { ...authorization, state: 'signed', browserHash, claims } as const;
  const isAllowed = await wasAllowed(context, client, signed);
  return isAllowed ? allow(context, { authorization: signed, client }, moment) : undefined;
}

/** A scope among the consents of other fronts. */
function consentItem(scope: string): string {
  return `esia:${scope}`;
}

/** Whether this very person has allowed the system all of it before. */
async function wasAllowed(
  { database }: EsiaContext,
  client: ClientSystem,
  { request, claims }: Authorization,
): Promise<boolean> {
  if (claims === undefined) return false;
  const { scopes } = await rememberedConsent(database, consentParties(claims, client.id));
  return allowedBy(client.esia, request.scopes).every((scope) => scopes.includes(consentItem(scope)));
}

/** The organisation that scopes name and that is another than the one that signed in. */
async function foreignOrganisation(
  { database }: EsiaContext,
  { request: { scopes } }: Authorization,
  claims: AssertionClaims,
): Promise<number | undefined> {
  const { organisation } = await factsOf(database, claims);
  return scopes.find(
    ({ name, organisation: asked }) =>
      isOrganisationScope(name) && asked !== undefined && asked !== organisation?.oid,
  )?.organisation;
}

/**
 * What the browser's person is asked: only the browser that signed in is. Throws as `openAuthorization` does,
 * `sign_in_unfinished` before anybody signed in, and `sign_in_foreign`.
 */
export async function consentQuestion(
  context: EsiaContext,
  id: string,
  browser: string | undefined,
  at: number,
): Promise<ConsentQuestion> {
  const { authorization, client } = await openAuthorization(context, id, at);
  const { state, claims, browserHash } = authorization;
  if (state !== 'signed' || claims === undefined || browserHash === undefined)
    throw new SealgateError('sign_in_unfinished');
  const isSame = browser !== undefined && timingSafeEqual(browserHash, esiaTokenHash('browser', browser));
  if (!isSame) throw new SealgateError('sign_in_foreign');
  return { authorization, client, facts: await factsOf(context.database, claims) };
}

/** The person agrees, now or before: gives the system's address with the code. Throws `sign_in_completed`. */
export async function allow(
  context: EsiaContext,
  { authorization, client }: Pick<ConsentQuestion, 'authorization' | 'client'>,
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
  authorization: Authorization,
  error: SealgateError,
): Promise<string> {
  await database.write({ statements: [endAuthorization(authorization)] });
  return addressOfRefusal(authorization, error);
}

function addressOfRefusal({ request: { redirectUri, state } }: Authorization, error: SealgateError): string {
  return refusalAddress(redirectUri, state, error);
}

function partiesOf({ claims }: Authorization) {
  return claims === undefined ? {} : { subject: claims.sub, session: claims.sid };
}
