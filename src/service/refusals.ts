import { assertionRefusals } from '../assertion/refusals.ts';
import { carrierChangeRefusals, carrierConnectionRefusals } from '../carrier/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { loginRefusals } from '../login/refusals.ts';
import { oidcRefusals } from '../oidc/refusals.ts';
import { powerWithdrawalRefusals } from '../power-of-attorney/refusals.ts';
import { sessionEndRefusals } from '../session/refusals.ts';
import { confirmRefusals, otherScreenRefusals, signRefusals, startRefusals } from '../sign-in/refusals.ts';

/** What any request can meet. */
export const serviceRefusals = [
  'internal_error',
  'storage_unavailable',
] as const satisfies readonly FailureCode[];

/** What a request is refused with whose address or body cannot be read. */
export const bodyRefusals = [
  'request_malformed',
  'request_too_large',
  'request_too_slow',
] as const satisfies readonly FailureCode[];

/** What a request is refused with that anybody may make: an address that asks too often. */
export const openCallRefusals = ['rate_limited'] as const satisfies readonly FailureCode[];

/** What a request of a relying party is refused with before anything is done. */
export const clientCallRefusals = [
  'client_forbidden',
  'client_unauthenticated',
  'rate_limited',
  ...bodyRefusals,
] as const satisfies readonly FailureCode[];

/** What a request of an organisation about itself is refused with: who asks, through whom, and whether it may. */
export const organisationCallRefusals = [
  ...assertionRefusals,
  'client_forbidden',
  'organisation_view_forbidden',
  'rate_limited',
  ...bodyRefusals,
] as const satisfies readonly FailureCode[];

/** What a request is refused with that no route answers, or not for its method. */
export const unroutedRefusals = [
  ...openCallRefusals,
  'method_not_allowed',
  'request_malformed',
  'resource_unknown',
] as const satisfies readonly FailureCode[];

/** What a browser is refused with at a page, which tells it by a page: the sign-in, its forms, what is signed there, and the account. */
export const pageRefusals = [
  ...openCallRefusals,
  ...bodyRefusals,
  ...startRefusals,
  ...otherScreenRefusals,
  ...signRefusals,
  ...confirmRefusals,
  ...oidcRefusals,
  ...loginRefusals,
  ...carrierChangeRefusals,
  ...carrierConnectionRefusals,
  ...powerWithdrawalRefusals,
  ...sessionEndRefusals,
  'request_foreign',
  'resource_unknown',
  'signature_file_missing',
] as const satisfies readonly FailureCode[];

/** What the operator is refused with: settings that cannot be, and records that are not the service's own. */
export const operationRefusals = [
  'configuration_invalid',
  'record_changed',
  'record_unsealed',
] as const satisfies readonly FailureCode[];
