import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { dispatcherBy } from '../../src/fetch/dispatcher.ts';
import { Fetcher } from '../../src/fetch/fetcher.ts';
import { proxyFor } from '../../src/fetch/proxy.ts';
import { fetchSettingsOf } from '../../src/service/verifier.ts';

let proxy: Server;
const asked: string[] = [];
beforeAll(async () => {
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('by proxy');
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => proxy.close(resolve)));

const own = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

async function fetchBy(environment: Record<string, string>, url: string): Promise<string> {
  asked.length = 0;
  const fetcher = new Fetcher({
    ...fetchSettingsOf(toConfig(readEnvironment(environment))),
    retries: 0,
    connectTimeout: 500,
  });
  try {
    const { octets } = await fetcher.fetch({
      url,
      requester: 'authority',
      hosts: new Set(),
      largest: 100,
      timeout: 2_000,
    });
    return Buffer.from(octets).toString();
  } catch {
    return 'failed';
  } finally {
    await fetcher.close();
  }
}

it.each([
  ['HTTP_PROXY', () => ({ HTTP_PROXY: own() })],
  [
    'SEALGATE_HTTP_PROXY, over HTTP_PROXY',
    () => ({ HTTP_PROXY: 'http://dead.invalid', SEALGATE_HTTP_PROXY: own() }),
  ],
])('lists go through the proxy of %s, though it stands in a local network', async (_, environment) => {
  expect(await fetchBy(environment(), 'http://lists.invalid/a.crl')).toBe('by proxy');
  expect(asked).toEqual(['GET http://lists.invalid/a.crl']);
});

it('https goes through a tunnel of HTTPS_PROXY', async () => {
  expect(await fetchBy({ HTTPS_PROXY: own() }, 'https://lists.invalid/a.crl')).toBe('failed');
  expect(asked).toEqual(['CONNECT lists.invalid:443']);
});

it('hosts of NO_PROXY and this machine are asked directly, and local addresses stay refused', async () => {
  const environment = { HTTP_PROXY: own(), NO_PROXY: 'lists.invalid, other.invalid' };
  expect(await fetchBy(environment, 'http://lists.invalid/a.crl')).toBe('failed');
  expect(await fetchBy(environment, `${own()}/a.crl`)).toBe('failed');
  expect(asked).toEqual([]);
  expect(await fetchBy({ ...environment, SEALGATE_REVOCATION_NETWORKS: '127.0.0.1' }, `${own()}/a.crl`)).toBe(
    'by proxy',
  );
  expect(asked).toEqual(['GET /a.crl']);
});

it('a proxy that is no address is refused by the name of its variable', () => {
  expect(() => readEnvironment({ HTTPS_PROXY: 'proxy:3128' })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ field: 'HTTPS_PROXY' }) }),
  );
});

it.each([
  ['http://lists.invalid/a.crl', '', true],
  ['http://lists.invalid/a.crl', 'lists.invalid', false],
  ['http://LISTS.invalid/a.crl', 'other.invalid,.invalid', false],
  ['http://lists.invalid/a.crl', 'notlists.invalid ists.invalid', true],
  ['http://lists.invalid:8080/a.crl', 'lists.invalid:80', true],
  ['http://lists.invalid/a.crl', 'lists.invalid:80', false],
  ['http://lists.invalid/a.crl', '*', false],
  ['http://[::1]:9/a.crl', '[::1]', false],
])('what is told of %s with exceptions for "%s" is what is done', async (url, exceptFor, isByProxy) => {
  const by = proxyFor({ http: own(), exceptFor }, new URL(url));
  expect(by).toBe(isByProxy ? own() : undefined);
  const dispatcher = dispatcherBy({ http: own(), exceptFor }, { connect: { timeout: 500 } });
  const answer = await request(url, { dispatcher, signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  expect(answer?.statusCode).toBe(isByProxy ? 200 : undefined);
  await dispatcher.close();
});
