import { language } from '../environment.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import { exitCodeOf } from './exit-code.ts';
import { paintFor } from './table.ts';

/**
 * Carries out a command: prints its result as text or, with `json`, as one JSON document, or the failure with its
 * remedy, and sets the exit code. Errors that are no failures go up.
 */
export async function carryOut<T>(
  options: { readonly json?: boolean },
  act: () => Promise<T>,
  show: (result: T) => string,
): Promise<void> {
  try {
    const result = await act();
    process.stdout.write(`${options.json === true ? JSON.stringify(result, null, 2) : show(result)}\n`);
  } catch (error) {
    if (!isFailure(error)) throw error;
    tellFailure(error, options.json === true);
    process.exitCode = exitCodeOf(error);
  }
}

/** What is told of a failure, whichever command met it. */
export interface ToldFailure {
  readonly code: string;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Tells a failure in words on standard error; with `json`, as one JSON document on standard output as well. */
export function tellFailure(error: SealgateError, json: boolean): void {
  const { code, details } = error;
  const { title, cause, remedy } = explain(code, details, language());
  tellAs({ code, title, cause, remedy }, json, { details });
}

/** The same for a failure that another machine worded; `more` stands beside it in the JSON document. */
export function tellAs(
  { code, title, cause, remedy }: ToldFailure,
  json: boolean,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, title, cause, remedy, ...more } })}\n`);
  const paint = paintFor(process.stderr);
  const lines = [`${paint.bad(title)} ${paint.dim(`[${code}]`)}`, cause, remedy && paint.bold(remedy)];
  process.stderr.write(lines.map((line) => (line === '' ? '' : `${line}\n`)).join(''));
}
