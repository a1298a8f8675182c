import { SealgateError } from '../error.ts';
import type { Check } from './check.ts';

/** A failure that refused a login, with the checks that had been made before it. */
export class LoginRefusal extends SealgateError {
  readonly checks: readonly Check[];

  /** Of `failure`, which may be shared with others and is left as it is. */
  constructor(failure: SealgateError, checks: readonly Check[]) {
    const { code, details, cause, stack } = failure;
    super(code, details, cause === undefined ? undefined : { cause });
    if (stack !== undefined) this.stack = stack;
    this.checks = checks;
  }
}
