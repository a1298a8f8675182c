import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { day, hour, makeList } from './maker.ts';
import { makeSetting, type Setting } from './setting.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let setting: Setting;
let folder: string;

beforeAll(async () => {
  setting = await makeSetting();
  folder = await mkdtemp(join(tmpdir(), 'sealgate-revocation-cli-'));
  await writeFile(join(folder, 'authority.cer'), pem(setting.house.authorityCertificate));
});

afterAll(async () => {
  await setting.host.stop();
  await rm(folder, { recursive: true, force: true });
});

function pem({ der }: Pick<Certificate, 'der'>, label = 'CERTIFICATE'): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
}

interface Outcome {
  readonly code: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

function sealgate(...args: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, SEALGATE_DATA: folder, SEALGATE_REVOCATION_NETWORKS: '127.0.0.1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'revocation', ...args, '--json'], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      const json = stdout.startsWith('{') ? (JSON.parse(stdout) as Record<string, unknown>) : {};
      resolve({ code, text: stdout + stderr, json });
    });
  });
}

async function listFile(name: string, order: Partial<Parameters<typeof makeList>[0]> = {}): Promise<string> {
  const der = makeList({
    issuer: setting.house.authority,
    thisUpdate: setting.at - 2 * hour,
    nextUpdate: setting.at + day,
    number: 3,
    ...order,
  });
  const path = join(folder, name);
  await writeFile(path, pem({ der }, 'X509 CRL'));
  return path;
}

it('imports a list, shows it and fetches it anew', async () => {
  const issuer = ['--issuer', join(folder, 'authority.cer')];
  const url = setting.host.url('/a.crl');
  const file = await listFile('good.crl', { entries: [{ serial: 5, revokedAt: setting.at - day }] });

  const imported = await sealgate('import', file, ...issuer, '--url', url);
  expect([imported.code, imported.text]).toEqual([0, expect.stringContaining('"kept"')]);
  const status = await sealgate('status');
  expect(status.json).toMatchObject({
    lists: [{ url, state: 'fresh', number: '3', entries: 1, issuer: 'CN=Test Authority' }],
  });
  expect(status.code).toBe(0);

  const older = await sealgate('import', await listFile('older.crl', { number: 2 }), ...issuer, '--url', url);
  expect([older.code, older.json]).toEqual([1, { outcome: 'refused', problem: 'rolled-back' }]);

  setting.publish(4);
  expect(await sealgate('refresh')).toMatchObject({
    code: 0,
    json: { renewed: [{ url, outcome: 'newer' }] },
  });
  expect((await sealgate('status')).json).toMatchObject({ lists: [{ number: '4', entries: 0 }] });
  const unknown = 'http://other.example/a.crl';
  expect(await sealgate('refresh', unknown)).toMatchObject({ code: 2, json: { unknown: [unknown] } });
});
