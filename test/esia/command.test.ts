import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemKey } from './system.ts';

const program = fileURLToPath(new URL('../operator/program.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  writeFileSync(join(folder, 'system.pem'), (await systemKey('gost2012-256')).certificatePem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]): { status: number | null; out: string; told: string } {
  const env = { ...process.env, LANG: 'C', SEALGATE_DATA: join(folder, 'data') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env,
    encoding: 'utf8',
  });
  return { status, out: stdout, told: stderr };
}

const add = (id: string, ...options: string[]) =>
  run(
    ...['client', 'add', '--id', id, '--name-en', 'Portal', '--name-ru', 'Портал'],
    ...['--origin', 'https://portal.example', ...options],
  );

it('a system is registered by its mnemonic and certificate, and each mnemonic once', () => {
  const system = ['--esia-mnemonic', 'SYSTEM', '--certificate', join(folder, 'system.pem')];
  const logout = 'https://portal.example/ended';
  const more = ['--esia-scope', 'openid', 'fullname', 'org_inn', '--esia-logout', logout];
  expect(add('portal', ...system, ...more).status).toBe(0);
  const { out } = run('client', 'show', 'portal', '--json');
  expect(JSON.parse(out)).toMatchObject({
    esia: {
      ...{ mnemonic: 'SYSTEM', redirects: ['https://portal.example'], tokenAlgorithm: 'RS256' },
      ...{ scopes: ['openid', 'fullname', 'org_inn'], timestampWindowSeconds: 300 },
      backchannelLogoutUri: logout,
    },
  });
  expect(add('second', ...system)).toMatchObject({
    status: 64,
    told: expect.stringContaining('SYSTEM'),
  });
});

it.each([
  ['--esia-mnemonic', ['--esia-scope', 'openid']],
  ['esia.certificates', ['--esia-mnemonic', 'OTHER']],
  ['--certificate', ['--esia-mnemonic', 'OTHER', '--certificate', program]],
  [
    'esia.redirects',
    ['--esia-mnemonic', 'OTHER', '--certificate', 'PEM', '--esia-redirect', 'https://other.example'],
  ],
])('a registration is refused for %s', (field, options) => {
  const words = options.map((word) => (word === 'PEM' ? join(folder, 'system.pem') : word));
  const { status, told } = add('other', ...words);
  expect([status, told]).toEqual([64, expect.stringContaining(field)]);
});

it('a key of tokens is added, and signs in a fortnight', () => {
  const { status, out } = run('keys', 'esia', '--algorithm', 'GOST3410_2012_256', '--json');
  expect(status).toBe(0);
  const { signsFrom } = JSON.parse(out) as { signsFrom: string };
  expect(Math.round((Date.parse(signsFrom) - Date.now()) / 86_400_000)).toBe(14);
  expect(run('keys', 'esia', '--algorithm', 'ES256').status).toBe(64);
});

it('a key of tokens takes the place of compromised ones at once', () => {
  const words = ['keys', 'esia', '--algorithm', 'RS256', '--compromised', '--json'];
  const { status, out } = run(...words);
  expect(status).toBe(0);
  const { signsFrom } = JSON.parse(out) as { signsFrom: string };
  expect(Date.parse(signsFrom)).toBeLessThanOrEqual(Date.now());
});
