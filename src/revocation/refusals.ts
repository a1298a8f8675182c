import { budgetRefusals } from '../budget/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';

/** What a path is refused with that is not known to be unrevoked; `path_budget_exhausted` where its issuers cost too much. */
export const revocationRefusals = [
  ...budgetRefusals,
  'certificate_revoked',
  'path_budget_exhausted',
  'revocation_stale',
  'revocation_unavailable',
  'revocation_undetermined',
] as const satisfies readonly FailureCode[];
