import type { FailureCode } from '../failure/catalogue.ts';

/** What is refused that is no such file as was asked for. */
export const encodingRefusals = [
  'encoding_unexpected',
  'request_too_large',
  'signature_malformed',
] as const satisfies readonly FailureCode[];
