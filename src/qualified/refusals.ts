import type { FailureCode } from '../failure/catalogue.ts';

/** What a certificate is refused with that is not qualified, or not as highly as it has to be. */
export const qualificationRefusals = [
  'assurance_too_low',
  'authority_accreditation_ended',
  'authority_not_accredited',
  'certificate_malformed',
  'certificate_not_qualified',
  'trust_list_unavailable',
] as const satisfies readonly FailureCode[];
