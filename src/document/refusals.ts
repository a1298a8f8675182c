import { budgetRefusals } from '../budget/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { timestampRefusals } from '../timestamp/refusals.ts';

/** What a document, a signature or a time-stamp of it is refused with, beside what its paths are. */
export const documentRefusals = [
  ...budgetRefusals,
  ...timestampRefusals,
  'algorithm_forbidden',
  'chain_incomplete',
  'document_changed',
  'document_malformed',
  'document_unrecognised',
  'existence_unproven',
  'level_not_reached',
  'pdf_changed',
  'pdf_range_invalid',
  'revocation_data_missing',
  'revocation_time_unproven',
  'signature_signer_count',
  'signed_data_missing',
  'timestamp_order',
] as const satisfies readonly FailureCode[];

/** What a service refuses to extend a document with; everything about the document is one of them. */
export const extensionRefusals = [
  ...budgetRefusals,
  'level_not_reached',
  'timestamp_unavailable',
] as const satisfies readonly FailureCode[];
