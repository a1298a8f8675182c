import { isFailure, type SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import {
  type AuthorizationCall,
  admitAuthorization,
  beginSignIn,
  findSystem,
  type NamedSystem,
  nameSystem,
  refusalAddress,
} from './authorize.ts';
import type { SecretForm } from './client-secret/signed-string.ts';
import type { ProvenSystem } from './client-secret/verify.ts';
import type { Moment } from './consent.ts';
import type { EsiaContext } from './context.ts';
import { esiaError } from './error.ts';
import { type Parameters, required } from './parameter.ts';
import { type EndedRequest, recordRequest } from './request-record.ts';
import { useSharedSignIn } from './single-sign-on.ts';
import { proveRequest } from './system-request.ts';
import { giveTokens, grantTypeOf } from './token/exchange.ts';
import type { TokenAnswer } from './token/issue.ts';

/**
 * Answers a request for authorization with the address to which the browser goes: the sign-in page; where somebody has
 * signed in this browser before, the page that asks for consent or the system's own; and with a refusal the system's
 * own. Throws what is told on a page of the service: as `nameSystem` does, `session_limit`, and what is no failure of
 * the request.
 */
export async function answerAuthorization(
  context: EsiaContext,
  call: AuthorizationCall,
  traceId: string,
): Promise<string> {
  const { form, parameters, at } = call;
  const ended = { address: form === 'cms' ? 'ac' : 'v2/ac', form, parameters, withCode: false };
  const moment = { at, traceId };
  const named = await nameOrRecord(context, parameters, ended, moment);
  try {
    const admitted = await admitAuthorization(context, named, call);
    const shared = await useSharedSignIn(context, admitted, call.browser.session, moment);
    const address = shared ?? (await beginSignIn(context, admitted, at));
    await recordRequest(context, named.client, ended, moment);
    return address;
  } catch (error) {
    // The person can do something about that, and the system cannot.
    if (!isFailure(error) || isFailure(error, 'session_limit')) throw error;
    await recordRequest(context, named.client, { ...ended, error }, moment);
    return refusalAddress(named.redirectUri, parameters.get('state'), error);
  }
}

/** A wrong address of return is shown to the system's developers too. */
async function nameOrRecord(
  context: EsiaContext,
  parameters: Parameters,
  ended: EndedRequest,
  moment: Moment,
): Promise<NamedSystem> {
  try {
    return await nameSystem(context, parameters, moment.at);
  } catch (error) {
    if (isFailure(error, 'esia_redirect_forbidden')) {
      const client = await findSystem(context.clients, parameters.get('client_id') ?? '', moment.at);
      await recordRequest(context, client, { ...ended, error }, moment);
    }
    throw error;
  }
}

/** A request at a token address. */
export interface TokenCall extends Moment {
  readonly form: SecretForm;
  readonly parameters: Parameters;
}

/** What a token address answers a request with that it refuses (RFC 6749, section 5.2), with ЕСИА's code. */
export interface TokenRefusal {
  readonly error: string;
  readonly error_description: string;
  readonly state?: string;
}

/**
 * Proves the system that asks for tokens. Throws as `proveRequest` does, `esia_system_unknown`,
 * `esia_grant_type_unsupported` and `rate_limited`.
 */
export async function proveTokenCall(context: EsiaContext, call: TokenCall): Promise<ProvenSystem> {
  const { form, parameters, at } = call;
  const client = await findSystem(context.clients, required(parameters, 'client_id'), at);
  const proven = proveRequest(client, form, parameters, { withCode: isByCode(call), at });
  context.limit(client.id, at);
  return proven;
}

/** Gives a proven system its tokens. Throws as `giveTokens` and `grantTypeOf` do; what is refused is recorded. */
export async function answerTokenCall(
  context: EsiaContext,
  { form, parameters, ...moment }: TokenCall,
  system: ProvenSystem,
): Promise<TokenAnswer> {
  const request = { form, parameters, system };
  const answer = await giveTokens(context, grantTypeOf(parameters), request, moment);
  await recordRequest(context, system.client, endedTokenCall({ form, parameters, ...moment }), moment);
  return answer;
}

/**
 * Tells a refusal at a token address, and remembers it for the developers of the system that it names. Rejects with
 * `storage_unavailable`.
 */
export async function refuseTokenCall(
  context: EsiaContext,
  call: TokenCall,
  error: SealgateError,
): Promise<TokenRefusal> {
  const { parameters, at } = call;
  const client = await context.clients.findSystem((parameters.get('client_id') ?? '').slice(0, 64), at);
  if (client !== undefined) await recordRequest(context, client, { ...endedTokenCall(call), error }, call);
  return tokenRefusal(error, parameters.get('state'));
}

/** A refusal as RFC 6749 has it. */
export function tokenRefusal(error: SealgateError, state: string | undefined): TokenRefusal {
  const { error: kind, description } = esiaError(error);
  return { error: kind, error_description: description, ...defined({ state }) };
}

function endedTokenCall(call: TokenCall): EndedRequest {
  const { form, parameters } = call;
  return { address: form === 'cms' ? 'te' : 'v3/te', form, parameters, withCode: isByCode(call) };
}

/** Of the three ways only this one signs the code. */
function isByCode({ parameters }: TokenCall): boolean {
  return parameters.get('grant_type') === 'authorization_code';
}
