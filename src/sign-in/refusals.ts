import { issueRefusals } from '../assertion/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';

/** What a sign-in is refused with that a relying party begins. */
export const startRefusals = ['client_forbidden', 'rate_limited'] as const satisfies readonly FailureCode[];

/** What a browser is refused with that opens a sign-in. */
export const openRefusals = [
  'portal_unknown',
  'sign_in_expired',
  'sign_in_foreign',
  'sign_in_unknown',
] as const satisfies readonly FailureCode[];

/** What a browser is refused with that opens a link to another screen, or takes it. */
export const otherScreenRefusals = [
  ...openRefusals,
  'sign_in_link_expired',
  'sign_in_link_used',
] as const satisfies readonly FailureCode[];

/** What a signature is refused with that comes too late or too often, beside what `login` refuses. */
export const signRefusals = ['rate_limited', 'sign_in_completed'] as const satisfies readonly FailureCode[];

/** What the first browser is refused with that confirms, or declines, what was not signed. */
export const confirmRefusals = ['sign_in_unfinished'] as const satisfies readonly FailureCode[];

/** What a relying party is refused with that takes the assertion for a code. */
export const takeRefusals = [
  ...issueRefusals,
  'session_ended',
  'sign_in_code_expired',
  'sign_in_code_foreign',
  'sign_in_code_invalid',
  'sign_in_code_used',
] as const satisfies readonly FailureCode[];
