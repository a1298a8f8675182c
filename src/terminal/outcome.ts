import { language } from '../environment.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import { exitCodeOf } from './exit-code.ts';
import { type Line, paintFor, showLines } from './table.ts';
import { widthOf } from './width.ts';

const cutHint = {
  en: 'Cut to the width of the terminal; --wide shows all of it.',
  ru: 'Обрезано по ширине терминала; целиком покажет --wide.',
} as const;

/** Prints lines on standard output: as wide as the terminal, or whole where there is none. */
export function printLines(lines: readonly Line[]): void {
  if (lines.length === 0) return;
  const { text, isCut } = showLines(lines, widthOf(process.stdout));
  const hint = isCut ? `${paintFor(process.stdout).dim(cutHint[language()])}\n` : '';
  process.stdout.write(`${text}\n${hint}`);
}

/**
 * Carries out a command: prints its result as text or, with `json`, as one JSON document, or the failure with its
 * remedy, and sets the exit code. Errors that are no failures go up.
 */
export async function carryOut<T>(
  options: { readonly json?: boolean },
  act: () => Promise<T>,
  show: (result: T) => Line | readonly Line[],
): Promise<void> {
  try {
    const result = await act();
    if (options.json === true) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      const shown = show(result);
      printLines(Array.isArray(shown) ? shown : [shown]);
    }
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
