import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Config, readEnvironment, toConfig } from '../../src/config.ts';
import { isFailure } from '../../src/error.ts';
import { FetchFailure } from '../../src/fetch/failure.ts';
import { Fetcher } from '../../src/fetch/fetcher.ts';
import { IssuerStore } from '../../src/issuer/store.ts';
import { expiryNotice } from '../../src/notice/expiry.ts';
import { channelsOf } from '../../src/notice/rounds.ts';
import { fetchDocument } from '../../src/operator/trust-import.ts';
import { noticesOf } from '../../src/service/notices.ts';
import { authorisationOf, fetchSettingsOf } from '../../src/service/verifier.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

let temporary: TemporaryDatabase;
let proxy: Server;
const asked: string[] = [];
beforeAll(async () => {
  temporary = temporaryDatabase();
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  proxy.close();
  await temporary.dispose();
});
beforeEach(() => {
  asked.length = 0;
});

const address = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

const places = {
  SEALGATE_REGISTER_URL: 'http://outside.invalid/{ogrn}',
  SEALGATE_POWER_STATUS: 'http://outside.invalid/{number}',
  SEALGATE_ISSUER_HOSTS: 'outside.invalid',
  SEALGATE_NOTICE_WEBHOOK: 'http://outside.invalid/notice',
  SEALGATE_NOTICE_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
};

function configOf(environment: Record<string, string>): Config {
  return toConfig(readEnvironment({ ...places, ...environment }));
}

const ogrn = '1027700132195';
const number = '0a3c5e7f-1b2d-4c6e-8f90-123456789abc';
const carrier = {
  ...{ subject: `ogrn:${ogrn}`, certificate: 'x', name: 'Токен', holder: 'Иванова', email: '' },
  ...{ serialNumber: '01', issuer: 'CN=x', expiresAt: 1, connectedAt: 0, lastUsedAt: undefined },
  isConfirmed: true,
};

/** Everything that leaves the machine over HTTP, each asked for once; what comes back does not matter here. */
const requests: [string, string, (config: Config) => Promise<unknown>][] = [
  [
    'a list of revoked certificates',
    'GET http://outside.invalid/a.crl',
    async (config) => {
      const fetcher = new Fetcher({ ...fetchSettingsOf(config), retries: 0 });
      const order = { url: 'http://outside.invalid/a.crl', requester: 'r', hosts: new Set<string>() };
      await fetcher.fetch({ ...order, largest: 100, timeout: 2_000 }).finally(() => fetcher.close());
    },
  ],
  [
    'the certificate of an issuer',
    'GET http://outside.invalid/ca.cer',
    async (config) => {
      const store = new IssuerStore(config.issuerHosts, fetchSettingsOf(config));
      const nobody = {} as Parameters<IssuerStore['issuersOf']>[0];
      await store.issuersOf(nobody, 'http://outside.invalid/ca.cer', 2_000).finally(() => store.close());
    },
  ],
  [
    'the list of accredited authorities',
    'GET http://outside.invalid/list.xml',
    (config) => fetchDocument('http://outside.invalid/list.xml', config),
  ],
  [
    'the register of organisations',
    `GET http://outside.invalid/${ogrn}`,
    (config) =>
      authorisationOf(config, temporary.database, Date.now).register.find({ ogrn, inn: '7707083893' }),
  ],
  [
    'the register of powers of attorney',
    `GET http://outside.invalid/${number}`,
    async (config) =>
      authorisationOf(config, temporary.database, Date.now).powerStatus?.statusOf({
        number,
        principalInn: '7707083893',
      }),
  ],
  [
    'a notice to a webhook',
    'POST http://outside.invalid/notice',
    async (config) => {
      const [channel] = channelsOf(noticesOf(config));
      await channel?.send(expiryNotice(carrier, 7), { email: '', language: 'ru' }, 0);
      channel?.close();
    },
  ],
];

/** Asks, and swallows refusals of what came or did not come; anything else is a mistake of the test. */
async function attempt(ask: (config: Config) => Promise<unknown>, config: Config): Promise<void> {
  try {
    await ask(config);
  } catch (error) {
    const isExpected = isFailure(error) || error instanceof FetchFailure || isUnknownHost(error);
    if (!isExpected) throw error;
  }
}

function isUnknownHost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOTFOUND', 'EAI_AGAIN'].includes(String(error.code));
}

describe.each(requests)('%s', (_, line, ask) => {
  it('goes by the configured proxy, over those of the environment', async () => {
    await attempt(ask, configOf({ SEALGATE_HTTP_PROXY: address(), HTTP_PROXY: 'http://dead.invalid' }));
    expect(asked).toEqual([line]);
  });

  it('goes directly to a host that is named as an exception', async () => {
    await attempt(ask, configOf({ SEALGATE_HTTP_PROXY: address(), SEALGATE_NO_PROXY: 'outside.invalid' }));
    expect(asked).toEqual([]);
  });
});

describe('proxies of the process’s own environment', () => {
  afterEach(() => {
    delete process.env.HTTP_PROXY;
  });

  it.each(requests)('have no say where the configuration does not have them: %s', async (_, __, ask) => {
    process.env.HTTP_PROXY = address();
    await attempt(ask, configOf({}));
    expect(asked).toEqual([]);
  });
});

it('https goes through a tunnel, so that a register’s token stays with its two ends', async () => {
  const url = { SEALGATE_REGISTER_URL: 'https://outside.invalid/{ogrn}', SEALGATE_REGISTER_TOKEN: 'secret' };
  const config = configOf({ ...url, SEALGATE_HTTPS_PROXY: address() });
  await attempt(requests[3]![2], config);
  expect(asked).toEqual(['CONNECT outside.invalid:443']);
});
