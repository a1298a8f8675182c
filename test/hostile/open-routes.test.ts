import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../service/portal.ts';
import { expectBriefHold } from './hold.ts';

// A stranger asks what anybody may ask, as often as he can.

let service: TestService;
afterEach(() => service.dispose());

const limit = { SEALGATE_OPEN_REQUESTS_PER_SECOND: '5' };
const fixed = { now: () => 1_900_000_000_000 };

const get = async (path: string, headers: Record<string, string> = {}, localAddress = '127.0.0.1') => {
  const { hostname, port } = new URL(service.url);
  return new Promise<{ status: number | undefined; text: string; retryAfter: string | undefined }>(
    (resolve, reject) => {
      const asked = request({ hostname, port, path, headers, localAddress }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, text, retryAfter: response.headers['retry-after'] }),
        );
      });
      asked.on('error', reject);
      asked.end();
    },
  );
};

const statuses = async (path: string, count: number, headers?: (each: number) => Record<string, string>) => {
  const found: (number | undefined)[] = [];
  for (let each = 0; each < count; each += 1) found.push((await get(path, headers?.(each))).status);
  return found;
};

const open = ['/healthz', '/readyz', '/.well-known/jwks.json', '/metrics', '/openapi.json'];

describe('an open route', () => {
  it.each(open)('%s answers an address so often, and then says when to come back', async (path) => {
    service = await startTestService(fixed, limit);
    expect(await statuses(path, 10)).toEqual(Array(10).fill(200));
    const { status, text, retryAfter } = await get(path);
    expect([status, JSON.parse(text).code, retryAfter]).toEqual([429, 'rate_limited', '1']);
  });

  it('has one limit with all others, unknown addresses among them', async () => {
    service = await startTestService(fixed, limit);
    for (const path of open) expect(await statuses(path, 2)).toEqual([200, 200]);
    for (const path of [...open, '/unknown']) expect((await get(path)).status).toBe(429);
  });

  it('answers other addresses all the same, and the same one a little later', async () => {
    let at = 1_900_000_000_000;
    service = await startTestService({ now: () => at }, limit);
    await statuses('/healthz', 11);
    expect((await get('/healthz')).status).toBe(429);
    expect((await get('/healthz', {}, '127.0.0.2')).status).toBe(200);
    at += 1_000;
    expect((await get('/healthz')).status).toBe(200);
  });

  it('does not keep relying parties from signing in', async () => {
    service = await startTestService({}, { SEALGATE_OPEN_REQUESTS_PER_SECOND: '1' });
    const portal = await service.portal();
    await statuses('/openapi.json', 50);
    expect((await portal.signIn()).status).toBe(200);
  });
});

describe('attempts that prove nothing', () => {
  it('are counted as well, known relying party or not, and the right secret is never refused for them', async () => {
    service = await startTestService(fixed, limit);
    const portal = await service.portal();
    const wrong = async (id: string) => {
      const authorization = `Basic ${Buffer.from(`${id}:wrong`).toString('base64')}`;
      return (await portal.post('/v1/challenges', {}, { authorization })).status;
    };
    const found: number[] = [];
    for (const id of Array.from({ length: 6 }, () => ['portal', 'nobody']).flat())
      found.push(await wrong(id));
    expect(found).toEqual([...Array(10).fill(401), 429, 429]);
    expect((await portal.signIn()).status).toBe(200);
  });
});

describe('the address of a request', () => {
  const from = (address: string) => () => ({ 'x-forwarded-for': address });

  it('is that of the connection, whatever its headers say', async () => {
    service = await startTestService(fixed, limit);
    const found = await statuses('/healthz', 12, (each) => ({ 'x-forwarded-for': `198.51.100.${each}` }));
    expect(found.slice(10)).toEqual([429, 429]);
  });

  it('is the one that a trusted proxy names', async () => {
    service = await startTestService(fixed, { ...limit, SEALGATE_TRUSTED_PROXIES: '127.0.0.1' });
    await statuses('/healthz', 11, from('198.51.100.1'));
    expect(await statuses('/healthz', 1, from('198.51.100.1'))).toEqual([429]);
    expect(await statuses('/healthz', 1, from('198.51.100.2'))).toEqual([200]);
  });

  it('is the last one that is not a trusted proxy’s, so that what a stranger puts before it counts for nothing', async () => {
    service = await startTestService(fixed, { ...limit, SEALGATE_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });
    const forged = (each: number) => ({ 'x-forwarded-for': `203.0.113.${each}, 198.51.100.1, 10.1.1.1` });
    expect((await statuses('/healthz', 12, forged)).slice(10)).toEqual([429, 429]);
  });

  it('of IPv6 is the network that a subscriber has', async () => {
    service = await startTestService(fixed, { ...limit, SEALGATE_TRUSTED_PROXIES: '127.0.0.1' });
    const neighbours = (each: number) => ({ 'x-forwarded-for': `2001:db8:1:2::${each + 1}` });
    expect((await statuses('/healthz', 12, neighbours)).slice(10)).toEqual([429, 429]);
    expect(await statuses('/healthz', 1, from('2001:db8:1:3::1'))).toEqual([200]);
  });

  it('that is none is the proxy’s own', async () => {
    service = await startTestService(fixed, { ...limit, SEALGATE_TRUSTED_PROXIES: '127.0.0.1' });
    const nonsense = (each: number) => ({ 'x-forwarded-for': `unknown${each}` });
    expect((await statuses('/healthz', 12, nonsense)).slice(10)).toEqual([429, 429]);
  });
});

it('the contract is made once: whoever asks for it at the same time as others holds nobody up', async () => {
  service = await startTestService({}, { SEALGATE_OPEN_REQUESTS_PER_SECOND: '1000' });
  const first = await service.service.openApi;
  await expectBriefHold(() => Promise.all(Array.from({ length: 20 }, () => get('/openapi.json'))));
  expect(await service.service.openApi).toBe(first);
  const { text } = await get('/openapi.json');
  expect(text).toBe(Buffer.from(first).toString());
  expect(JSON.parse(text).servers).toEqual([{ url: service.service.issuer }]);
});
