import { type FailureCode, isFailure, type SealgateError } from '../error.ts';
import { certificatesOf } from '../relying-party/esia-system.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import { explainSecret } from './client-secret/explain.ts';
import { certificateHash } from './client-secret/raw.ts';
import { type SecretForm, signedOrders, signedString } from './client-secret/signed-string.ts';
import type { Moment } from './consent.ts';
import type { EsiaContext } from './context.ts';
import { esiaError } from './error.ts';
import type { Parameters } from './parameter.ts';
import {
  type CameSignature,
  type ExpectedSignature,
  keepRequest,
  type RequestRecord,
} from './storage/request.ts';
import { signedRequestOf } from './system-request.ts';

/** A request that is to be remembered for the developers of its system. */
export interface EndedRequest {
  /** `v2/ac`, as developers call the address. */
  readonly address: string;
  readonly form: SecretForm;
  readonly parameters: Parameters;
  readonly withCode: boolean;
  /** What it was refused with; absent where it passed. */
  readonly error?: SealgateError;
}

/** Refused with one of these, nothing was proven of the request. */
const unproven: ReadonlySet<FailureCode> = new Set([
  'esia_certificate_foreign',
  'esia_parameter_invalid',
  'esia_parameter_missing',
  'esia_redirect_forbidden',
  'esia_response_type_unsupported',
  'esia_secret_invalid',
  'esia_timestamp_form',
  'esia_timestamp_skewed',
  'request_malformed',
]);

/**
 * Remembers a request for the developers of its system, with what should have been signed and what was; a refusal goes
 * into the audit under the service's own code. Rejects with `storage_unavailable`.
 */
export async function recordRequest(
  { database, esia }: EsiaContext,
  client: ClientSystem,
  request: EndedRequest,
  { at, traceId }: Moment,
): Promise<void> {
  const { error } = request;
  const record = await recordOf(client, request);
  const isProven = error === undefined || !unproven.has(error.code);
  const journal = error === undefined ? [] : esia.refused.note({ client: client.id, error, traceId, at });
  await database.write({
    statements: keepRequest(client.id, { ...record, isProven, at, traceId }),
    journal,
  });
}

async function recordOf(client: ClientSystem, request: EndedRequest): Promise<RequestRecord> {
  const { address, form, parameters, withCode, error } = request;
  const given = shownParameters(parameters);
  if (error === undefined) return { address, outcome: 'passed', given };
  const { error: kind, description } = esiaError(error);
  const isAboutSecret =
    isFailure(error, 'esia_secret_invalid') || isFailure(error, 'esia_certificate_foreign');
  return {
    address,
    outcome: error.code,
    details: error.details,
    told: { error: kind, description },
    given,
    ...(isAboutSecret
      ? {
          expected: expectedOf(client, form, parameters, withCode),
          came: await cameOf(client, form, parameters, withCode),
        }
      : {}),
  };
}

function expectedOf(
  client: ClientSystem,
  form: SecretForm,
  parameters: Parameters,
  withCode: boolean,
): ExpectedSignature {
  const { parts } = signedRequestOf(form, parameters, withCode);
  const order = signedOrders[form].filter((part) => part !== 'code' || withCode);
  return {
    form,
    order,
    text: signedString(form, { ...parts, code: covered(parts.code) }),
    octets: Buffer.byteLength(signedString(form, parts)),
    certificates: certificatesOf(client.esia).map((certificate) => ({
      hash: certificateHash(certificate),
      serialNumber: certificate.serialNumberHex,
      notAfter: certificate.notAfter,
    })),
  };
}

async function cameOf(
  client: ClientSystem,
  form: SecretForm,
  parameters: Parameters,
  withCode: boolean,
): Promise<CameSignature> {
  const { came, signed, differences } = await explainSecret(
    client,
    signedRequestOf(form, parameters, withCode),
  );
  if (came === undefined) return { kind: 'undecodable', differences };
  const code = parameters.get('code') ?? '';
  const shown = signed === undefined || code === '' ? signed : signed.replaceAll(code, covered(code));
  return { ...came, ...(shown === undefined ? {} : { signed: shown.slice(0, longestShown) }), differences };
}

/** Parameters that are shown; whatever else a stranger sends is left out. */
const shownNames = [
  ...['client_id', 'scope', 'scope_org', 'response_type', 'grant_type', 'state', 'timestamp', 'access_type'],
  ...['redirect_uri', 'token_type', 'client_certificate_hash', 'client_secret', 'code', 'refresh_token'],
] as const;

const secretNames: ReadonlySet<string> = new Set(['client_secret', 'code', 'refresh_token']);

const longestShown = 2_000;

function shownParameters(parameters: Parameters): Readonly<Record<string, string>> {
  const shown = shownNames.flatMap((name) => {
    const value = parameters.get(name);
    if (value === undefined) return [];
    return [[name, secretNames.has(name) ? covered(value) : value.slice(0, longestShown)] as const];
  });
  return Object.fromEntries(shown);
}

/** What opens something is told by its length alone. */
function covered(secret: string): string {
  return secret === '' ? '' : `‹${secret.length}›`;
}
