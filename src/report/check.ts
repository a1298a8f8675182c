import type { FailureCode } from '../failure/catalogue.ts';
import type { Stage } from '../failure/failure.ts';
import type { CheckName } from './check-name.ts';
import type { FactName } from './detail-name.ts';

/** How one check came out; a warning does not refuse, a skipped one says in its details why. */
export type Outcome = 'passed' | 'failed' | 'warning' | 'skipped';

/** What a check found; dates are `Date`, and whatever has a text of its own is shown by it. */
export type Facts = Readonly<Partial<Record<FactName, unknown>>>;

/** One row of a verdict: what was checked, about what, and how it came out. */
export interface Check {
  readonly stage: Stage;
  readonly name: CheckName;
  readonly outcome: Outcome;
  /** What the check is about, such as a Name; turned into text only where the check is shown. */
  readonly subject?: { toString(): string };
  /** Code of the failure that a failed check leads to. */
  readonly code?: FailureCode;
  readonly details?: Facts;
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

  passed(stage: Stage, name: CheckName, details?: Facts): void {
    this.rows.push(
      details === undefined
        ? { stage, name, outcome: 'passed' }
        : { stage, name, outcome: 'passed', details },
    );
  }

  warning(stage: Stage, name: CheckName, details: Facts): void {
    this.rows.push({ stage, name, outcome: 'warning', details });
  }
}
