import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Case {
  readonly id: string;
  readonly area: string;
  readonly command: string;
}

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** What the cases on tokens are made with, each with how it tells that it is there. */
const tools = ['softhsm2-util', 'pkcs11-tool', 'openssl', 'gcc'];
const headers = '/usr/include/p11-kit-1/p11-kit/pkcs11.h';

/** What is missing for cases on tokens; undefined where nothing is. */
function missingTools(): string | undefined {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (!existsSync(headers)) missing.push(headers);
  return missing.length === 0 ? undefined : missing.join(', ');
}

/** Runs the suite’s own check of the command line over `ids`; its lines are `right` or `differs`, id, and differences. */
function check(folder: string, ids: readonly string[]): CaseResult[] {
  // The check hands it to a shell.
  const command = `'${process.execPath}' '${program}'`;
  const words = [join(folder, 'check.py'), command, ...ids];
  const { stdout, stderr, error } = spawnSync('python3', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const lines = (stdout ?? '').split('\n');
  return ids.map((id) => {
    const line = lines.find((each) => each.split(/\s+/)[1] === id);
    if (line?.startsWith('right')) return { id, outcome: 'passed' };
    return { id, outcome: 'failed', reason: line ?? error?.message ?? stderr.trim() };
  });
}

/** What users of other programs have reported in public: each case as a command line, by the suite’s own check. */
export const suite: Suite = {
  name: 'reports',
  recognises: (folder) => existsSync(join(folder, 'check.py')),
  *run(folder) {
    const cases = readManifest<{ tests: Case[] }>(folder)?.tests ?? [];
    const missing = missingTools();
    const needsToken = ({ area, command }: Case) => area === 'token' && command.includes('--module');
    const able = cases.filter((test) => missing === undefined || !needsToken(test));
    if (able.length > 0)
      yield* check(
        folder,
        able.map(({ id }) => id),
      );
    for (const test of cases) {
      if (!able.includes(test))
        yield { id: test.id, outcome: 'skipped', reason: `its token cannot be made here without ${missing}` };
    }
  },
};
