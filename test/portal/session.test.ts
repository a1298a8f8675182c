import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortalSessions, type SignIn } from '../../src/portal/index.ts';

const signIn = { assertion: 'a.b.c', claims: { sub: 'ogrn:1' }, expiresAt: new Date() } as unknown as SignIn;

let at = 0;
const sessions = new PortalSessions({
  isSecure: false,
  idle: 1000,
  longest: 5000,
  capacity: 3,
  now: () => at,
});
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/sign-in') sessions.signIn(request, response, signIn);
    else if (request.url === '/sign-out') sessions.end(request, response);
    else {
      const { browser, signIn: who } = sessions.of(request, response);
      response.write(JSON.stringify({ browser, who: who?.claims.sub }));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A browser: it keeps the cookie. */
function browser(cookie = '') {
  let kept = cookie;
  return {
    cookie: () => kept,
    async get(path = '/'): Promise<{ browser?: string; who?: string }> {
      const response = await fetch(url + path, { headers: kept === '' ? {} : { cookie: kept } });
      const [set] = response.headers.getSetCookie();
      if (set !== undefined) kept = set.split(';')[0] ?? '';
      const text = await response.text();
      return text === '' ? {} : (JSON.parse(text) as { browser?: string; who?: string });
    },
  };
}

describe('portal session', () => {
  it('stays with the browser, and its binding does not give the cookie away', async () => {
    const one = browser();
    const first = await one.get();
    expect(await one.get()).toEqual(first);
    expect(one.cookie()).not.toContain(first.browser);
    expect((await browser().get()).browser).not.toBe(first.browser);
  });

  it('changes its cookie at the sign-in, so that a planted one is worth nothing', async () => {
    const attacker = browser();
    await attacker.get();
    const victim = browser(attacker.cookie());
    await victim.get('/sign-in');
    expect((await victim.get()).who).toBe('ogrn:1');
    expect((await attacker.get()).who).toBeUndefined();
  });

  it('ends at sign-out, also for a copy of the cookie', async () => {
    const one = browser();
    await one.get('/sign-in');
    const copy = browser(one.cookie());
    await one.get('/sign-out');
    expect((await copy.get()).who).toBeUndefined();
  });

  it('ends when it was idle, and at its longest even when it was not', async () => {
    at = 0;
    const one = browser();
    await one.get('/sign-in');
    for (at = 900; at < 5000; at += 900) expect((await one.get()).who).toBe('ogrn:1');
    at = 5001;
    expect((await one.get()).who).toBeUndefined();
    await one.get('/sign-in');
    at += 1000;
    expect((await one.get()).who).toBeUndefined();
  });

  it('makes room by dropping the one that was not used for longest', async () => {
    const first = browser();
    await first.get('/sign-in');
    const second = browser();
    await second.get('/sign-in');
    const third = browser();
    await third.get('/sign-in');
    await first.get();
    await browser().get('/sign-in');
    expect((await first.get()).who).toBe('ogrn:1');
    expect((await second.get()).who).toBeUndefined();
  });

  it('hands out a cookie that scripts cannot read and other sites’ posts do not bring', async () => {
    const response = await fetch(url);
    expect(response.headers.get('set-cookie')).toMatch(
      /^sealgate=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });
});
