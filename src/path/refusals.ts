import type { FailureCode } from '../failure/catalogue.ts';

/** The failures that a search for a path ends with; each is about one certificate, and names it. */
export const pathRefusals = [
  'algorithm_forbidden',
  'certificate_expired',
  'certificate_malformed',
  'certificate_not_yet_valid',
  'certificate_usage_forbidden',
  'chain_incomplete',
  'chain_invalid',
  'path_budget_exhausted',
  'private_key_period_over',
  'root_untrusted',
] as const satisfies readonly FailureCode[];

/** One of these failures. */
export type PathCode = (typeof pathRefusals)[number];
