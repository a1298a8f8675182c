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

/** A text that is written out in the code: no part of it can have come from elsewhere. */
type Constant<Text extends string> = Record<never, never> extends Record<Text, 1> ? never : Text;

/** An error that no person is told of, only logs: its text is a constant of the code, with a number at most. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly number: number | undefined;

  /** For `fault` alone, which sees to it that `text` is a constant. */
  constructor(text: string, number: number | undefined, options?: ErrorOptions) {
    super(text, options);
    this.number = number;
  }
}

/** Makes a Fault. `number` is what varies: a status, a count, a code of SQLite. */
export function fault<Text extends string>(
  text: Constant<Text> & Text,
  number?: number,
  options?: ErrorOptions,
): Fault {
  return new Fault(text, number, options);
}

/** Whether `error` is a SealgateError, of that code if one is given. */
export function isFailure(error: unknown, code?: FailureCode): error is SealgateError {
  return error instanceof SealgateError && (code === undefined || error.code === code);
}

export type { FailureCode };
