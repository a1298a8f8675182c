import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signText, startTestService, type TestService } from '../service/portal.ts';
import { RelyingParty } from './relying-party.ts';
import { Visitor } from './visitor.ts';

const issuer = 'https://sign.example/oidc';
const subject = 'ogrn:1027700132195';

let service: TestService;
let visitor: Visitor;
let portal: RelyingParty;
beforeEach(async () => {
  service = await startTestService({}, { SEALGATE_ISSUER: 'https://sign.example' });
  visitor = new Visitor(service);
  portal = await RelyingParty.register(service, 'portal', { consent: 'waived' });
});
afterEach(async () => {
  vi.useRealTimers();
  await service.dispose();
});

interface TokenReply {
  readonly status: number;
  readonly error?: string;
  readonly access_token?: string;
}

/** Asks for tokens by hand. */
async function exchange(fields: Readonly<Record<string, string>>, client = portal): Promise<TokenReply> {
  const reply = await fetch(`${service.url}/oidc/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'authorization_code', ...fields }),
  });
  return { status: reply.status, ...((await reply.json()) as object) };
}

/** A code that a browser has brought back, with what belongs to it. */
async function codeOf(
  client = portal,
): Promise<{ code: string; code_verifier: string; redirect_uri: string }> {
  const { url, checks } = await client.request();
  const { url: back } = await visitor.open(url);
  const code = back.searchParams.get('code') ?? '';
  return { code, code_verifier: checks.pkceCodeVerifier, redirect_uri: client.redirectUri };
}

const userInfo = (token = '') => openid.fetchUserInfo(portal.config, token, subject);

describe('a code', () => {
  it.each([
    ['at once', 0],
    ['after 30 seconds', 30_000],
    ['after its own time', 90_000],
  ])('that is used a second time %s is refused, and what the first use gave falls', async (_, later) => {
    const fields = await codeOf();
    const first = await exchange(fields);
    await expect(userInfo(first.access_token)).resolves.toHaveProperty('sub', subject);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + later });
    expect(await exchange(fields)).toMatchObject({ status: 400, error: 'invalid_grant' });
    vi.useRealTimers();
    if (later < 60_000) await expect(userInfo(first.access_token)).rejects.toThrow();
  });

  it('of another portal is refused, and its own may still use it', async () => {
    const other = await RelyingParty.register(service, 'other');
    const fields = await codeOf();
    expect(await exchange(fields, other)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await exchange(fields)).toMatchObject({ status: 200 });
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect address', { redirect_uri: 'https://portal.example/other' }],
  ])('with %s is refused', async (_, change) => {
    const fields = await codeOf();
    const reply = await exchange({ ...fields, ...change } as Record<string, string>);
    expect(reply.status).toBe(400);
    expect(reply.access_token).toBeUndefined();
    expect(await exchange(fields)).toMatchObject({ status: 200 });
  });

  it('with a wrong secret is refused like that of a portal that there is none of', async () => {
    const fields = await codeOf();
    const wrong = { ...portal, secret: 'x' } as RelyingParty;
    const nobody = { ...portal, id: 'nobody' } as RelyingParty;
    const [first, second] = [await exchange(fields, wrong), await exchange(fields, nobody)];
    expect(first).toEqual(second);
    expect(first).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await exchange(fields)).toMatchObject({ status: 200 });
  });
});

describe('a request', () => {
  it.each([
    ['that leads to another address', { redirect_uri: 'https://evil.example/back' }],
    ['that leads to the registered address and a bit more', { redirect_uri: 'https://portal.example/back/' }],
    ['of a portal that there is none of', { client_id: 'nobody' }],
  ])('%s ends on a page of the service, with the trace id, and leads nowhere', async (_, change) => {
    const { url } = await portal.request({ ...change, ui_locales: 'en' });
    const stop = await visitor.open(url);
    expect(stop.isAway).toBe(false);
    expect(stop.status).toBe(400);
    expect(stop.text).toContain('oidc_request_invalid');
    expect(stop.text).toContain(stop.headers.get('x-trace-id') ?? 'none');
    expect(await portal.outcome(visitor)).toBe('code');
  });

  it.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with PKCE by the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token in the address', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['for a scope that is not registered', { scope: 'openid signer.snils' }, 'invalid_scope'],
    ['for no sign-in at all', { scope: 'organisation' }, 'invalid_request'],
    ['with claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['with an age that is none', { max_age: '-1' }, 'invalid_request'],
    ['with a prompt that there is none of', { prompt: 'everything' }, 'invalid_request'],
  ])('%s is refused with the protocol’s own error', async (_, parameters, error) => {
    const { url } = await portal.request();
    for (const [name, value] of Object.entries(parameters)) {
      if (value === '') url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    const { url: back, isAway } = await visitor.open(url);
    expect(isAway).toBe(true);
    const given = back.hash ? new URLSearchParams(back.hash.slice(1)) : back.searchParams;
    expect([given.get('error'), given.get('iss')]).toEqual([error, issuer]);
  });

  it('with a parameter given twice is refused', async () => {
    const { url } = await portal.request();
    url.searchParams.append('state', 'another');
    const { url: back } = await visitor.open(url);
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  it('of a size that nobody needs is refused and leaves nothing', async () => {
    const { url } = await portal.request({ state: 'x'.repeat(20_000) });
    const reply = await fetch(`${service.url}${url.pathname}${url.search}`, { redirect: 'manual' });
    expect(reply.status).toBeGreaterThanOrEqual(400);
  });

  it('is answered by whom it was sent to, which portals check: another issuer’s answer is refused', async () => {
    const { url, checks } = await portal.request();
    const { url: back } = await visitor.open(url);
    expect(back.searchParams.get('iss')).toBe(issuer);
    back.searchParams.set('iss', 'https://other.example/oidc');
    await expect(openid.authorizationCodeGrant(portal.config, back, checks)).rejects.toThrow();
  });

  it('does not choose the addresses that the service names by its headers', async () => {
    const reply = await fetch(`${service.url}/oidc/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    });
    const discovered = (await reply.json()) as Record<string, unknown>;
    expect(discovered.authorization_endpoint).toBe(`${issuer}/auth`);
    expect(JSON.stringify(discovered)).not.toContain('evil.example');
    expect(discovered.registration_endpoint).toBeUndefined();
    expect(discovered.request_object_signing_alg_values_supported).not.toContain('none');
    expect(discovered.id_token_signing_alg_values_supported).toEqual(['ES256']);
  });
});

describe('a signed request', () => {
  const now = () => Math.floor(Date.now() / 1000);
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let signer: RelyingParty;
  beforeEach(async () => {
    keys = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kty: 'EC' as const, kid: 'k' };
    signer = await RelyingParty.register(service, 'signer', { jwks: { keys: [jwk] }, consent: 'waived' });
  });

  const outcome = async (
    claims: Readonly<Record<string, unknown>>,
    sign?: (jwt: SignJWT) => Promise<string>,
  ) => {
    const { url } = await signer.request();
    const all = {
      ...Object.fromEntries(url.searchParams),
      ...{ iss: 'signer', aud: issuer, iat: now(), exp: now() + 60, ...claims },
    };
    const jwt = new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'oauth-authz-req+jwt' });
    const request = sign ? await sign(jwt) : await jwt.sign(keys.privateKey);
    const asked = new URL(url);
    asked.search = String(new URLSearchParams({ client_id: 'signer', request }));
    const { url: back, isAway, text } = await visitor.open(asked);
    if (!isAway) return /invalid_request_object/.test(text) ? 'invalid_request_object' : text;
    return back.searchParams.get('error') ?? 'code';
  };

  it('is taken', async () => {
    expect(await outcome({})).toBe('code');
  });

  it.each([
    ['for another service', { aud: 'https://other.example' }],
    ['of another portal', { iss: 'portal' }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 600 }],
    ['that is not good yet', { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])('%s is refused', async (_, claims) => {
    expect(await outcome(claims)).toBe('invalid_request_object');
  });

  it('by another key is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(await outcome({}, (jwt) => jwt.sign(privateKey))).toBe('invalid_request_object');
  });

  it('with alg none is refused', async () => {
    const unsigned = async () =>
      new UnsecuredJWT({ client_id: 'signer', iss: 'signer', aud: issuer, response_type: 'code' }).encode();
    expect(await outcome({}, unsigned)).not.toBe('code');
  });
});

describe('a pushed request', () => {
  const push = async (client: RelyingParty) => {
    const { url } = await client.request();
    const pushed = await openid.buildAuthorizationUrlWithPAR(client.config, url.searchParams);
    return pushed;
  };

  it('is good once', async () => {
    const url = await push(portal);
    expect((await visitor.open(url)).url.searchParams.has('code')).toBe(true);
    const again = await visitor.open(url);
    expect(again.url.searchParams.has('code')).toBe(false);
  });

  it('of another portal is refused', async () => {
    const other = await RelyingParty.register(service, 'other');
    const url = await push(portal);
    url.searchParams.set('client_id', other.id);
    const stop = await visitor.open(url);
    expect(stop.url.searchParams.has('code')).toBe(false);
    expect(stop.isAway).toBe(false);
  });
});

describe('a sign-in in the browser', () => {
  const begin = async (visits = visitor) => {
    visits.isWilling = false;
    const { url, checks } = await portal.request();
    const page = await visits.open(url);
    return { page, checks };
  };

  /** Where a browser comes back to that is to sign in. */
  function addressOf({ cookies }: Visitor): string {
    const path = [...cookies.values()].find((cookie) => cookie.path.startsWith('/oidc/auth/'))?.path;
    return `https://sign.example${path}`;
  }

  it('whose cookies are lost ends on a page that says what to do', async () => {
    const { page } = await begin();
    const address = addressOf(visitor);
    visitor.cookies.clear();
    const stop = await visitor.open(`${address}?code=${'A'.repeat(43)}`);
    expect(stop.status).toBe(410);
    expect(stop.text).toContain('oidc_sign_in_over');
    expect(stop.text).toMatch(
      /<a [^>]*href="https:\/\/portal\.example\/"[^>]*>[^<]*(начать заново|begin again)/,
    );
    expect(page.status).toBe(200);
  });

  it('that is over says so when its address is opened again', async () => {
    visitor.isWilling = true;
    await codeOf();
    const passed = visitor.passed.filter((path) => /^\/oidc\/(interaction|auth\/.)/.test(path));
    expect(passed.length).toBeGreaterThan(0);
    for (const path of passed) {
      const stop = await visitor.open(`https://sign.example${path}`);
      expect([stop.isAway, stop.status >= 400]).toEqual([false, true]);
      expect(stop.text).toContain('oidc_sign_in_over');
      expect(stop.text).toMatch(/<a [^>]*href="https:\/\/portal\.example\/"/);
    }
    const unknown = await visitor.open(`https://sign.example/oidc/auth/${'A'.repeat(43)}`);
    expect(unknown.text).toContain('oidc_sign_in_over');
    expect(unknown.text).not.toContain('id="go-on"');
  });

  it('goes on in two tabs at once', async () => {
    const [first, second] = [await begin(), await begin()];
    visitor.isWilling = true;
    for (const { page, checks } of [second, first]) {
      const { url: back } = await visitor.sign(page.url);
      await expect(openid.authorizationCodeGrant(portal.config, back, checks)).resolves.toHaveProperty(
        'id_token',
      );
    }
  });

  it('does not take the code of another browser’s sign-in', async () => {
    const [own, foreign] = [new Visitor(service), new Visitor(service)];
    await begin(own);
    const { page } = await begin(foreign);
    const data = { accept: 'application/json', 'content-type': 'application/json' };
    const cookie = [...foreign.cookies]
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
    const ask = (path: string, body?: string) =>
      fetch(`${service.url}${page.url.pathname}/${path}`, {
        method: 'POST',
        headers: { ...data, cookie, 'sec-fetch-site': 'same-origin' },
        ...(body === undefined ? {} : { body }),
      });
    const { challenge, text } = (await (await ask('challenge')).json()) as {
      challenge: string;
      text: string;
    };
    const signed = await ask('signature', JSON.stringify({ challenge, signature: signText(text) }));
    const { location } = (await signed.json()) as { location: string };
    const stop = await own.open(`${addressOf(own)}${new URL(location).search}`);
    expect(stop.status).toBe(400);
    expect(stop.text).toContain('sign_in_code_invalid');
  });
});
