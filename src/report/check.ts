import type { Details, FailureCode } from '../error.ts';
import type { Stage } from '../failure/failure.ts';

/** How one check came out; a warning does not refuse, a skipped one says in its details why. */
export type Outcome = 'passed' | 'failed' | 'warning' | 'skipped';

/** One row of a verdict: what was checked, about what, and how it came out. */
export interface Check {
  readonly stage: Stage;
  /** Stable name such as `signature.message-digest`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** What the check is about, such as a Name; turned into text only where the check is shown. */
  readonly subject?: { toString(): string };
  /** Code of the failure that a failed check leads to. */
  readonly code?: FailureCode;
  readonly details?: Details;
}

/** Collects the checks of one run in order; handed down to the stages, which only add to it. */
export class Checks {
  private readonly rows: Check[] = [];

  get list(): readonly Check[] {
    return this.rows;
  }

  add(check: Check): void {
    this.rows.push(check);
  }

  passed(stage: Stage, name: string, details?: Details): void {
    this.rows.push(
      details === undefined
        ? { stage, name, outcome: 'passed' }
        : { stage, name, outcome: 'passed', details },
    );
  }

  warning(stage: Stage, name: string, details: Details): void {
    this.rows.push({ stage, name, outcome: 'warning', details });
  }
}
