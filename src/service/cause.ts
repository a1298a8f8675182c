import { getSystemErrorMessage } from 'node:util';
import { Fault, SealgateError } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { defined } from '../optional.ts';

/** What may be told of one error: nothing that anybody outside of the code and the operating system has written. */
export interface Cause {
  /** The error's class. */
  readonly kind: string;
  /** Failure code of ours, or the code that Node.js, the system or a library gives, such as `ENOENT`. */
  readonly code?: string;
  /** A constant of the code: the text of a Fault, the problem of a FetchFailure, a description of system or SQLite. */
  readonly problem?: string;
  readonly number?: number;
  /** Where in the code an error arose that nobody expected, innermost first: function, file, line. */
  readonly frames?: readonly string[];
}

const mostCauses = 5;
const mostFrames = 10;
const className = /^[A-Za-z]{1,50}$/;
/** Codes of the system, of Node.js, undici and OpenSSL, and of the reader of CSV: constants of theirs. */
const errorCode =
  /^(?:E[A-Z0-9]{2,20}|(?:ERR|UND_ERR|HPE|CSV|CERT|UNABLE_TO|ABORT)_[A-Z0-9_]{1,50}|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT[A-Z_]*)$/;

/**
 * What logs may tell of an error and the ones that led to it. Messages of errors are left out: those of V8's JSON
 * parser quote what they could not read, and so do zod, undici and the readers of XML and CSV, whose input comes from
 * strangers. Details of failures are left out as well, for they may name people.
 */
export function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  for (let each = error; each !== undefined && causes.length < mostCauses; each = nextOf(each)) {
    causes.push(each instanceof Error ? causeOf(each) : { kind: typeof each });
  }
  return causes;
}

/** The same in one line, for people. */
export function causeText(error: unknown): string {
  return causesOf(error)
    .map(({ kind, code, problem, number }) =>
      [problem ?? kind, number, code && `(${code})`].filter((part) => part !== undefined).join(' '),
    )
    .join(', caused by ');
}

function nextOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? undefined) : undefined;
}

function causeOf(error: Error): Cause {
  // A name can be set by whoever makes the error; a class is written in code. Of a DOMException the name is the class.
  const named = error instanceof DOMException ? error.name : error.constructor.name;
  const kind = className.test(named) ? named : 'Error';
  if (error instanceof SealgateError) {
    // What broke inside is named by the error that led to it, if any did.
    const isBare = error.code === 'internal_error' && error.cause === undefined;
    return { kind, code: error.code, ...(isBare ? framesOf(error) : {}) };
  }
  if (error instanceof Fault) {
    return { kind, problem: error.message, ...defined({ number: error.number }) };
  }
  if (error instanceof FetchFailure) return { kind, problem: error.problem };
  const known = codeOf(error);
  return { kind, ...known, ...(known.problem === undefined ? framesOf(error) : {}) };
}

function codeOf(error: Error): Pick<Cause, 'code' | 'problem' | 'number'> {
  const { code, errno, errcode, errstr } = error as Readonly<
    Partial<Record<'code' | 'errno' | 'errcode' | 'errstr', unknown>>
  >;
  if (typeof code !== 'string' || !errorCode.test(code)) return {};
  // SQLite's own description of the number; it has one for each and puts nothing into it.
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' && typeof errstr === 'string')
    return { code, problem: errstr, number: errcode };
  if (typeof errno === 'number' && errno < 0) return { code, problem: getSystemErrorMessage(errno) };
  return { code };
}

/**
 * The stack begins with the message, which may have lines that look like frames: unless the beginning is exactly
 * that, nothing is taken.
 */
function framesOf(error: Error): Pick<Cause, 'frames'> {
  const { name, message, stack = '' } = error;
  const beginnings = [name, error.constructor.name, 'Error'].map((each) =>
    message === '' ? each : `${each}: ${message}`,
  );
  const beginning = beginnings.find((each) => stack.startsWith(`${each}\n    at `));
  if (beginning === undefined) return {};
  const frames = stack.slice(beginning.length + 1).split('\n');
  return { frames: frames.slice(0, mostFrames).map((frame) => frame.trim()) };
}
