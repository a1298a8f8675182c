import type { FailureCode } from '../failure/catalogue.ts';
import { startRefusals, takeRefusals } from '../sign-in/refusals.ts';

/** What a browser is refused with whose sign-in a portal asked for by OpenID Connect. */
export const oidcRefusals = [
  ...startRefusals,
  ...takeRefusals,
  'oidc_object_used',
  'oidc_request_invalid',
  'oidc_sign_in_over',
  'portal_unknown',
] as const satisfies readonly FailureCode[];
