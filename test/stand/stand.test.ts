import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoTestToken } from '../../src/demo/test-token.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const missing =
  (await whyNoTestToken()) ?? (existsSync('/usr/bin/curl') ? undefined : 'curl is not installed');
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
const note = missing === undefined ? '' : ` (skipped: ${missing})`;

let base: string;
let folder: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'sealgate-'));
  folder = join(base, 'a b', 'ü');
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  stand('reset');
  rmSync(base, { recursive: true, force: true });
});

const run = (command: string, words: readonly string[]) => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C' };
  return spawnSync(command, words, { cwd: folder, encoding: 'utf8', env });
};
const stand = (...words: readonly string[]) => run(process.execPath, [cli, 'stand', ...words]);

/** Types the lines that the stand printed into one shell, for one of its certificates; gives what the last one printed. */
function typed(lines: readonly string[], label = 'head') {
  const text = lines
    .map((line) => line.trim().replace('npx sealgate', `'${process.execPath}' '${cli}'`))
    .join('\n')
    .replace('--key head', `--key ${label}`);
  const { stdout, stderr } = run('sh', ['-ec', text]);
  expect(stderr).toBe('');
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as { assertion?: string; code?: string };
}

// One story, told in order.
describe.skipIf(missing !== undefined)(`a stand${note}`, () => {
  let printed: string[];

  it('is not there before it is made', () => {
    expect(stand('status').stdout).toContain('There is no stand here yet');
  });

  it('is made in an empty folder, and a stranger signs in by the lines that it prints, at most five with its own', () => {
    const { status, stdout, stderr } = stand('up', '--detach');
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    printed = lines.slice(lines.findIndex((line) => line.startsWith('Sign in')) + 1);
    expect(printed.length).toBeLessThan(5);
    expect(typed(printed).assertion).toMatch(/^eyJ/);
  });

  it('has the head’s key of each other algorithm in a file, that signs in too', () => {
    const { keyFiles } = JSON.parse(stand('status', '--json').stdout) as { keyFiles: { file: string }[] };
    expect(keyFiles).toHaveLength(2);
    for (const { file } of keyFiles)
      expect(
        typed(printed.map((line) => line.replace('--key head', `--key-file '${file}'`))).assertion,
      ).toMatch(/^eyJ/);
  });

  it.each([
    ['entrepreneur', undefined],
    ['employee', undefined],
    ['person', 'organisation_missing'],
    ['expired', 'certificate_expired'],
    ['revoked', 'certificate_revoked'],
    ['unqualified', 'certificate_not_qualified'],
  ])('has a certificate of the kind %s: %s', (label, code) => {
    expect(typed(printed, label).code).toBe(code);
  });

  it('runs once a folder', () => {
    const { status, stderr } = stand('up');
    expect([status, stderr]).toEqual([2, expect.stringContaining('[stand_running]')]);
  });

  it('keeps addresses, secret, PIN and token over a restart', () => {
    const facts = () => JSON.parse(stand('status', '--json').stdout) as { running: boolean };
    const before = facts();
    expect(before.running).toBe(true);
    expect(stand('down').status).toBe(0);
    expect(facts()).toEqual({ ...before, running: false });
    expect(stand('up', '--detach').status).toBe(0);
    expect(facts()).toEqual(before);
    expect(typed(printed).assertion).toMatch(/^eyJ/);
  });

  it('is gone after a reset', () => {
    expect(stand('reset').status).toBe(0);
    expect(existsSync(join(folder, '.sealgate', 'stand'))).toBe(false);
  });
});
