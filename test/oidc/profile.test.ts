import * as openid from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService, verifyTestSignature } from '../service/portal.ts';
import { RelyingParty } from './relying-party.ts';
import { Visitor } from './visitor.ts';

// What OpenID Foundation's profiles for providers (basic, RP-initiated logout) and RFC 9700 have tested of requests and
// answers, beside the cases of hostile.test.ts and authentication.test.ts.

const issuer = 'https://sign.example/oidc';
const subject = 'ogrn:1027700132195';
type Fields = Readonly<Record<string, string>>;

let service: TestService;
let organisation: { inn: string; ogrn: string; name: string } | undefined;
let signatures = 0;
beforeAll(async () => {
  service = await startTestService(
    {
      async verifyLogin(input) {
        signatures += 1;
        const verified = await verifyTestSignature(input);
        return { ...verified, ...(organisation ? { organisation } : {}) };
      },
    },
    { SEALGATE_ISSUER: 'https://sign.example', SEALGATE_OPEN_REQUESTS_PER_SECOND: '1000' },
  );
});
afterAll(() => service.dispose());
beforeEach(() => {
  organisation = undefined;
});

let count = 0;
const register = (oidc: Parameters<typeof RelyingParty.register>[2] = {}) =>
  RelyingParty.register(service, `portal${count++}`, { consent: 'waived', ...oidc });

/** Opens a request with some parameters exchanged, or left out where they are empty. */
async function ask(portal: RelyingParty, change: Fields, visitor = new Visitor(service)) {
  const { url } = await portal.request();
  for (const [name, value] of Object.entries(change)) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  const { url: back, isAway, text } = await visitor.open(url);
  const given = back.hash ? new URLSearchParams(back.hash.slice(1)) : back.searchParams;
  return isAway ? (given.get('error') ?? (given.has('code') ? 'code' : 'nothing')) : text;
}

const post = (path: string, fields: Fields, headers: Fields = {}) =>
  fetch(`${service.url}/oidc${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(fields),
  });

const basic = ({ id, secret }: RelyingParty) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

async function tokenError(fields: Fields, headers: Fields = {}): Promise<string> {
  const reply = await post('/token', fields, headers);
  return `${reply.status} ${((await reply.json()) as { error?: string }).error}`;
}

describe('an authorization request', () => {
  it.each([
    ['without response_type', { response_type: '' }, 'invalid_request'],
    ['with prompt none and login together', { prompt: 'none login' }, 'invalid_request'],
    [
      'with a request object by reference',
      { request_uri: 'https://portal.example/r' },
      'request_uri_not_supported',
    ],
    ['without state and nonce', { state: '', nonce: '' }, 'code'],
    [
      'with parameters that nobody knows',
      { approval_prompt: 'force', resource_x: '1', claims_locales: 'ru' },
      'code',
    ],
    ['with scopes that nobody knows', { scope: 'openid profile email organisation' }, 'code'],
    ['with offline_access for who has no refresh tokens', { scope: 'openid offline_access' }, 'code'],
    ['for an answer in the fragment', { response_mode: 'fragment' }, 'code'],
    [
      'for an answer in a way that there is none of',
      { response_mode: 'web_message' },
      'unsupported_response_mode',
    ],
    ['with an empty claims object', { claims: '{}' }, 'invalid_request'],
    ['for a claim that there is none of', { claims: '{"userinfo":{"email":{"essential":true}}}' }, 'code'],
    [
      'for a claim of a scope that is not registered',
      { claims: '{"userinfo":{"signer_snils":null}}' },
      'invalid_request',
    ],
    ['with an ID token of nobody', { id_token_hint: 'x.y.z' }, 'invalid_request'],
  ])('%s is answered with its own outcome', async (_, change, outcome) => {
    const found = await ask(await register(), change as Fields);
    expect(found).toBe(outcome);
  });

  it('by POST is taken as by GET, and no more of it', async () => {
    const portal = await register();
    const { url, checks } = await portal.request();
    const posted = await post('/auth', Object.fromEntries(url.searchParams));
    expect(posted.status).toBe(303);
    const { url: back } = await new Visitor(service).open(posted.headers.get('location') ?? '');
    await expect(openid.authorizationCodeGrant(portal.config, back, checks)).resolves.toHaveProperty(
      'id_token',
    );
    const forged = await post('/auth', {
      ...Object.fromEntries(url.searchParams),
      redirect_uri: 'https://evil.example',
    });
    const stop = await new Visitor(service).open(forged.headers.get('location') ?? '');
    expect([stop.isAway, stop.status]).toEqual([false, 400]);
  });

  it('to an address with a query of its own keeps it, and to one with another query is refused', async () => {
    const redirectUri = 'https://query.example/back?page=1';
    const portal = await RelyingParty.register(service, 'query', {
      consent: 'waived',
      redirectUris: [redirectUri],
    });
    const { url } = await portal.request({ redirect_uri: redirectUri });
    const { url: back } = await new Visitor(service).open(url);
    expect([back.searchParams.get('page'), back.searchParams.has('code')]).toEqual(['1', true]);
    for (const other of ['https://query.example/back', 'https://query.example/back?page=2'])
      expect(await ask(portal, { redirect_uri: other })).toContain('oidc_request_invalid');
  });

  it('cannot be sent from another page’s script, and its page stands in no frame', async () => {
    const { url } = await (await register()).request();
    const reply = await fetch(`${service.url}${url.pathname}${url.search}`, {
      redirect: 'manual',
      headers: { origin: 'https://evil.example' },
    });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(reply.headers.get('referrer-policy')).toBe('same-origin');
  });
});

describe('a request that names who is meant', () => {
  it('by the ID token of the organisation that is signed in asks nobody', async () => {
    const portal = await register();
    const visitor = new Visitor(service);
    const { id_token: hint = '' } = await portal.signIn(visitor);
    expect(await ask(portal, { id_token_hint: hint, prompt: 'none' }, visitor)).toBe('code');
  });

  it.each(['public', 'pairwise'] as const)(
    'by the ID token of another one asks for its signature, once, and takes no other’s (%s)',
    async (type) => {
      const portal = await register({ subject: type });
      const { id_token: hint = '' } = await portal.signIn(new Visitor(service));
      const visitor = new Visitor(service);
      organisation = { inn: '5001007322', ogrn: '1027700132999', name: 'АО «Лютик»' };
      await portal.signIn(visitor);
      expect(await ask(portal, { id_token_hint: hint, prompt: 'none' }, visitor)).toBe('login_required');
      const before = signatures;
      expect(await ask(portal, { id_token_hint: hint }, visitor)).toBe('login_required');
      expect(signatures - before).toBe(1);
      organisation = undefined;
      expect(await ask(portal, { id_token_hint: hint }, visitor)).toBe('code');
    },
  );

  it('by the claim sub goes by that', async () => {
    const portal = await register();
    const visitor = new Visitor(service);
    const claims = (value: string) => JSON.stringify({ id_token: { sub: { value } } });
    await portal.signIn(visitor);
    expect(await ask(portal, { claims: claims(subject) }, visitor)).toBe('code');
    expect(await ask(portal, { claims: claims('ogrn:0') }, visitor)).toBe('login_required');
  });

  it('and wants a signature of now has one made, at once as well as later', async () => {
    const portal = await register();
    const visitor = new Visitor(service);
    await portal.signIn(visitor);
    const before = signatures;
    expect(await ask(portal, { max_age: '0' }, visitor)).toBe('code');
    expect(signatures - before).toBe(1);
    expect(await ask(portal, { max_age: '0', prompt: 'none' }, visitor)).toBe('login_required');
  });
});

describe('the token endpoint', () => {
  it.each([
    ['password', { username: 'x', password: 'x' }],
    ['client_credentials', {}],
    ['urn:ietf:params:oauth:grant-type:device_code', { device_code: 'x' }],
  ])('does not know the grant %s', async (grant, fields) => {
    const portal = await register();
    expect(await tokenError({ grant_type: grant, ...fields }, basic(portal))).toBe(
      '400 unsupported_grant_type',
    );
  });

  it('takes no code in its address, none by GET and none in JSON', async () => {
    const portal = await register();
    const got = await fetch(`${service.url}/oidc/token?grant_type=authorization_code`, {
      headers: basic(portal),
    });
    expect(got.status).toBe(404);
    const reply = await fetch(`${service.url}/oidc/token`, {
      method: 'POST',
      headers: { ...basic(portal), 'content-type': 'application/json' },
      body: '{"grant_type":"authorization_code"}',
    });
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: 'invalid_request' }]);
    const inAddress = await post('/token?code=x', { grant_type: 'authorization_code' }, basic(portal));
    expect(await inAddress.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('answers so that nothing is kept on the way', async () => {
    const reply = await post('/token', { grant_type: 'password' }, basic(await register()));
    expect(reply.headers.get('cache-control')).toContain('no-store');
  });

  it('lets pages of a public client call it, and of nobody else', async () => {
    const portal = await register({ authentication: 'none' });
    const from = async (origin: string) => {
      const fields = { grant_type: 'authorization_code', client_id: portal.id, code: 'x' };
      return (await post('/token', fields, { origin })).headers.get('access-control-allow-origin');
    };
    expect(await from(new URL(portal.redirectUri).origin)).toBe(new URL(portal.redirectUri).origin);
    expect(await from('https://evil.example')).toBeNull();
  });
});

describe('a refresh token', () => {
  it('of another relying party is refused', async () => {
    const [one, two] = [await register({ refreshTokens: true }), await register({ refreshTokens: true })];
    const { refresh_token: token = '' } = await one.signIn(new Visitor(service));
    const fields = { grant_type: 'refresh_token', refresh_token: token };
    expect(await tokenError(fields, basic(two))).toBe('400 invalid_grant');
    expect((await post('/token', fields, basic(one))).status).toBe(200);
  });

  it('of a public client is exchanged with each use, and all fall where one comes twice', async () => {
    const portal = await RelyingParty.register(
      service,
      'public',
      { consent: 'waived', refreshTokens: true, authentication: 'none' },
      {},
      () => openid.None(),
    );
    const first = await portal.signIn(new Visitor(service));
    const second = await openid.refreshTokenGrant(portal.config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const use = (token = '') =>
      tokenError({ grant_type: 'refresh_token', refresh_token: token, client_id: portal.id });
    expect(await use(first.refresh_token)).toBe('400 invalid_grant');
    expect(await use(second.refresh_token)).toBe('400 invalid_grant');
    await expect(openid.fetchUserInfo(portal.config, second.access_token, subject)).rejects.toThrow();
  });

  it('gives no scope beyond that of the first', async () => {
    const portal = await register({ refreshTokens: true });
    const { refresh_token: token = '' } = await portal.signIn(new Visitor(service), { scope: 'openid' });
    const fields = { grant_type: 'refresh_token', refresh_token: token, scope: 'openid organisation' };
    expect(await tokenError(fields, basic(portal))).toBe('400 invalid_scope');
  });
});

describe('userinfo', () => {
  it('is given by GET and POST, by header and body, and by no address', async () => {
    const portal = await register();
    const { access_token: token } = await portal.signIn(new Visitor(service));
    const authorization = `Bearer ${token}`;
    const get = (path: string, headers: Fields = {}) => fetch(`${service.url}/oidc${path}`, { headers });
    for (const reply of [
      await get('/me', { authorization }),
      await post('/me', {}, { authorization }),
      await post('/me', { access_token: token }),
    ])
      expect([reply.status, await reply.json()]).toMatchObject([200, { sub: subject }]);
    expect((await get(`/me?access_token=${token}`)).status).toBe(400);
    const wrong = await get('/me', { authorization: 'Bearer x' });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('invalid_token'),
    ]);
  });

  it('is given for no token of another kind', async () => {
    const portal = await register({ refreshTokens: true });
    const { id_token: id = '', refresh_token: refresh = '' } = await portal.signIn(new Visitor(service));
    for (const token of [id, refresh]) {
      const reply = await fetch(`${service.url}/oidc/me`, { headers: { authorization: `Bearer ${token}` } });
      expect(reply.status).toBe(401);
    }
  });
});

describe('introspection and revocation', () => {
  it('tell a relying party of its own tokens alone, and end those alone', async () => {
    const [one, two] = [await register(), await register()];
    const { access_token: token } = await one.signIn(new Visitor(service));
    const told = async (portal: RelyingParty) =>
      (await (await post('/token/introspection', { token }, basic(portal))).json()) as { active: boolean };
    expect([await told(one), await told(two)]).toMatchObject([{ active: true }, { active: false }]);
    expect((await post('/token/revocation', { token }, basic(two))).status).toBe(400);
    expect(await told(one)).toMatchObject({ active: true });
    const revoked = await post('/token/revocation', { token }, basic(one));
    // Some clients take no answer that is not JSON.
    expect([revoked.status, await revoked.json()]).toEqual([200, {}]);
    expect(await told(one)).toMatchObject({ active: false });
  });
});

describe('a wish to sign out', () => {
  const end = async (visitor: Visitor, fields: Fields) => {
    const url = new URL(`${issuer}/session/end`);
    url.search = String(new URLSearchParams(fields));
    const asked = await visitor.open(url);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1];
    if (xsrf === undefined) return asked;
    return visitor.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
  };
  const bye = (portal: RelyingParty) => `https://${portal.id}.example/bye`;

  it('by the ID token alone ends on a page of the service', async () => {
    const [portal, visitor] = [await register(), new Visitor(service)];
    const { id_token: hint = '' } = await portal.signIn(visitor);
    expect((await end(visitor, { id_token_hint: hint })).url.pathname).toBe('/oidc/session/end/success');
  });

  it('by identifier and registered address alone goes back there, with the state', async () => {
    const [portal, visitor] = [await register(), new Visitor(service)];
    await portal.signIn(visitor);
    const fields = { client_id: portal.id, post_logout_redirect_uri: bye(portal), state: 's' };
    expect((await end(visitor, fields)).url.href).toBe(`${bye(portal)}?state=s`);
    expect(await portal.outcome(visitor, { prompt: 'none' })).toBe('login_required');
  });

  it('with an ID token that is over by now goes back as well', async () => {
    const [portal, visitor] = [await register(), new Visitor(service)];
    const { id_token: hint = '' } = await portal.signIn(visitor);
    service.pass(6 * 60_000);
    const back = await end(visitor, { id_token_hint: hint, post_logout_redirect_uri: bye(portal) });
    expect(back.url.href).toBe(bye(portal));
  });

  it('by POST is taken as by GET', async () => {
    const [portal, visitor] = [await register(), new Visitor(service)];
    const { id_token: hint = '' } = await portal.signIn(visitor);
    const posted = await post('/session/end', { id_token_hint: hint });
    const asked = await visitor.open(posted.headers.get('location') ?? '');
    expect(asked.text).toContain('name="xsrf"');
  });

  it.each([
    ['a changed ID token', (hint: string) => ({ id_token_hint: `${hint.slice(0, -8)}AAAAAAAA` })],
    [
      'an ID token of another portal than the identifier',
      (hint: string) => ({ id_token_hint: hint, client_id: 'x' }),
    ],
    [
      'a registered address with a bit more',
      (hint: string, id: string) => ({
        id_token_hint: hint,
        post_logout_redirect_uri: `https://${id}.example/bye?x=1`,
      }),
    ],
  ])('with %s ends on a page that says so, and nothing ends', async (_, fields) => {
    const [portal, visitor] = [await register(), new Visitor(service)];
    const { id_token: hint = '' } = await portal.signIn(visitor);
    const stop = await end(visitor, fields(hint, portal.id) as Fields);
    expect([stop.isAway, stop.status]).toEqual([false, 400]);
    expect(await portal.outcome(visitor, { prompt: 'none' })).toBe('code');
  });

  it('of nobody who is signed in ends on the same page', async () => {
    expect((await end(new Visitor(service), {})).url.pathname).toBe('/oidc/session/end/success');
  });
});
