import { type FailureCode, isFailure, type SealgateError } from '../error.ts';

/** A failure as ЕСИА tells it: its own code with a text, and OAuth's name of the kind (RFC 6749). */
export interface EsiaError {
  readonly code: string;
  readonly error: string;
  readonly description: string;
}

type Meaning = readonly [number: string, error: string, description: string];

const invalidRequest: Meaning = ['007003', 'invalid_request', 'The request is invalid'];
const serverError: Meaning = ['007007', 'server_error', 'The server met an unexpected condition'];
const unavailable: Meaning = ['007008', 'temporarily_unavailable', 'The server cannot answer now'];

const meanings: Partial<Record<FailureCode, Meaning>> = {
  esia_certificate_foreign: ['007002', 'invalid_request', 'The certificate does not belong to the system'],
  esia_parameter_invalid: invalidRequest,
  request_malformed: invalidRequest,
  request_too_large: invalidRequest,
  esia_access_denied: ['007004', 'access_denied', 'The resource owner denied the request'],
  esia_system_unknown: ['007005', 'unauthorized_client', 'The client is not authorized'],
  client_forbidden: ['007005', 'unauthorized_client', 'The client is not authorized'],
  esia_scope_forbidden: ['007006', 'invalid_scope', 'The requested scope is invalid'],
  esia_response_type_unsupported: [
    '007009',
    'unsupported_response_type',
    'The response type is not supported',
  ],
  esia_grant_invalid: ['007011', 'invalid_grant', 'The grant is invalid, expired, used or not the client’s'],
  esia_grant_type_unsupported: ['007012', 'unsupported_grant_type', 'The grant type is not supported'],
  esia_scope_missing: ['007013', 'invalid_scope', 'The request names no scope'],
  esia_parameter_missing: ['007014', 'invalid_request', 'A mandatory parameter is missing'],
  esia_timestamp_form: ['007014', 'invalid_request', 'A mandatory parameter is missing: timestamp'],
  esia_timestamp_skewed: ['007015', 'invalid_request', 'The time of the request is out of the window'],
  esia_redirect_forbidden: ['007023', 'invalid_request', 'The redirect_uri is not allowed'],
  esia_challenge_missing: ['007039', 'invalid_grant', 'The code was asked for without a code_challenge'],
  esia_verifier_wrong: ['007040', 'invalid_grant', 'The code_verifier does not match'],
  esia_secret_invalid: ['007053', 'access_denied', 'OAuthErrorEnum.clientSecretWrong'],
  esia_request_repeated: ['007053', 'access_denied', 'OAuthErrorEnum.clientSecretWrong'],
  esia_organisation_foreign: ['007194', 'access_denied', 'The scope is of a foreign organisation'],
  rate_limited: unavailable,
  storage_unavailable: unavailable,
  esia_key_unavailable: unavailable,
};

/** What ЕСИА's clients are told of a failure; one of the service's own inside is told as such and no more. */
export function esiaError(error: SealgateError): EsiaError {
  const [number, name, text] = meanings[error.code] ?? serverError;
  const code = `ESIA-${number}`;
  return { code, error: name, description: `${code}: ${text}${detailOf(error)}` };
}

/** The parameter that is meant, where one is. */
function detailOf(error: SealgateError): string {
  if (isFailure(error, 'esia_parameter_missing') || isFailure(error, 'esia_parameter_invalid'))
    return ` (${error.details.field})`;
  return '';
}

/** A failure of the data's addresses, with its HTTP status. */
export interface EsiaDataError {
  readonly status: number;
  /** Absent where no code of ЕСИА is known for it. */
  readonly code?: string;
  readonly message: string;
}

/** What ЕСИА's clients are told by the addresses of data. */
export function esiaDataError(error: SealgateError): EsiaDataError {
  switch (error.code) {
    case 'esia_token_invalid':
      return { status: 401, code: 'ESIA-005011', message: 'The access token is invalid' };
    case 'esia_token_expired':
      return { status: 401, code: 'ESIA-005013', message: 'The access token has expired' };
    case 'esia_data_forbidden':
      return { status: 403, code: 'ESIA-005029', message: 'The scope does not allow this' };
    case 'client_forbidden':
    case 'esia_organisation_foreign':
      return { status: 403, code: 'ESIA-005029', message: 'The scope does not allow this' };
    case 'resource_unknown':
      return { status: 404, message: 'There is nothing at this address' };
    case 'rate_limited':
    case 'storage_unavailable':
      return { status: 503, code: 'ESIA-007008', message: 'The server cannot answer now' };
    default:
      return { status: 500, code: 'ESIA-007007', message: 'The server met an unexpected condition' };
  }
}
