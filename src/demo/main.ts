import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWindow } from '../agent/request/opener.ts';
import { hasDesktop, language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import { makeFolder } from '../file/folder.ts';
import { whyNoToken } from './choice.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { postgresqlPrograms } from './private-postgresql.ts';
import { runDemo } from './run.ts';
import { Screen } from './screen.ts';
import { wordings } from './wording.ts';

const exitFailed = 1;
const exitUsage = 64;
const setup = fileURLToPath(new URL('../setup.mjs', import.meta.url));
const defaultFolder = fileURLToPath(new URL('../../.sealgate/demo', import.meta.url));

const options = readOptions(process.argv.slice(2), language(), defaultFolder);
if (typeof options === 'string') {
  const words = wordings[language()];
  process.stderr.write(`${words.badOption(options)}\n${words.usage}\n`);
  process.exitCode = exitUsage;
} else {
  process.exitCode = await demonstrate({ ...options, folder: resolve(options.folder) });
}

async function demonstrate(demo: DemoOptions): Promise<number> {
  const words = wordings[demo.language];
  const screen = new Screen(process.stdout, words.units);
  const missing = await whyNoToken(demo.algorithm);
  if (missing !== undefined) return fail(words.noToken(missing));
  if (demo.replicas > 1 && !havePostgresql()) return fail(words.noPostgresql);
  if (!claim(demo.folder)) return fail(words.inUse(demo.folder));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const running = await runDemo(demo, screen);
    if (!demo.isOnce) {
      const { portal, pin, addresses } = running;
      screen.closing(words.up, addresses, words.end);
      screen.closing(
        words.yourTurn,
        [
          [words.portal, portal],
          [words.pin, pin],
        ],
        words.yourTurnHow,
      );
      if (process.stdout.isTTY && hasDesktop()) await openWindow(portal, undefined).catch(() => undefined);
      await running.watch(stop.signal);
      screen.lines('', `  ${words.ending}`);
    }
    await running.close();
    screen.lines(...(demo.isOnce ? [''] : [`  ${words.ended}`, '']));
    return 0;
  } catch (error) {
    return fail(describe(error, demo));
  } finally {
    rmSync(join(demo.folder, 'pid'), { force: true });
  }
}

/** Whether PostgreSQL is there; where it is not, the set-up tries to install it. */
function havePostgresql(): boolean {
  if (postgresqlPrograms() !== undefined) return true;
  spawnSync(process.execPath, [setup, '--quiet', '--postgresql'], { stdio: 'inherit' });
  return postgresqlPrograms() !== undefined;
}

/** One demo a folder: two would end each other’s service. */
function claim(folder: string): boolean {
  makeFolder(folder);
  const file = join(folder, 'pid');
  try {
    const other = Number(readFileSync(file, 'utf8'));
    if (Number.isInteger(other) && other !== process.pid && process.kill(other, 0)) return false;
  } catch {
    // No such file, or no such process: a demo that was cut off leaves its file behind.
  }
  writeFileSync(file, String(process.pid));
  return true;
}

function fail(text: string): number {
  process.stderr.write(`\n  ${text}\n`);
  return exitFailed;
}

function describe(error: unknown, { language: spoken }: DemoOptions): string {
  if (isFailure(error)) {
    const { title, cause, remedy } = explain(error.code, error.details, spoken);
    return `${error.code}: ${title}. ${cause} ${remedy}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
