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
    report(error, options.json === true);
    process.exitCode = exitCodeOf(error);
  }
}

function report(error: SealgateError, isJson: boolean): void {
  const { code, details } = error;
  const wording = explain(code, details, language());
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ error: { code, ...wording, details } }, null, 2)}\n`);
    return;
  }
  const paint = paintFor(process.stderr);
  process.stderr.write(
    `${paint.bad(wording.title)} ${paint.dim(`[${code}]`)}\n${wording.cause}\n${paint.bold(wording.remedy)}\n`,
  );
}
