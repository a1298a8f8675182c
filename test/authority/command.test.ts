import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/authority/key.ts';
import { makeRequest } from '../../src/authority/request.ts';
import { encodeName } from '../../src/certificate/writer/name.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C' };
const authority = (...words: readonly string[]) =>
  spawnSync(process.execPath, [cli, 'authority', ...words, '--folder', 'authority', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });

beforeAll(async () => {
  const name = encodeName([
    { type: 'C', value: 'RU' },
    { type: 'CN', value: 'Испытатель' },
  ]);
  writeFileSync(join(folder, 'login.csr'), await makeRequest(await generateKeyPair('ecdsa-p256'), name));
});

// One story, told in order.
describe('sealgate authority', () => {
  it('makes nothing where it is told of a folder that holds none', () => {
    const { status, stdout } = authority('issue', 'login.csr', '--out', 'login.crt');
    expect([status, JSON.parse(stdout).error.details.problem]).toEqual([64, 'authority-missing']);
    expect(existsSync(join(folder, 'authority'))).toBe(false);
  });

  it('is created once', () => {
    const words = ['create', '--algorithm', 'ecdsa-p256', '--port', '18070'];
    expect(JSON.parse(authority(...words).stdout)).toMatchObject({ url: 'http://127.0.0.1:18070' });
    expect(JSON.parse(authority(...words).stdout).error.details.problem).toBe('authority-there');
  });

  it('issues, and says of a certificate that was revoked so while it serves', async () => {
    const issued = JSON.parse(authority('issue', 'login.csr', '--out', 'login.crt').stdout);
    expect(issued).toMatchObject({ subject: 'C=RU, CN=Испытатель', out: 'login.crt' });
    const serving = spawn(process.execPath, [cli, 'authority', 'serve', '--folder', 'authority'], {
      cwd: folder,
      env,
    });
    try {
      await new Promise((resolve) => serving.stdout.once('data', resolve));
      const entries = async () => {
        const response = await fetch('http://127.0.0.1:18070/crl/accredited.crl');
        return parseCertificateList(new Uint8Array(await response.arrayBuffer())).entries.count;
      };
      expect(await entries()).toBe(0);
      expect(authority('revoke', 'login.crt', '--reason', 'keyCompromise').status).toBe(0);
      expect(await entries()).toBe(1);
    } finally {
      const ended = new Promise((resolve) => serving.once('exit', resolve));
      serving.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });

  it('revokes nothing that it has not issued', () => {
    const { status, stdout } = authority('revoke', join('authority', 'root.cer'));
    expect([status, JSON.parse(stdout).error.details.problem]).toEqual([64, 'certificate-foreign']);
  });
});
