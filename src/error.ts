import { type FailureCode, failures } from './failure/catalogue.ts';
import type { Failure } from './failure/failure.ts';

/**
 * Facts that explain a failure. They are shown to the person and written to the
 * audit, so a PIN, a key or a secret never goes in. Dates are `Date`, lengths are
 * octets, durations are seconds.
 */
export type Details = Readonly<Record<string, unknown>>;

/**
 * The one error of Sealgate. `code` is stable and stands in the catalogue with its
 * wording, HTTP status and remedy; `details` fill the wording's gaps.
 */
export class SealgateError extends Error {
  override readonly name = 'SealgateError';
  readonly code: FailureCode;
  readonly details: Details;

  constructor(code: FailureCode, details: Details = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }

  get failure(): Failure {
    return failures[this.code];
  }
}

/** Whether `error` is a SealgateError, of that code if one is given. */
export function isFailure(error: unknown, code?: FailureCode): error is SealgateError {
  return error instanceof SealgateError && (code === undefined || error.code === code);
}

export type { FailureCode };
