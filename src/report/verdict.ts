import type { Details, FailureCode, SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Failure, Indication, Language, Stage } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import type { Check } from './check.ts';

/** The failure of a verdict in words, with the facts behind them. */
export interface ExplainedFailure {
  readonly code: FailureCode;
  readonly stage: Stage;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly details: Details;
}

/** A result in the terms of ETSI EN 319 102-1, section 5.1, with one row a check; dates become ISO 8601 in JSON. */
export interface Verdict {
  readonly indication: Indication;
  readonly subIndication?: string;
  /** Absent where the indication is `TOTAL-PASSED`. */
  readonly failure?: ExplainedFailure;
  readonly checks: readonly Check[];
}

/** The verdict of a validation that ended with `failure`, or passed where there is none. */
export function verdictOf(
  checks: readonly Check[],
  failure: SealgateError | undefined,
  language: Language,
): Verdict {
  if (failure === undefined) return { indication: 'TOTAL-PASSED', checks };
  const { code, details } = failure;
  const { indication, subIndication, stage }: Failure = failure.failure;
  return {
    indication,
    ...defined({ subIndication }),
    failure: { code, stage, ...explain(code, details, language, 'validation'), details },
    checks,
  };
}
