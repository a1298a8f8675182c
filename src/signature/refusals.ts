import { budgetRefusals } from '../budget/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';

/** What a signature is refused with, from its encoding to its value. */
export const signatureRefusals = [
  ...budgetRefusals,
  'algorithm_forbidden',
  'certificate_malformed',
  'signature_algorithm_mislabelled',
  'signature_attributes_ambiguous',
  'signature_attributes_missing',
  'signature_attributes_unsorted',
  'signature_content_mismatch',
  'signature_content_type_unsigned',
  'signature_digests_differ',
  'signature_invalid',
  'signature_malformed',
  'signature_signer_count',
  'signer_certificate_missing',
  'signer_certificate_substituted',
] as const satisfies readonly FailureCode[];
