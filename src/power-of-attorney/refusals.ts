import type { FailureCode } from '../failure/catalogue.ts';

/**
 * What a power of attorney is refused with when it is verified. What refuses its signer's certificate is told as the
 * cause of `power_of_attorney_invalid`; only what could not be decided goes up as it is.
 */
export const powerVerificationRefusals = [
  'power_of_attorney_invalid',
  'power_of_attorney_mismatch',
  'revocation_stale',
  'revocation_unavailable',
  'trust_list_unavailable',
] as const satisfies readonly FailureCode[];

/** What one that holds is refused with that gives too little, or not now. */
export const powerJudgementRefusals = [
  'power_of_attorney_delegated',
  'power_of_attorney_expired',
  'power_of_attorney_scope',
] as const satisfies readonly FailureCode[];

/** What one is refused with that was taken back, or of which the register of powers does not tell. */
export const powerStatusRefusals = [
  'power_of_attorney_unconfirmed',
  'power_of_attorney_withdrawn',
  'register_unavailable',
] as const satisfies readonly FailureCode[];
