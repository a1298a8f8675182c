import { type FailureCode, failureCodes, failures } from './failure/catalogue.ts';
import { type BareCode, type Details, type FailureData, readDetails } from './failure/details.ts';
import type { Failure } from './failure/failure.ts';

/** What is given beside a code: its details, which only failures that can do without them may lack. */
export type Given<Code extends FailureCode> = [Code] extends [BareCode]
  ? [details?: Details<Code>, options?: ErrorOptions]
  : [details: Details<Code>, options?: ErrorOptions];

/**
 * The one error of Sealgate. `code` is stable and stands in the catalogue with its
 * wording, HTTP status, remedy and the kinds of its details; `details` fill the wording's gaps.
 */
export class SealgateError<Code extends FailureCode = FailureCode> extends Error {
  override readonly name = 'SealgateError';
  readonly code: Code;
  readonly details: Details<Code>;

  constructor(code: Code, ...given: Given<Code>) {
    const [details, options] = given as [details?: Details<Code>, options?: ErrorOptions];
    super(code, options);
    this.code = code;
    this.details = details ?? ({} as Details<Code>);
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
export function isFailure(error: unknown): error is SealgateError;
export function isFailure<Code extends FailureCode>(error: unknown, code: Code): error is SealgateError<Code>;
export function isFailure(error: unknown, code?: FailureCode): boolean {
  return error instanceof SealgateError && (code === undefined || error.code === code);
}

/**
 * A failure that came from elsewhere, another process or a file, as an error; undefined where its code is unknown or
 * its details are not those of the code. Details that are not declared are left out.
 */
export function readFailure(code: unknown, details: unknown): SealgateError | undefined {
  const known = failureCodes.find((each) => each === code);
  const read = known && readDetails(known, details);
  return read && new SealgateError<FailureCode>(known, read);
}

export type { BareCode, Details, FailureCode, FailureData };
