import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/finding.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function doctor(environment: Record<string, string> = {}) {
  const env = { ...process.env, SEALGATE_DATA: folder, LANG: 'C', LC_ALL: '', ...environment };
  const { stdout, status } = spawnSync(process.execPath, [cli, 'doctor', '--json'], {
    env,
    encoding: 'utf8',
  });
  const findings = JSON.parse(stdout) as Finding[];
  return { status, of: (name: string) => findings.find((finding) => finding.name === name) };
}

it('tells which GOST engine runs, and that it is the slow one by choice, and not for want of another', () => {
  const { of } = doctor({ SEALGATE_GOST: 'typescript' });
  expect(of('GOST')).toMatchObject({
    state: 'warning',
    code: 'native_part_unused',
    remedy: expect.stringContaining('SEALGATE_GOST'),
  });
  expect(of('GOST')?.found).toContain('typescript (chosen by the configuration)');
});

it('finds no trust in a new service, says how to get some, and ends with 1', () => {
  const { of, status } = doctor();
  expect(of('storage')).toMatchObject({ state: 'warning' });
  expect(readdirSync(folder)).toEqual([]);
  expect(of('trust')).toMatchObject({ state: 'bad' });
  expect(of('trust')?.remedy).toContain('sealgate trust import');
  expect(status).toBe(1);
});

it('is content once a root is trusted', () => {
  const root = join(folder, 'root.pem');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      join(folder, 'root.key'),
      '-subj',
      '/CN=Own root',
      '-out',
      root,
    ],
    { stdio: 'ignore' },
  );
  const env = { ...process.env, SEALGATE_DATA: folder };
  execFileSync(process.execPath, [cli, 'trust', 'add', root, '--unpinned'], { env, stdio: 'ignore' });
  expect(doctor().of('trust')).toMatchObject({ state: 'good' });
});

it('looks at the driver that SEALGATE_PKCS11_MODULE names, and says what is wrong with it', () => {
  const absent = join(folder, 'absent.so');
  const missing = doctor({ SEALGATE_PKCS11_MODULE: absent });
  expect(missing.of(`driver ${absent}`)).toMatchObject({ state: 'bad', code: 'pkcs11_module_not_found' });
  expect(missing.status).toBe(1);
  const text = join(folder, 'text.so');
  writeFileSync(text, '# not a library\n'.repeat(20));
  expect(doctor({ SEALGATE_PKCS11_MODULE: text }).of(`driver ${text}`)).toMatchObject({
    state: 'bad',
    code: 'pkcs11_module_incompatible',
    remedy: expect.stringContaining('driver'),
  });
});

it('names a wrong setting with its code', () => {
  const { of, status } = doctor({ SEALGATE_PORT: 'none' });
  expect(of('configuration')).toMatchObject({ state: 'bad', code: 'configuration_invalid' });
  expect(status).toBe(1);
});
