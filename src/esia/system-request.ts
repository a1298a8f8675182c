import { SealgateError } from '../error.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import type { SecretForm, SignedParts } from './client-secret/signed-string.ts';
import { type ProvenSystem, proveSystem, type SignedRequest } from './client-secret/verify.ts';
import { type Parameters, required, requiredAs } from './parameter.ts';
import { parseTimestamp } from './timestamp.ts';

/** Clients send a UUID; it stands in redirects and in what is signed. */
const stateForm = /^[\x21-\x7e]{1,200}$/;

/** The signed parts of a request as it came; a code is part of it only where it is redeemed. */
export function signedPartsOf(parameters: Parameters, withCode: boolean): SignedParts {
  const text = (name: string) => parameters.get(name) ?? '';
  return {
    clientId: text('client_id'),
    scope: text('scope'),
    scopeOrg: text('scope_org'),
    timestamp: text('timestamp'),
    state: text('state'),
    redirectUri: text('redirect_uri'),
    code: withCode ? text('code') : '',
    refreshToken: text('grant_type') === 'refresh_token' ? text('refresh_token') : '',
  };
}

/** A request with its signature, as it came; nothing is looked at. */
export function signedRequestOf(form: SecretForm, parameters: Parameters, withCode: boolean): SignedRequest {
  return {
    form,
    parts: signedPartsOf(parameters, withCode),
    secret: parameters.get('client_secret') ?? '',
    certificateHash: parameters.get('client_certificate_hash'),
  };
}

/**
 * Proves the system that a request comes from: what costs nothing first, the time, then the signature. Throws
 * `esia_parameter_missing`, `esia_parameter_invalid`, `esia_timestamp_form`, `esia_timestamp_skewed`,
 * `esia_secret_invalid`, `esia_certificate_foreign`.
 */
export function proveRequest(
  client: ClientSystem,
  form: SecretForm,
  parameters: Parameters,
  { withCode, at }: { readonly withCode: boolean; readonly at: number },
): ProvenSystem {
  requiredAs(parameters, 'state', stateForm);
  required(parameters, 'client_secret');
  expectTime(client, required(parameters, 'timestamp'), at);
  return proveSystem(client, signedRequestOf(form, parameters, withCode), at);
}

function expectTime({ esia }: ClientSystem, timestamp: string, at: number): void {
  const stated = parseTimestamp(timestamp);
  if (stated === undefined) throw new SealgateError('esia_timestamp_form');
  const difference = Math.round(Math.abs(stated - at) / 1000);
  const allowed = esia.timestampWindowSeconds;
  if (difference > allowed) throw new SealgateError('esia_timestamp_skewed', { difference, allowed });
}
