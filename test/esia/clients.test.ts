import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { esiaSystemSchema } from '../../src/relying-party/esia-system.ts';
import { origin } from '../service/portal.ts';
import { Person } from '../sign-in/person.ts';
import { answerTo, scopes, startFront, type TestFront } from './flow.ts';

/**
 * Clients of other people, from their own repositories and unchanged: `ESIA_CLIENTS` names a folder with
 * checkouts of ilimurzin/esia and fr05t1k/esia (Debian's php8.2-cli, php8.2-curl, php-guzzlehttp-guzzle and the gost
 * engine), netcitylife/omniauth-esia, Elsant/omniauth-esia and Mayar/omniauth-esia_openid
 * (ruby-omniauth-oauth2), pyrolynx/esia-client (python3-openssl, python3-furl,
 * python3-requests, python3-aiohttp, python3-tz) and ofstudio/go-api-epgu (golang-go), each under the name below.
 */
const folder = process.env.ESIA_CLIENTS ?? '';
const here = fileURLToPath(new URL('clients', import.meta.url));
const gem = 'http://localhost:4567';

function reasonFor(name: string): string {
  return existsSync(join(folder, name)) && folder !== ''
    ? ''
    : ` (skipped: ESIA_CLIENTS names no folder with ${name})`;
}

let front: TestFront;
let keys: string;
let browser: Server;
const checkouts = ['ilimurzin-esia', 'fr05t1k-esia', 'omniauth-esia', 'esia-client', 'go-api-epgu'];
const isAny = checkouts.some((name) => reasonFor(name) === '');
beforeAll(async () => {
  if (!isAny) return;
  front = await startFront('/', { redirects: [origin, gem] }, [origin, gem]);
  const { rsa, gost, service, base } = front;
  await service.portal({
    id: 'gost',
    esia: esiaSystemSchema.parse({
      ...{ mnemonic: 'GOSTSYSTEM', certificates: [rsa.base64], redirects: [origin], scopes },
      tokenAlgorithm: 'GOST3410_2012_256',
    }),
  });
  keys = mkdtempSync(join(tmpdir(), 'sealgate-esia-'));
  for (const [name, key] of [
    ['rsa', rsa],
    ['gost', gost],
  ] as const) {
    writeFileSync(join(keys, `${name}.crt`), key.certificatePem);
    writeFileSync(join(keys, `${name}.key`), key.keyPem);
    writeFileSync(join(keys, `${name}.hash`), key.hash);
  }
  const bundle = unzipSync(new Uint8Array(await (await fetch(`${base}/public/esia.zip`)).arrayBuffer()));
  for (const [name, text] of Object.entries(bundle))
    writeFileSync(join(keys, `${name.split('-')[0]}.cer`), text);
  browser = createServer(async (request, response) => {
    const address = new URL(request.url ?? '', base).searchParams.get('url') ?? '';
    const { pathname, search } = new URL(address);
    const person = new Person(service);
    response.end(
      JSON.stringify(Object.fromEntries(await answerTo({ ...front, person }, `${pathname}${search}`))),
    );
  });
  await new Promise<void>((resolve) => void browser.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  if (!isAny) return;
  browser.close();
  rmSync(keys, { recursive: true, force: true });
  await front.service.dispose();
});

function environmentOf(client: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...{ BASE: front.base, KEYS: keys, CLIENT: join(folder, client) },
    ISSUER: `${front.base.replace('127.0.0.1', 'localhost')}/`,
    BROWSER: `http://127.0.0.1:${(browser.address() as AddressInfo).port}`,
  };
}

/** PHP and OpenSSL's own program find the gost engine by this. */
const withGost = { OPENSSL_CONF: join(here, 'openssl.cnf') };

async function drive(
  program: string,
  script: string,
  client: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Record<string, unknown>> {
  const env = { ...environmentOf(client), ...(program === 'php' ? withGost : {}), ...more };
  const { stdout } = await promisify(execFile)(program, [join(here, script)], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Go builds the client from its checkout, and asks no network. */
async function driveGo(client: string): Promise<Record<string, unknown>> {
  const module = 'github.com/ofstudio/go-api-epgu';
  const made = join(keys, 'go');
  mkdirSync(made);
  copyFileSync(join(here, 'epgu', 'main.go'), join(made, 'main.go'));
  const lines = [
    'module driver',
    'go 1.19',
    `require ${module} v0.0.0`,
    `replace ${module} => ${join(folder, client)}`,
  ];
  writeFileSync(join(made, 'go.mod'), lines.join('\n'));
  const go = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: join(keys, 'cache') };
  const env = { ...environmentOf(client), ...withGost, ...go };
  const { stdout } = await promisify(execFile)('/usr/bin/go', ['run', '.'], { env, cwd: made });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function follow(address: unknown): Promise<string | null> {
  const { headers } = await fetch(String(address), { redirect: 'manual' });
  return headers.get('location');
}

describe('clients that were built for ЕСИА, unchanged', () => {
  it.skipIf(reasonFor('ilimurzin-esia') !== '')(
    `ilimurzin/esia: v2, v3, refresh and logout by both of its signers${reasonFor('ilimurzin-esia')}`,
    async () => {
      const results = await drive('php', 'ilimurzin.php', 'ilimurzin-esia');
      for (const signer of ['command line', 'extension']) {
        const result = results[signer] as Record<string, unknown>;
        expect(result).toMatchObject({ state: true, oid: result.refreshed });
        expect(await follow(result.logout)).toBe('https://portal.example/bye');
      }
    },
  );

  it.skipIf(reasonFor('fr05t1k-esia') !== '')(
    `fr05t1k/esia: v1 in RSA and GOST, tokens of both checked by it, data and logout${reasonFor('fr05t1k-esia')}`,
    async () => {
      const results = await drive('php', 'fr05t1k.php', 'fr05t1k-esia');
      for (const way of ['rsa', 'gost', 'gost tokens']) {
        const result = results[way] as Record<string, unknown>;
        expect(result).toMatchObject({
          ...{ person: 'Иванова', chief: true, contacts: 0, organisations: 'forbidden' },
        });
        expect(await follow(result.logout)).toBe('https://portal.example/bye');
      }
    },
    30_000,
  );

  it.skipIf(reasonFor('omniauth-esia') !== '')(
    `omniauth-esia: v1 in RSA, person and roles${reasonFor('omniauth-esia')}`,
    async () => {
      expect(await drive('ruby', 'omniauth.rb', 'omniauth-esia', { PROVIDER: 'esia' })).toMatchObject({
        uid: expect.any(Number),
        info: { lastName: 'Иванова' },
        extra: { organizations: [{ fullName: 'ПАО «Ромашка»' }], contacts: [] },
      });
    },
  );

  for (const [client, provider] of [
    ['omniauth-esia-elsant', 'esia'],
    ['omniauth-esia_openid', 'esia_openid'],
  ] as const)
    it.skipIf(reasonFor(client) !== '')(`${client}: v1 in RSA, the person${reasonFor(client)}`, async () => {
      const result = await drive('ruby', 'omniauth.rb', client, { PROVIDER: provider });
      expect(result).toMatchObject({ uid: expect.any(Number), info: { last_name: 'Иванова' } });
    });

  it.skipIf(reasonFor('esia-client') !== '')(
    `pyrolynx/esia-client: v1 in RSA, the ID token and the person${reasonFor('esia-client')}`,
    async () => {
      expect(await drive('/usr/bin/python3', 'pyrolynx.py', 'esia-client')).toMatchObject({
        ...{ oid: expect.stringMatching(/^\d+$/), lastName: 'Иванова' },
      });
    },
  );

  it.skipIf(reasonFor('go-api-epgu') !== '')(
    `go-api-epgu: v2 and v3 in GOST, a code twice, a scope that is not registered${reasonFor('go-api-epgu')}`,
    async () => {
      expect(await driveGo('go-api-epgu')).toEqual({
        token: true,
        again: expect.stringContaining('ESIA-007011'),
        profile: expect.stringContaining('ESIA-007006'),
      });
    },
    120_000,
  );
});
