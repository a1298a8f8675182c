import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { mayRedirectTo } from '../relying-party/esia-system.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import type { KeptRequest } from '../sign-in/request.ts';
import { startSignIn } from '../sign-in/start.ts';
import type { SecretForm } from './client-secret/signed-string.ts';
import { codeChallengeOf } from './code-challenge.ts';
import { type EsiaContext, publicBase } from './context.ts';
import { esiaError } from './error.ts';
import { type Parameters, required } from './parameter.ts';
import { needsOrganisation, readScopes } from './scope.ts';
import { esiaTokenHash, newEsiaToken } from './secret-token.ts';
import {
  type AuthorizationRequest,
  insertAuthorization,
  type NewAuthorization,
} from './storage/authorization.ts';
import { takeSignedString } from './storage/signed-string.ts';
import { proveRequest } from './system-request.ts';

/** The system that a request names, and where it wants the browser to be sent back to. Nothing is proven yet. */
export interface NamedSystem {
  readonly client: ClientSystem;
  readonly redirectUri: string;
}

/**
 * Finds the system and looks at the address of return. Failures of this are told on a page of the service, and never
 * there. Throws `esia_parameter_missing`, `esia_system_unknown`, `esia_redirect_forbidden`.
 */
export async function nameSystem(
  { clients }: EsiaContext,
  parameters: Parameters,
  at: number,
): Promise<NamedSystem> {
  const client = await findSystem(clients, required(parameters, 'client_id'), at);
  const redirectUri = required(parameters, 'redirect_uri');
  if (!mayRedirectTo(client.esia, redirectUri))
    throw new SealgateError('esia_redirect_forbidden', { value: redirectUri.slice(0, 300) });
  return { client, redirectUri };
}

/** The system of a mnemonic. Throws `esia_system_unknown`. */
export async function findSystem(
  clients: EsiaContext['clients'],
  mnemonic: string,
  at: number,
): Promise<ClientSystem> {
  const client = await clients.findSystem(mnemonic.slice(0, 64), at);
  if (client === undefined) throw new SealgateError('esia_system_unknown', { client: mnemonic.slice(0, 64) });
  return client;
}

/** A request for authorization, as it came. */
export interface AuthorizationCall {
  readonly form: SecretForm;
  readonly parameters: Parameters;
  readonly language: Language;
  readonly browser: AskingBrowser;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The browser that a request comes from. */
export interface AskingBrowser {
  /** Its token for sign-ins, as its cookie has it or is about to. */
  readonly token: string;
  /** The cookie of the sign-in that its portals share; undefined where it has none. */
  readonly session: string | undefined;
}

/** A request for authorization of a proven system, which is kept. */
export interface AdmittedAuthorization {
  /** Its token: whoever comes back from the sign-in page brings it. */
  readonly id: string;
  readonly client: ClientSystem;
  readonly authorization: NewAuthorization;
}

/**
 * Admits a request for authorization: proves the system, and keeps the request. What is refused here is told to the
 * system by its own address (`refusalAddress`). Throws as `proveRequest` and `codeChallengeOf` do, `esia_response_type_unsupported`,
 * `esia_scope_missing`, `esia_scope_forbidden`, `esia_request_repeated`, `rate_limited`.
 */
export async function admitAuthorization(
  context: EsiaContext,
  { client, redirectUri }: NamedSystem,
  { form, parameters, language, browser, at }: AuthorizationCall,
): Promise<AdmittedAuthorization> {
  const responseType = required(parameters, 'response_type');
  if (responseType !== 'code')
    throw new SealgateError('esia_response_type_unsupported', { value: responseType.slice(0, 64) });
  const isOffline = accessTypeOf(parameters) === 'offline';
  const codeChallenge = codeChallengeOf(parameters);
  const proven = proveRequest(client, form, parameters, { withCode: false, at });
  context.limit(client.id, at);
  const scopeOrg = form === 'raw' ? (parameters.get('scope_org') ?? '') : '';
  const scopes = readScopes(client.esia, parameters.get('scope') ?? '', scopeOrg);
  const id = newEsiaToken();
  const state = required(parameters, 'state');
  const request = { form, redirectUri, state, scopes, isOffline, language, ...defined({ codeChallenge }) };
  const authorization = {
    ...{ idHash: esiaTokenHash('authorization', id), client: client.id, request },
    browserHash: esiaTokenHash('browser', browser.token),
  };
  await context.database.write({
    statements: [takeSignedString(proven, at), insertAuthorization(authorization, at)],
  });
  return { id, client, authorization };
}

/** Begins the sign-in of an authorization; gives the address of its page. Throws as `startSignIn` does. */
export async function beginSignIn(
  context: EsiaContext,
  { id, client, authorization: { request } }: AdmittedAuthorization,
  at: number,
): Promise<string> {
  const signIn = signInRequestOf(context, id, request);
  const { url } = await startSignIn(context, { client, ...signIn }, at);
  return url;
}

/** What the sign-in of an authorization asks of the page, and of the signature. */
export function signInRequestOf(
  context: EsiaContext,
  id: string,
  { redirectUri, language, scopes }: AuthorizationRequest,
): KeptRequest {
  return {
    returnTo: returnAddressOf(context, id),
    language,
    requester: { origin: new URL(redirectUri).origin },
    ...(needsOrganisation(scopes) ? { requirements: { organisation: true } } : {}),
  };
}

/** Path of an authorization under way, below the front's base; its token follows. */
export const authorizationPath = '/aas/oauth2/authorization';

/** Where the sign-in page sends the browser of an authorization. */
export function returnAddressOf(context: EsiaContext, id: string): string {
  return `${publicBase(context)}${authorizationPath}/${id}`;
}

function accessTypeOf(parameters: Parameters): string {
  const type = parameters.get('access_type') || 'online';
  if (type === 'online' || type === 'offline') return type;
  throw new SealgateError('esia_parameter_invalid', { field: 'access_type', problem: 'esia-form' });
}

/** Where the browser goes with a refusal: the system's own address, with ЕСИА's code. */
export function refusalAddress(redirectUri: string, state: string | undefined, error: SealgateError): string {
  const { error: kind, description } = esiaError(error);
  return withParameters(redirectUri, {
    error: kind,
    error_description: description,
    ...(state === undefined ? {} : { state }),
  });
}

/** `address` with parameters added; what stands in it already stays as it is. */
export function withParameters(address: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  return url.href;
}
