import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ownHeaders, pageKey, type Sent, send, type TestAgent, testAgent } from './setting.ts';

const portal = 'https://portal.example';
let agent: TestAgent;
let port: number;
beforeAll(async () => {
  agent = await testAgent([]);
  port = agent.port;
  await agent.agent.origins.allow(portal, Date.now());
});
afterAll(() => agent.remove());

/** The code of the refusal, or the status of an answer. */
async function outcome(sent: Sent): Promise<string | number> {
  const { status, text } = await send(port, sent);
  return status < 400 ? status : JSON.parse(text).code;
}

describe('a page of the agent', () => {
  it.each(['/', '/bridge', '/confirm/whatever'])(
    '%s is given to a visitor, without anybody’s data',
    async (path) => {
      const { status, headers, text } = await send(port, {
        path,
        headers: { accept: 'text/html', 'accept-language': 'ru' },
      });
      expect(status).toBe(200);
      expect(text).toContain('<html lang="ru">');
      expect(text).not.toContain(portal);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers.vary).toBe('Origin');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('keeps its opener only where it is the bridge', async () => {
    const policy = async (path: string) => (await send(port, { path })).headers['cross-origin-opener-policy'];
    expect(await policy('/bridge')).toBe('unsafe-none');
    expect(await policy('/confirm/x')).toBe('same-origin');
    expect(await policy('/')).toBe('same-origin');
  });

  it('a refusal of a page is a page, in the reader’s language', async () => {
    const headers = { host: 'evil.example', accept: 'text/html', 'accept-language': 'ru-RU,ru' };
    const { status, text } = await send(port, { path: '/', headers });
    expect(status).toBe(403);
    expect(text).toContain('Запрос пришёл не из окна агента');
    expect(text).toContain('agent_request_foreign');
  });
});

describe('the gate, in its order', () => {
  let key: string;
  beforeEach(async () => {
    key = await pageKey(port, '/');
  });
  /** A request that passes, and what is changed in it. */
  const state = (change: Partial<Sent> = {}, headers: Record<string, string | undefined> = {}): Sent => {
    const all = { ...ownHeaders(port, key), ...headers };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return {
      method: 'POST',
      path: '/v1/home/state',
      body: '{}',
      headers: Object.fromEntries(given),
      ...change,
    };
  };

  it('lets the page’s own request through', async () => {
    expect(await outcome(state())).toBe(200);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['[::1]', '[::1]'],
  ])('answers at %s', async (_, name) => {
    const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` };
    expect(await outcome(state({}, headers))).toBe(200);
  });

  it('answers over IPv6 loopback where there is one', async () => {
    const hasIpv6 = Object.values(networkInterfaces())
      .flat()
      .some((each) => each?.address === '::1');
    if (!hasIpv6) return;
    const headers = { host: `[::1]:${port}`, origin: `http://[::1]:${port}` };
    expect(await outcome(state({ host: '::1' }, headers))).toBe(200);
  });

  it('listens on no address of the network', async () => {
    const addresses = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each !== undefined && !each.internal && each.family === 'IPv4');
    for (const each of addresses) {
      await expect(send(port, { path: '/', host: each!.address })).rejects.toThrow(
        /ECONNREFUSED|EHOSTUNREACH/,
      );
    }
  });

  it.each([
    ['a name that was bound anew to this address', { host: 'evil.example:1' }],
    ['the right name with a dot at its end', { host: 'localhost.:1' }],
    ['a name without the port', { host: '127.0.0.1' }],
    ['another port', { host: '127.0.0.1:80' }],
    ['another loopback address', { host: '127.0.0.2:1' }],
    ['an address in another form', { host: '2130706433:1' }],
    ['userinfo in the name', { host: 'x@127.0.0.1:1' }],
  ])('refuses %s, before anything else of it', async (_, { host }) => {
    const given = host.replace(/:1$/, `:${port}`);
    const other = { host: given, origin: `http://${given}` };
    expect(await outcome(state({ path: '/nowhere' }, other))).toBe('agent_request_foreign');
    expect(await outcome(state({}, other))).toBe('agent_request_foreign');
  });

  it.each([
    ['GET', '/v1/home/state', 'method_not_allowed'],
    ['PUT', '/v1/home/state', 'method_not_allowed'],
    ['HEAD', '/', 'method_not_allowed'],
    ['POST', '/bridge', 'method_not_allowed'],
    ['POST', '/v1/home/nothing', 'resource_unknown'],
    ['GET', '/v1/home/../status', 'resource_unknown'],
    ['GET', '/assets/%2e%2e/cli.ts', 'resource_unknown'],
    ['GET', '//evil.example/', 'resource_unknown'],
  ])('refuses %s %s', async (method, path, code) => {
    const { status, text } = await send(port, { method, path, headers: { ...ownHeaders(port, key) } });
    expect(status).toBeGreaterThanOrEqual(400);
    if (method !== 'HEAD') expect(JSON.parse(text).code).toBe(code);
  });

  it.each([
    ['no origin', { origin: undefined }],
    ['a null origin', { origin: 'null' }],
    ['a portal’s origin', { origin: portal }],
    ['its own name with another port', { origin: 'http://127.0.0.1:1' }],
    ['https', { origin: 'https://127.0.0.1:PORT' }],
    ['another of its own names', { origin: 'http://localhost:PORT' }],
    ['a site that is not its own', { 'sec-fetch-site': 'cross-site' }],
    ['another port of its own site', { 'sec-fetch-site': 'same-site' }],
    ['no page at all', { 'sec-fetch-site': 'none' }],
    ['text', { 'content-type': 'text/plain' }],
    ['JSON with a parameter', { 'content-type': 'application/json; charset=utf-8' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', { 'content-type': undefined }],
    ['no key', { 'sealgate-key': undefined }],
    ['a key of another making', { 'sealgate-key': 'home.9999999999999.AAAA.AAAA' }],
  ] as [string, Record<string, string | undefined>][])(
    'refuses its page’s request with %s',
    async (_, headers) => {
      const given = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value?.replace('PORT', String(port))]),
      );
      expect(await outcome(state({}, given))).toBe('agent_request_foreign');
    },
  );

  it('a key opens nothing of another page, and none once it is altered', async () => {
    const bridge = await pageKey(port, '/bridge');
    expect(await outcome(state({}, { 'sealgate-key': bridge }))).toBe('agent_request_foreign');
    const altered = key.replace('home.', 'home.1');
    expect(await outcome(state({}, { 'sealgate-key': altered }))).toBe('agent_request_foreign');
  });

  it('refuses a body that is too large before it is read, and one without a length', async () => {
    expect(await outcome(state({ body: `{"x":"${'x'.repeat(20_000)}"}` }))).toBe('request_too_large');
    const chunked = { ...ownHeaders(port, key), 'transfer-encoding': 'chunked' };
    expect(await outcome({ method: 'POST', path: '/v1/home/state', headers: chunked })).toBe(
      'request_malformed',
    );
  });

  it('refuses a body that is no JSON object', async () => {
    for (const body of ['', '[]', 'null', '{', '"x"'])
      expect(await outcome(state({ path: '/v1/home/remove-origin', body }))).toBe('request_malformed');
  });

  it.each([
    ['iframe', 'navigate'],
    ['frame', 'navigate'],
    ['embed', 'navigate'],
    ['image', 'no-cors'],
    ['script', 'no-cors'],
    ['empty', 'cors'],
  ])('gives no page to a %s', async (dest, mode) => {
    const headers = { 'sec-fetch-dest': dest, 'sec-fetch-mode': mode, 'sec-fetch-site': 'cross-site' };
    for (const path of ['/', '/bridge', '/confirm/x'])
      expect(await outcome({ path, headers })).toBe('agent_request_foreign');
    expect(
      await outcome({ path: '/', headers: { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' } }),
    ).toBe(200);
  });

  it('gives its script to its own pages alone', async () => {
    const path = '/assets/bridge.js';
    expect(await outcome({ path, headers: { 'sec-fetch-site': 'cross-site' } })).toBe(
      'agent_request_foreign',
    );
    expect(await outcome({ path, headers: { 'sec-fetch-site': 'same-origin' } })).toBe(200);
  });
});

describe('a portal’s page, by CORS', () => {
  const preflight = (origin: string, more: Record<string, string> = {}) =>
    send(port, {
      method: 'OPTIONS',
      path: '/v1/sign',
      headers: { origin, 'access-control-request-method': 'POST', ...more },
    });

  it('may ask where it is on the list, and is told so in its own name', async () => {
    const { status, headers } = await preflight(portal);
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(portal);
    expect(headers['access-control-allow-headers']).toContain('sealgate-request');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(
      (await send(port, { path: '/v1/status', headers: { origin: portal } })).headers[
        'access-control-allow-origin'
      ],
    ).toBe(portal);
  });

  it.each(['https://other.example', 'null', 'https://portal.example.evil.example', 'http://portal.example'])(
    'is told nothing as %s',
    async (origin) => {
      const answer = await preflight(origin);
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      const status = await send(port, { path: '/v1/status', headers: { origin } });
      expect(status.status).toBe(403);
      expect(status.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('may not ask what is for the agent’s own pages', async () => {
    const headers = { origin: portal, 'access-control-request-method': 'POST' };
    for (const path of ['/v1/home/state', '/v1/bridge', '/v1/window/confirm']) {
      expect(await outcome({ method: 'OPTIONS', path, headers })).toBe('agent_request_foreign');
    }
  });

  it('is not heard without the header that has its browser ask first', async () => {
    const headers = { origin: portal, 'content-type': 'application/json' };
    expect(await outcome({ method: 'POST', path: '/v1/sign', headers, body: '{}' })).toBe(
      'agent_request_foreign',
    );
    const asked = { ...headers, 'sealgate-request': '1' };
    expect(await outcome({ method: 'POST', path: '/v1/sign', headers: asked, body: '{}' })).toBe(
      'request_malformed',
    );
    expect(
      await outcome({
        method: 'POST',
        path: '/v1/sign',
        headers: { ...asked, 'content-type': 'text/plain' },
        body: '{}',
      }),
    ).toBe('agent_request_foreign');
  });

  it('is not needed by the person who looks whether the agent is there', async () => {
    expect(await outcome({ path: '/v1/status' })).toBe(200);
    expect(await outcome({ path: '/v1/status', headers: { 'sec-fetch-site': 'cross-site' } })).toBe(
      'agent_request_foreign',
    );
  });
});

const notRoot = process.getuid?.() === 0 ? undefined : 'another user’s program can only be started by root';
describe.skipIf(notRoot)(`another user of the machine${notRoot ? ` (skipped: ${notRoot})` : ''}`, () => {
  const asUser = (uid: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const line = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET /v1/status HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3`;
      const child = spawn('/bin/bash', ['-c', line], { uid, gid: uid, cwd: '/' });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      child.once('error', reject);
      child.once('close', () => resolve(text));
    });

  it('is refused, and the agent’s own user is not', async () => {
    expect(await asUser(65534)).toContain('agent_user_foreign');
    expect(await asUser(0)).toContain('"agent":"sealgate"');
  });
});
