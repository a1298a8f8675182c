import type { FailureCode } from '../failure/catalogue.ts';
import { openRefusals, startRefusals, takeRefusals } from '../sign-in/refusals.ts';

/** What a request for authorization is refused with. */
export const authorizationRefusals = [
  ...startRefusals,
  'esia_certificate_foreign',
  'esia_parameter_invalid',
  'esia_parameter_missing',
  'esia_redirect_forbidden',
  'esia_request_repeated',
  'esia_response_type_unsupported',
  'esia_scope_forbidden',
  'esia_scope_missing',
  'esia_secret_invalid',
  'esia_system_unknown',
  'esia_timestamp_form',
  'esia_timestamp_skewed',
  'session_limit',
] as const satisfies readonly FailureCode[];

/** What a browser is refused with that comes back from the sign-in page, or is asked for consent. */
export const consentRefusals = [
  ...openRefusals,
  ...takeRefusals,
  'esia_access_denied',
  'esia_organisation_foreign',
  'record_changed',
  'sign_in_completed',
  'sign_in_unfinished',
] as const satisfies readonly FailureCode[];

/** What a request for tokens is refused with. */
export const tokenRefusals = [
  ...authorizationRefusals,
  'esia_challenge_missing',
  'esia_grant_invalid',
  'esia_grant_type_unsupported',
  'esia_key_unavailable',
  'esia_organisation_foreign',
  'esia_verifier_wrong',
] as const satisfies readonly FailureCode[];

/** What a request for data is refused with. */
export const dataRefusals = [
  'client_forbidden',
  'esia_data_forbidden',
  'esia_token_expired',
  'esia_token_invalid',
  'resource_unknown',
] as const satisfies readonly FailureCode[];

/** What bodies and requests are refused with that the service itself reads. */
export const readRefusals = ['request_malformed'] as const satisfies readonly FailureCode[];

/** What whoever opens the developers' page is refused with who does not know the system's secret. */
export const developerRefusals = ['client_unauthenticated'] as const satisfies readonly FailureCode[];
