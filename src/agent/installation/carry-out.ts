import { execFile } from 'node:child_process';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { environmentWith } from '../../environment.ts';
import type { CommandLine, InstallationPlan } from './plan.ts';

/** A command that was run, and whether it did what it should. */
export interface RunCommand {
  readonly command: string;
  readonly isDone: boolean;
}

/** How long a command of the system may take, in milliseconds. */
const patience = 20_000;

/** Writes the plan's files and runs what comes after. */
export async function install({ files, afterwards }: InstallationPlan): Promise<readonly RunCommand[]> {
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return runAll(afterwards);
}

/** Takes back what `install` did; what is not there any more is not missed. */
export async function uninstall(plan: InstallationPlan): Promise<readonly RunCommand[]> {
  const before = await runAll(plan.beforeRemoval);
  for (const { path } of plan.files) await rm(path, { force: true });
  return [...before, ...(await runAll(plan.afterRemoval))];
}

/** The plan's files that are there. */
export async function installedFiles({ files }: InstallationPlan): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map(async ({ path }) => ((await stat(path).catch(() => undefined)) === undefined ? [] : [path])),
  );
  return found.flat();
}

async function runAll(commands: readonly CommandLine[]): Promise<readonly RunCommand[]> {
  const done: RunCommand[] = [];
  for (const command of commands) done.push({ command: command.join(' '), isDone: await run(command) });
  return done;
}

/** Runs a command, with variables of its own beside those of this process; tells whether it ended well. */
export function run(
  [program, ...args]: CommandLine,
  environment: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const options = { timeout: patience, env: environmentWith(environment) };
  return new Promise((resolve) => {
    execFile(program, args, options, (error) => resolve(error === null));
  });
}
