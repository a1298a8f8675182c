import { type Config, databaseOf, readEnvironment, toConfig } from '../config.ts';
import type { Access } from '../database/access.ts';
import { operatorName } from '../environment.ts';
import { isFailure, SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { causeText } from '../service/cause.ts';
import { openState, type State } from '../service/state.ts';
import { exitCodeOf } from '../terminal/exit-code.ts';
import { printLines, tellFailure } from '../terminal/outcome.ts';
import { type Line, paintFor } from '../terminal/table.ts';
import { signedBy } from './signed.ts';

/** What an operator's command works on. */
export interface Operation extends State {
  readonly config: Config;
  /** Now, in milliseconds since the epoch. */
  readonly at: number;
}

/** What a command gives back: its exit code, the same facts for machines, and lines for people. */
export interface Report {
  readonly exitCode: number;
  readonly json: unknown;
  readonly lines: readonly Line[];
}

/**
 * Runs an operator's command on the service's own database and prints its report, as JSON or in lines. A failure is
 * told with its code and remedy on standard error. Sets the process's exit code and never throws. What the command is
 * given is looked at by `prepare`, before anything is opened or made.
 *
 * The database is there already: in a folder that was mistyped an empty one would answer everything with nothing, and
 * an audit of nothing is intact. `create` is for what is done before the first start, `read` for what only looks.
 */
export async function operate<Input = undefined>(
  json: boolean,
  command: (operation: Operation, input: Input) => Promise<Report>,
  access: Access = 'open',
  prepare?: (config: Config) => Promise<Input>,
): Promise<void> {
  try {
    const config = toConfig(readEnvironment());
    const input = (await prepare?.(config)) as Input;
    const report = await forOperator(config, () =>
      perform(config, (operation) => command(operation, input), access),
    );
    print(report, json);
  } catch (error) {
    tell(error, json);
  }
}

/** Prints a report, as JSON or in lines, and sets the process's exit code. */
export function print({ json: facts, lines, exitCode }: Report, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else printLines(lines);
  process.exitCode = exitCode;
}

async function perform(
  config: Config,
  command: (operation: Operation) => Promise<Report>,
  access: Access,
): Promise<Report> {
  const at = Date.now();
  const state = await openState(config, at, access);
  try {
    const database = signedBy(state.database, safeText(operatorName(), 64));
    return await command({ ...state, database, config, at });
  } finally {
    await state.database.close();
  }
}

/**
 * Does `act` and puts a failure of the storage into an operator's words, `database_unusable`: those of
 * `storage_unavailable` are for a person who signs in.
 */
export async function forOperator<T>(config: Config, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isFailure(error, 'storage_unavailable')) throw error;
    throw new SealgateError('database_unusable', { file: databaseOf(config) }, { cause: error.cause });
  }
}

/** Tells a failure, and beneath it the one that led to it. */
export function tell(error: unknown, json: boolean): void {
  const known =
    error instanceof SealgateError ? error : new SealgateError('command_failed', {}, { cause: error });
  const { cause } = known;
  tellFailure(known, json);
  if (cause instanceof SealgateError) tell(cause, false);
  else if (cause !== undefined) process.stderr.write(`${paintFor(process.stderr).dim(causeText(cause))}\n`);
  process.exitCode = exitCodeOf(known);
}
