import type { FailureCode } from '../failure/catalogue.ts';
import { signatureRefusals } from '../signature/refusals.ts';

/** What a time-stamp is refused with, its authority's path excepted. */
export const timestampRefusals = [
  ...signatureRefusals,
  'timestamp_malformed',
  'timestamp_mismatch',
  'timestamp_signer_unfit',
  'timestamp_unavailable',
] as const satisfies readonly FailureCode[];
