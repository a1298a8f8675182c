import type { FailureCode } from '../failure/catalogue.ts';

/** What a request is refused with that costs too much. */
export const budgetRefusals = ['budget_exhausted'] as const satisfies readonly FailureCode[];
