import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { exportPrivateKey, generateKeyPair } from '../../src/authority/key.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { origin } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';
import { Openssl } from '../signature/openssl.ts';
import { localhostCertificate, pem } from '../tls.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const openssl = new Openssl();
afterAll(() => openssl.close());

/** Runs the command line; never blocks, because the service that it talks to may run in this process. */
async function sealgate(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, LANG: 'C', LC_ALL: '', ...environment };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let told = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (told += chunk));
  const [status] = (await once(child, 'close')) as [number];
  return { status, out, told };
}

function keyFile(name: string): string {
  openssl.run(
    'pkcs12',
    '-export',
    '-in',
    `${name}.pem`,
    '-inkey',
    `${name}.key`,
    '-out',
    `${name}.p12`,
    '-passout',
    'pass:secret',
  );
  return openssl.path(`${name}.p12`);
}

/** A TLS server of its own on `localhost`, whose self-signed certificate ends so many days from now. */
async function tlsServer(days: number) {
  const options = await localhostCertificate(days);
  const file = openssl.path(`tls-${days}.pem`);
  writeFileSync(file, options.cert);
  const server = createServer(options, (_, response) => response.writeHead(404).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `https://localhost:${port}`, file, close: () => server.close() };
}

describe('sealgate sign', () => {
  const name = openssl.signer('P-256');
  const file = openssl.path('contract');
  writeFileSync(file, 'A contract.\n');

  it('makes messages that openssl accepts, attached and detached', async () => {
    const key = keyFile(name);
    for (const [extra, made] of [
      [[], 'contract.p7m'],
      [['--detached'], 'contract.sig'],
    ] as const) {
      const { status, out } = await sealgate(['sign', file, '--key-file', key, ...extra], {
        SEALGATE_PIN: 'secret',
      });
      expect([status, out]).toEqual([0, expect.stringContaining(made)]);
      const content = extra.length === 0 ? [] : ['-content', file];
      const read = openssl.run(
        'cms',
        '-verify',
        '-noverify',
        '-binary',
        '-inform',
        'DER',
        '-in',
        made,
        ...content,
      );
      expect(read.toString()).toBe(readFileSync(file, 'utf8'));
    }
  });

  it('signs many files with one password, each beside its own, or all in one container', async () => {
    const key = keyFile(name);
    const files = ['one', 'two', 'three'].map((each) => openssl.path(`${each}.txt`));
    for (const each of files) writeFileSync(each, each);
    const sign = (...words: string[]) =>
      sealgate(['sign', ...files, '--key-file', key, '--json', ...words], { SEALGATE_PIN: 'secret' });
    const { out } = await sign('--detached');
    const made = (JSON.parse(out) as { files: { out: string; form: string }[] }).files;
    expect(made.map((each) => [each.out, each.form])).toEqual(
      files.map((each) => [`${each}.sig`, 'detached']),
    );
    const container = openssl.path('all.asice');
    expect(JSON.parse((await sign('--format', 'asic', '--out', container)).out)).toMatchObject({
      out: container,
      form: 'container',
    });
    expect((await sign('--out', container)).out).toContain('command_invalid');
  });

  it('with a wrong password refuses by its code and writes nothing', async () => {
    const out = openssl.path('nothing');
    const { status, told } = await sealgate(['sign', file, '--key-file', keyFile(name), '--out', out], {
      SEALGATE_PIN: 'wrong',
    });
    expect([status, told]).toEqual([1, expect.stringContaining('key_file_password_incorrect')]);
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });

  it('without a file is wrong usage', async () => {
    expect((await sealgate(['sign'])).status).toBe(64);
  });
});

describe('sealgate login', () => {
  async function withService(act: (authority: Authority, url: string, secret: string) => Promise<void>) {
    const authority = await createAuthority({ serve: {} });
    const service = await startWhole({ authority, now: Date.now });
    try {
      const portal = await service.portal({ policy: policySchema.parse({ requireQualified: false }) });
      const secret =
        Buffer.from(portal.authorization.split(' ')[1] ?? '', 'base64')
          .toString()
          .split(':')[1] ?? '';
      await act(authority, service.url, secret);
    } finally {
      await service.dispose();
      await authority.close();
    }
  }

  async function signerOf(authority: Authority): Promise<string> {
    const key = await generateKeyPair('ecdsa-p256');
    const { certificate, chain } = await authority.issue({
      key,
      subscriber: sampleSubscriber('legal-entity'),
    });
    const path = openssl.path('login.pem');
    writeFileSync(
      path,
      [
        pem('PRIVATE KEY', await exportPrivateKey(key)),
        ...[certificate, ...chain].map((der) => pem('CERTIFICATE', der)),
      ].join(''),
    );
    return path;
  }

  const optionsOf = (url: string, key: string, service: { issuer?: string } = {}) => [
    'login',
    '--service',
    url,
    '--client',
    'portal',
    '--origin',
    origin,
    '--key-file',
    key,
    '--json',
    ...(service.issuer === undefined ? [] : ['--issuer', service.issuer]),
  ];

  it('signs in and shows organisation and signer; a wrong secret is refused by the service’s code', async () => {
    await withService(async (authority, url, secret) => {
      const key = await signerOf(authority);
      const issuer = url.replace('127.0.0.1', 'localhost');
      const passed = await sealgate(optionsOf(url, key, { issuer }), { SEALGATE_CLIENT_SECRET: secret });
      expect(passed.status, passed.out + passed.told).toBe(0);
      expect(JSON.parse(passed.out)).toMatchObject({
        organisation: { ogrn: expect.stringMatching(/^\d{13}$/) },
      });
      const refused = await sealgate(optionsOf(url, key, { issuer }), { SEALGATE_CLIENT_SECRET: 'wrong' });
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.out)).toMatchObject({
        error: { code: 'client_unauthenticated', status: 401 },
      });
    });
  });

  it.each([
    ['has expired', -1, 'service_certificate_expired'],
    ['is in its term', 1, 'service_unreachable'],
  ])('at a service whose TLS certificate %s (%i day): %s', async (_, days, code) => {
    const authority = await createAuthority({});
    const server = await tlsServer(days);
    try {
      const { status, out } = await sealgate(optionsOf(server.url, await signerOf(authority)), {
        SEALGATE_CLIENT_SECRET: 'secret',
        NODE_EXTRA_CA_CERTS: server.file,
      });
      expect(status).toBe(2);
      const { error } = JSON.parse(out);
      expect(error).toMatchObject({ code, cause: expect.stringContaining(server.url) });
    } finally {
      server.close();
      await authority.close();
    }
  });
});
