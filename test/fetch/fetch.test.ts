import type { lookup } from 'node:dns';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AddressPolicy } from '../../src/fetch/address.ts';
import { Circuit } from '../../src/fetch/circuit.ts';
import { guardedConnector } from '../../src/fetch/connect.ts';
import { FetchFailure } from '../../src/fetch/failure.ts';
import { Fetcher, type FetchOrder, type FetchSettings, usualFetch } from '../../src/fetch/fetcher.ts';
import { Host } from '../revocation/host.ts';

let host: Host;
const fetchers: Fetcher[] = [];

beforeEach(async () => {
  host = await Host.start();
});

afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) await fetcher.close();
  await host.stop();
});

function makeFetcher(settings: Partial<FetchSettings> = {}): Fetcher {
  const fetcher = new Fetcher({
    ...usualFetch,
    allowedNetworks: ['127.0.0.1'],
    retries: 0,
    retryPause: 5,
    ...settings,
  });
  fetchers.push(fetcher);
  return fetcher;
}

const order = (url: string, more: Partial<FetchOrder> = {}): FetchOrder => ({
  url,
  requester: 'authority',
  hosts: new Set(),
  largest: 1000,
  timeout: 2000,
  ...more,
});

async function failure(promise: Promise<unknown>): Promise<FetchFailure> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof FetchFailure) return error;
  throw new Error(`no failure: ${String(error)}`);
}

describe('addresses', () => {
  const policy = new AddressPolicy();

  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    'localhost',
    '',
    '1.2.3',
    '0x7f000001',
  ])('%s is refused', (address) => {
    expect(policy.allows(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2a00:1450:4010::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is allowed', (address) => {
    expect(policy.allows(address)).toBe(true);
  });

  it('allows what the operator allows, in every form of it', () => {
    const own = new AddressPolicy(['10.1.0.0/16', '::1', '127.0.0.1']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '::1', '127.0.0.1'].map((each) => own.allows(each))).toEqual(
      Array(4).fill(true),
    );
    expect(['10.2.0.1', '127.0.0.2'].map((each) => own.allows(each))).toEqual([false, false]);
  });

  it('refuses networks that are none', () => {
    for (const bad of ['10.0.0.0/33', 'host', '10.0.0.0/x', '::1/200']) {
      expect(() => new AddressPolicy([bad])).toThrow(RangeError);
    }
  });
});

describe('a fetch refuses before it connects', () => {
  it.each([
    ['http://127.0.0.2:1/', 'address-forbidden'],
    ['http://2130706434/', 'address-forbidden'],
    ['http://0x7f.2/', 'address-forbidden'],
    ['http://[::1]:1/', 'address-forbidden'],
    ['http://[::ffff:127.0.0.2]/', 'address-forbidden'],
    ['http://169.254.169.254/latest/', 'address-forbidden'],
    ['ftp://lists.example/a.crl', 'unsupported-scheme'],
    ['ldap://directory.example/', 'unsupported-scheme'],
    ['file:///etc/passwd', 'unsupported-scheme'],
    ['no url', 'unsupported-scheme'],
  ])('%s', async (url, problem) => {
    expect((await failure(makeFetcher().fetch(order(url)))).problem).toBe(problem);
  });

  it('a host that the operator does not allow', async () => {
    const fetcher = makeFetcher({ allowedHosts: ['*.authority.example'] });
    expect((await failure(fetcher.fetch(order(host.url('/'))))).problem).toBe('host-forbidden');
  });

  it('a name that leads to this machine', async () => {
    const fetcher = makeFetcher({ allowedNetworks: [] });
    const url = `http://localhost:${host.port}/`;
    expect((await failure(fetcher.fetch(order(url)))).problem).toBe('address-forbidden');
    expect(host.asked).toEqual([]);
  });
});

describe('a name whose answers change (DNS rebinding)', () => {
  /** Answers the first question with an allowed address, all others with one that is not. */
  function rebinding(): { readonly resolve: typeof lookup; readonly count: () => number } {
    let asked = 0;
    const resolve = ((_: string, __: unknown, done: (error: null, found: unknown) => void) => {
      asked++;
      done(null, [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    }) as unknown as typeof lookup;
    return { resolve, count: () => asked };
  }

  it('is resolved once for a connection, which goes to the address that was checked', async () => {
    host.serve('/a', () => Buffer.from('here'));
    const { resolve, count } = rebinding();
    const connect = guardedConnector(new AddressPolicy(['127.0.0.1']), 1000, resolve);
    const dispatcher = new Agent({ connect });
    const { body } = await request(`http://rebinding.example:${host.port}/a`, { dispatcher });
    expect(await body.text()).toBe('here');
    expect(count()).toBe(1);
    await dispatcher.destroy();
  });

  it('with one forbidden address among several is refused', async () => {
    const resolve = ((_: string, __: unknown, done: (error: null, found: unknown) => void) =>
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])) as unknown as typeof lookup;
    const dispatcher = new Agent({
      connect: guardedConnector(new AddressPolicy(['127.0.0.1']), 1000, resolve),
    });
    const error = await failure(request(`http://mixed.example:${host.port}/a`, { dispatcher }));
    expect(error.problem).toBe('address-forbidden');
    expect(host.asked).toEqual([]);
    await dispatcher.destroy();
  });
});

describe('a fetch', () => {
  it('follows a redirect within the hosts that the chain names, and checks each of them', async () => {
    host.on('/a', (_, response) => response.writeHead(301, { location: '/b' }).end());
    host.serve('/b', () => Buffer.from('moved'));
    const { octets } = await makeFetcher().fetch(order(host.url('/a')));
    expect(Buffer.from(octets).toString()).toBe('moved');
    const gone = makeFetcher().fetch(order(host.url('/a'), { largest: 2 }));
    expect((await failure(gone)).problem).toBe('too-large');
  });

  it('refuses a body that is compressed', async () => {
    host.serve('/a', () => Buffer.alloc(10), { 'content-encoding': 'gzip' });
    expect((await failure(makeFetcher().fetch(order(host.url('/a'))))).problem).toBe('malformed');
  });

  it('refuses a body of unknown length as soon as it is too large', async () => {
    host.on('/a', async (_, response) => {
      for (let piece = 0; piece < 100 && !response.destroyed; piece++) {
        response.write(Buffer.alloc(300));
        await delay(1);
      }
      response.end();
    });
    expect((await failure(makeFetcher().fetch(order(host.url('/a'))))).problem).toBe('too-large');
  });

  it('tries again after a failure that may pass, and only then', async () => {
    let failures = 2;
    host.on('/a', (_, response) => {
      if (failures-- > 0) response.writeHead(503).end();
      else response.end('at last');
    });
    const { octets } = await makeFetcher({ retries: 2 }).fetch(order(host.url('/a')));
    expect(Buffer.from(octets).toString()).toBe('at last');
    expect((await failure(makeFetcher({ retries: 2 }).fetch(order(host.url('/gone'))))).details.status).toBe(
      404,
    );
    expect(host.asked.filter((path) => path === '/gone')).toHaveLength(1);
  });

  it('leaves a host alone that keeps failing, and asks again after a while', async () => {
    host.on('/a', (_, response) => response.writeHead(500).end());
    const circuit = { failures: 2, pause: 150, longestPause: 1000 };
    const fetcher = makeFetcher({ circuit });
    for (const expected of ['http-status', 'http-status', 'not-asked-again', 'not-asked-again']) {
      expect((await failure(fetcher.fetch(order(host.url('/a'))))).problem).toBe(expected);
    }
    expect(host.asked).toHaveLength(2);
    expect(fetcher.openCircuits).toHaveLength(1);
    host.serve('/a', () => Buffer.from('up'));
    await delay(200);
    const trial = order(host.url('/a'));
    expect((await fetcher.fetch(trial)).status).toBe(200);
    fetcher.noteUse(trial, true);
    expect(fetcher.openCircuits).toEqual([]);
  });

  it('goes through a proxy where one is set, by absolute URL for http', async () => {
    const seen: string[] = [];
    const proxy = createTcpServer((socket) => {
      socket.once('data', (data) => {
        seen.push(data.toString().split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nproxy');
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const fetcher = makeFetcher({ proxy: { http: `http://127.0.0.1:${port}`, exceptFor: '127.0.0.1' } });
    const { octets } = await fetcher.fetch(order('http://lists.example/a.crl'));
    expect(Buffer.from(octets).toString()).toBe('proxy');
    expect(seen).toEqual(['GET http://lists.example/a.crl HTTP/1.1']);
    host.serve('/a', () => Buffer.from('direct'));
    const direct = await fetcher.fetch(order(host.url('/a')));
    expect(Buffer.from(direct.octets).toString()).toBe('direct');
    await new Promise((resolve) => proxy.close(resolve));
  });
});

describe('a circuit', () => {
  const limits = { failures: 2, pause: 100, longestPause: 300 };

  it('lets one trial through after its pause, and doubles the pause when that fails', () => {
    const circuit = new Circuit(limits);
    circuit.failed('r', 'h', 0);
    expect(circuit.enter('r', 'h', 1)).toBe(0);
    circuit.failed('r', 'h', 1);
    expect(circuit.enter('r', 'h', 50)).toBe(51);
    expect(circuit.enter('r', 'h', 101)).toBe(0);
    expect(circuit.enter('r', 'h', 102)).toBeGreaterThan(0);
    circuit.failed('r', 'h', 110);
    expect(circuit.enter('r', 'h', 111)).toBe(199);
    circuit.failed('r', 'h', 400);
    circuit.failed('r', 'h', 400);
    expect(circuit.enter('r', 'h', 400)).toBe(300);
    circuit.succeeded('r', 'h');
    expect(circuit.enter('r', 'h', 401)).toBe(0);
  });

  it('keeps hosts apart and forgets the oldest of very many', () => {
    const circuit = new Circuit({ ...limits, failures: 1 });
    for (let host = 0; host < 1500; host++) circuit.failed('r', `h${host}`, 0);
    expect(circuit.open(1)).toHaveLength(1000);
    expect(circuit.enter('r', 'h0', 1)).toBe(0);
    expect(circuit.enter('r', 'h1499', 1)).toBeGreaterThan(0);
  });
});
