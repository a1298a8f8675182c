import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedPostgresql } from '../database/engine.ts';

const program = fileURLToPath(new URL('program.ts', import.meta.url));

let folder: string;
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  url = await (await sharedPostgresql()).create(randomUUID());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: { ...process.env, LANG: 'C', SEALGATE_DATA: folder, ...environment },
    encoding: 'utf8',
  });
  return { status, out: stdout, told: stderr };
}

describe('sealgate database', () => {
  it('copies SQLite into PostgreSQL with audit, seals and keys, and only into an empty one', () => {
    const client = [
      '--id',
      'portal',
      '--name-en',
      'Portal',
      '--name-ru',
      'Портал',
      '--origin',
      'https://portal.example',
    ];
    expect(run(['client', 'add', ...client]).status).toBe(0);
    expect(run(['keys', 'rotate']).status).toBe(0);
    const before = {
      clients: run(['client', 'list', '--json']).out,
      keys: run(['keys', 'list', '--json']).out,
    };
    const verified = run(['audit', 'verify', '--json']);

    const there = { DATABASE_URL: url };
    const copied = run(['database', 'copy', '--json'], there);
    expect(copied, copied.told).toMatchObject({ status: 0 });
    const { tables, audit } = JSON.parse(copied.out) as {
      tables: { table: string; rows: number }[];
      audit: { records: number; hash: string };
    };
    expect(audit).toMatchObject({ records: 2, hash: (JSON.parse(verified.out) as { hash: string }).hash });
    expect(tables.filter(({ rows }) => rows > 0).map(({ table }) => table)).toEqual([
      ...['assertion_key', 'assertion_private_key', 'client', 'journal', 'journal_head'],
    ]);
    expect(run(['audit', 'verify'], there).status).toBe(0);
    expect(run(['client', 'list', '--json'], there).out).toBe(before.clients);
    expect(run(['keys', 'list', '--json'], there).out).toBe(before.keys);

    const again = run(['database', 'copy'], there);
    expect(again.status).not.toBe(0);
    expect(again.told).toContain('[database_unfit]');
    expect(run(['audit', 'verify'], there).status).toBe(0);
  });

  it('copies nothing without DATABASE_URL, nor what other secrets sealed', () => {
    expect(run(['keys', 'rotate']).status).toBe(0);
    expect(run(['database', 'copy']).told).toContain('[configuration_invalid]');
    const others = { DATABASE_URL: url, SEALGATE_SECRETS: 'A'.repeat(43) };
    expect(run(['database', 'copy'], others).told).toContain('[configuration_invalid]');
    expect(run(['keys', 'list', '--json'], { DATABASE_URL: url }).out).toBe('[]\n');
  });

  it('makes the tables before the first start, and says how many steps they are', () => {
    const made = run(['database', 'migrate', '--json'], { DATABASE_URL: url });
    expect(made, made.told).toMatchObject({ status: 0 });
    expect((JSON.parse(made.out) as { steps: number }).steps).toBeGreaterThan(17);
    expect(run(['audit', 'verify'], { DATABASE_URL: url }).status).toBe(0);
  });
});
