import { randomUUID } from 'node:crypto';
import { auditEntry } from '../../audit/record.ts';
import { SealgateError } from '../../error.ts';
import type { EsiaTerm } from '../../failure/esia-terms.ts';
import { noteReach, type Reach } from '../../oidc/reach.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import { findSession, isSessionOpen, latestEnd } from '../../session/session.ts';
import type { SecretForm } from '../client-secret/signed-string.ts';
import type { ProvenSystem } from '../client-secret/verify.ts';
import { expectVerifier } from '../code-challenge.ts';
import type { Moment } from '../consent.ts';
import { type EsiaContext, issuerFor } from '../context.ts';
import { factsOf, type SignInFacts } from '../facts.ts';
import { type Parameters, required } from '../parameter.ts';
import { withoutAnswer } from '../redirect.ts';
import {
  areGranted,
  type GrantedScope,
  isOrganisationScope,
  type RequestedScope,
  readScopes,
} from '../scope.ts';
import { esiaTokenHash } from '../secret-token.ts';
import { type Authorization, findAuthorization, takeAuthorizationCode } from '../storage/authorization.ts';
import {
  endGrantsOf,
  findRefresh,
  type Grant,
  grantsOfOrganisation,
  insertGrant,
  rotateRefresh,
} from '../storage/grant.ts';
import { takeSignedString } from '../storage/signed-string.ts';
import { type TokenAnswer, tokenAnswer } from './issue.ts';

/** A request at a token address whose system has proven itself. */
export interface TokenRequest {
  readonly form: SecretForm;
  readonly parameters: Parameters;
  readonly system: ProvenSystem;
}

/** The ways in which tokens are given. */
export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** Which way a request goes. Throws `esia_parameter_missing`, `esia_grant_type_unsupported`. */
export function grantTypeOf(parameters: Parameters): GrantType {
  const type = required(parameters, 'grant_type');
  if (type === 'authorization_code' || type === 'refresh_token' || type === 'client_credentials') return type;
  throw new SealgateError('esia_grant_type_unsupported', { value: type.slice(0, 64) });
}

/**
 * Gives tokens. Each signed string, each code and each refresh token is good once, over any number of processes. Throws
 * `esia_grant_invalid`, `esia_scope_forbidden`, `esia_scope_missing`, `esia_organisation_foreign`,
 * `esia_request_repeated`, `esia_challenge_missing`, `esia_verifier_wrong`, `esia_key_unavailable`,
 * `storage_unavailable`.
 */
export function giveTokens(
  context: EsiaContext,
  type: GrantType,
  request: TokenRequest,
  moment: Moment,
): Promise<TokenAnswer> {
  switch (type) {
    case 'authorization_code':
      return byCode(context, request, moment);
    case 'refresh_token':
      return byRefresh(context, request, moment);
    case 'client_credentials':
      return bySystem(context, request, moment);
  }
}

async function byCode(context: EsiaContext, request: TokenRequest, moment: Moment): Promise<TokenAnswer> {
  const { parameters, system } = request;
  const { client } = system;
  const { at } = moment;
  const code = required(parameters, 'code');
  const authorization = await findAuthorization(context.database, 'code_hash', esiaTokenHash('code', code));
  const problem = problemOfCode(authorization, request, at);
  if (authorization?.state === 'taken' && authorization.client === client.id)
    await context.database.write({ statements: [endGrantsOf(authorization.idHash, at)] });
  if (authorization === undefined || problem !== undefined) throw invalid(problem ?? 'esia-code-unknown');
  const { claims, browserHash, request: asked, idHash } = authorization;
  expectVerifier(asked.codeChallenge, parameters);
  if (claims === undefined) throw invalid('esia-code-expired');
  const expiresAt = await openUntil(context, claims.sid, at);
  if (expiresAt === undefined) throw invalid('esia-code-expired');
  const facts = await factsOf(context.database, claims);
  const scopes = asked.scopes.map(({ name }): GrantedScope => ({ name, owner: ownerOf(name, facts) }));
  expectGranted(client, parameters, scopes);
  const refreshToken = asked.isOffline ? randomUUID() : undefined;
  const grant: Grant = {
    sid: randomUUID(),
    client: client.id,
    session: claims.sid,
    facts: { ...facts, scopes },
    expiresAt,
  };
  const answer = await answerOf(context, client, grant, parameters, refreshToken, at);
  await context.database.write({
    statements: [
      takeAuthorizationCode(authorization),
      takeSignedString(system, at),
      noteReach(reachOf(grant)),
      insertGrant(grant, {
        authorizationHash: idHash,
        ...(browserHash === undefined ? {} : { browserHash }),
        ...(refreshToken === undefined ? {} : { refreshHash: esiaTokenHash('refresh', refreshToken) }),
      }),
    ],
    journal: [given('authorization_code', grant, claims.sub, moment)],
  });
  return answer;
}

/** Whoever is given an ID token knows the session by `urn:esia:sid` of it, and may want to be told of its end. */
function reachOf({ sid, session, client, expiresAt }: Grant): Reach {
  return { front: 'esia', grant: sid, session, client, sid, expiresAt };
}

/** Scopes of an organisation are asked for only where one has to sign in. */
function ownerOf(scope: string, { person, organisation }: SignInFacts): number {
  const owner = isOrganisationScope(scope) ? organisation : person;
  if (owner === undefined) throw new SealgateError('esia_scope_forbidden', { value: scope });
  return owner.oid;
}

/** Why a code is not good; undefined where it is. */
function problemOfCode(
  authorization: Authorization | undefined,
  { form, parameters, system }: TokenRequest,
  at: number,
): EsiaTerm | undefined {
  if (authorization === undefined) return 'esia-code-unknown';
  const { client, state, expiresAt, request } = authorization;
  if (client !== system.client.id) return 'esia-code-foreign';
  if (state === 'taken') return 'esia-code-used';
  if (state !== 'granted' || at >= expiresAt) return 'esia-code-expired';
  // What v2 bound by its signature, v1 would leave unbound.
  if (request.form !== form) return 'esia-code-version';
  const redirectUri = parameters.get('redirect_uri') ?? '';
  const shown = form === 'cms' ? withoutAnswer(redirectUri) : redirectUri;
  return shown === request.redirectUri ? undefined : 'esia-redirect-other';
}

async function byRefresh(context: EsiaContext, request: TokenRequest, moment: Moment): Promise<TokenAnswer> {
  const { parameters, system } = request;
  const { client } = system;
  const { at } = moment;
  const shown = esiaTokenHash('refresh', required(parameters, 'refresh_token'));
  const grant = await findRefresh(context.database, shown, at);
  if (grant === undefined) throw invalid('esia-refresh-unknown');
  if (grant.client !== client.id) throw invalid('esia-refresh-foreign');
  if ((await openUntil(context, grant.session, at)) === undefined) throw invalid('esia-refresh-unknown');
  expectGranted(client, parameters, grant.facts.scopes);
  const refreshToken = randomUUID();
  const answer = await answerOf(context, client, grant, parameters, refreshToken, at);
  await context.database.write({
    statements: [
      rotateRefresh(grant, shown, esiaTokenHash('refresh', refreshToken)),
      takeSignedString(system, at),
    ],
    journal: [given('refresh_token', grant, undefined, moment)],
  });
  return answer;
}

/** A system by itself: for an organisation of which somebody has signed in and still is, through this very system. */
async function bySystem(context: EsiaContext, request: TokenRequest, moment: Moment): Promise<TokenAnswer> {
  const { form, parameters, system } = request;
  const { client } = system;
  const { at } = moment;
  const scopeOrg = form === 'raw' ? (parameters.get('scope_org') ?? '') : '';
  const asked = readScopes(client.esia, parameters.get('scope') ?? '', scopeOrg);
  const organisation = onlyOrganisation(asked);
  const vouching = await vouchingGrant(context, client, organisation, at);
  if (vouching === undefined) throw new SealgateError('esia_organisation_foreign', { number: organisation });
  const { facts, session, expiresAt } = vouching;
  const scopes = asked.map(({ name }): GrantedScope => ({ name, owner: organisation }));
  const grant: Grant = {
    sid: randomUUID(),
    client: client.id,
    session,
    facts: {
      ...(facts.organisation ? { organisation: facts.organisation } : {}),
      scopes,
      authTime: facts.authTime,
    },
    expiresAt,
  };
  const answer = await answerOf(context, client, grant, parameters, undefined, at);
  await context.database.write({
    statements: [takeSignedString(system, at), insertGrant(grant)],
    journal: [given('client_credentials', grant, undefined, moment)],
  });
  return answer;
}

/** The one organisation that all scopes are about. Throws `esia_scope_forbidden` for any other scope. */
function onlyOrganisation(asked: readonly RequestedScope[]): number {
  const [first] = asked;
  for (const { name, organisation } of asked) {
    const isRight =
      isOrganisationScope(name) && organisation !== undefined && organisation === first?.organisation;
    if (!isRight) throw new SealgateError('esia_scope_forbidden', { value: name });
  }
  return first?.organisation ?? 0;
}

async function vouchingGrant(
  context: EsiaContext,
  client: ClientSystem,
  organisation: number,
  at: number,
): Promise<Grant | undefined> {
  for (const grant of await grantsOfOrganisation(context.database, client.id, organisation, at)) {
    const allows = grant.facts.scopes.some(({ name }) => name === 'usr_org');
    if (allows && (await openUntil(context, grant.session, at)) !== undefined) return grant;
  }
  return undefined;
}

/** Until when a session is open; undefined where it is not. */
async function openUntil({ database }: EsiaContext, id: string, at: number): Promise<number | undefined> {
  const session = await findSession(database, id);
  if (!isSessionOpen(session, at)) return undefined;
  return latestEnd(session);
}

/** A request may name fewer scopes than were granted, and gets all of them; never more. */
function expectGranted(
  { esia }: ClientSystem,
  parameters: Parameters,
  granted: readonly GrantedScope[],
): void {
  const texts = [parameters.get('scope') ?? '', parameters.get('scope_org') ?? ''];
  if (texts.every((text) => text.trim() === '')) return;
  const asked = readScopes(esia, ...texts);
  const extra = asked.find((scope) => !areGranted([scope], granted));
  if (extra !== undefined) throw new SealgateError('esia_scope_forbidden', { value: extra.name });
}

async function answerOf(
  context: EsiaContext,
  client: ClientSystem,
  grant: Grant,
  parameters: Parameters,
  refreshToken: string | undefined,
  at: number,
): Promise<TokenAnswer> {
  const key = await context.esia.keys.signer(client.esia.tokenAlgorithm, at);
  const state = required(parameters, 'state');
  return tokenAnswer(client, grant, { key, issuer: issuerFor(context, client), at }, { state, refreshToken });
}

function given(
  type: GrantType,
  { client, session, facts }: Grant,
  subject: string | undefined,
  { at, traceId }: Moment,
) {
  return auditEntry({
    event: 'esia.token_given',
    ...{ at, traceId, client, session },
    ...(subject === undefined ? {} : { subject }),
    details: { grantType: type, scopes: facts.scopes.map(({ name }) => name) },
  });
}

function invalid(problem: EsiaTerm): SealgateError {
  return new SealgateError('esia_grant_invalid', { problem });
}
