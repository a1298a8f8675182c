import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ProgressLine } from './progress.ts';
import type { CaseResult, Suite } from './suite.ts';

/** Reasons and failures beyond this number a suite are counted, not listed. */
const listed = 40;

interface SuiteRun {
  readonly suite: string;
  readonly folder: string;
  readonly failures: CaseResult[];
  readonly reasons: Map<string, string[]>;
  passed: number;
}

/** Every suite: what the files beside this one export as `suite`. */
async function loadSuites(): Promise<Suite[]> {
  const files = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const modules = files
    .filter((name) => name !== 'main.ts')
    .sort()
    .map((name) => import(`./${name}`) as Promise<{ suite?: Suite }>);
  return (await Promise.all(modules)).flatMap(({ suite }) => suite ?? []);
}

/** `directory` itself and the folders in it. */
function foldersOf(directory: string): string[] {
  const inside = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isDirectory());
  return [directory, ...inside.sort()];
}

async function runSuite(suite: Suite, folder: string, progress: ProgressLine): Promise<SuiteRun> {
  const run: SuiteRun = { suite: suite.name, folder, failures: [], reasons: new Map(), passed: 0 };
  try {
    for await (const result of suite.run(folder)) {
      progress.step(suite.name);
      count(run, result);
    }
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    run.failures.push({ id: '(the suite broke off)', outcome: 'failed', reason });
  }
  return run;
}

function count(run: SuiteRun, result: CaseResult): void {
  if (result.outcome === 'passed') run.passed++;
  else if (result.outcome === 'failed') run.failures.push(result);
  else {
    const reason = result.reason ?? 'no reason given';
    run.reasons.set(reason, [...(run.reasons.get(reason) ?? []), result.id]);
  }
}

function skippedIn(run: SuiteRun): number {
  return [...run.reasons.values()].reduce((sum, ids) => sum + ids.length, 0);
}

function printTable(runs: readonly SuiteRun[], directory: string): void {
  const rows = runs.map((run) => [
    run.suite,
    String(run.passed),
    String(run.failures.length),
    String(skippedIn(run)),
    relative(directory, run.folder) || '.',
  ]);
  const table = [['suite', 'passed', 'failed', 'skipped', 'folder'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) {
    const cells = row.map((cell, column) =>
      column >= 1 && column <= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

function printReasons(run: SuiteRun): void {
  if (run.failures.length === 0 && run.reasons.size === 0) return;
  console.log(`\n${run.suite}`);
  for (const { id, reason } of run.failures.slice(0, listed))
    console.log(`  failed   ${id}: ${reason ?? ''}`);
  if (run.failures.length > listed) console.log(`  failed   and ${run.failures.length - listed} more`);
  for (const [reason, ids] of run.reasons) {
    const shown = ids.slice(0, 6).join(', ');
    const more = ids.length > 6 ? ` and ${ids.length - 6} more` : '';
    console.log(`  skipped  ${ids.length}: ${reason} (${shown}${more})`);
  }
}

async function main(): Promise<number> {
  const [argument] = process.argv.slice(2);
  if (argument === undefined) {
    console.error('usage: npm run conformance -- DIR    (a folder of suites, or one suite)');
    return 64;
  }
  const directory = resolve(argument);
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    console.error(`not a folder: ${argument}`);
    return 64;
  }
  const suites = await loadSuites();
  const progress = new ProgressLine(process.stderr);
  const runs: SuiteRun[] = [];
  for (const folder of foldersOf(directory)) {
    for (const suite of suites)
      if (suite.recognises(folder)) runs.push(await runSuite(suite, folder, progress));
  }
  progress.clear();
  if (runs.length > 0) printTable(runs, directory);
  for (const run of runs) printReasons(run);
  const missing = suites.filter(({ name }) => !runs.some(({ suite }) => suite === name));
  if (missing.length > 0) console.log(`\nnot found here: ${missing.map(({ name }) => name).join(', ')}`);
  const total = (part: (run: SuiteRun) => number) => runs.reduce((sum, run) => sum + part(run), 0);
  const failed = total(({ failures }) => failures.length);
  console.log(`\n${total(({ passed }) => passed)} passed, ${failed} failed, ${total(skippedIn)} skipped`);
  return failed > 0 || runs.length === 0 ? 1 : 0;
}

process.exitCode = await main();
