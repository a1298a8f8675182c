import { SealgateError } from '../error.ts';
import type { Check } from './check.ts';

const found = new WeakMap<SealgateError, readonly Check[]>();

/** Notes which checks had been made when `error` ended a login, for whoever answers for it; other errors are let be. */
export function noteChecks(error: unknown, checks: readonly Check[]): void {
  if (error instanceof SealgateError) found.set(error, checks);
}

/** The checks that had been made before `error`; undefined where none were noted. */
export function checksBefore(error: SealgateError): readonly Check[] | undefined {
  return found.get(error);
}
