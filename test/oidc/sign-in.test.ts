import { createPublicKey, verify } from 'node:crypto';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policySchema } from '../../src/relying-party/registration.ts';
import { startTestService, type TestService, verifyTestSignature } from '../service/portal.ts';
import { RelyingParty } from './relying-party.ts';
import { Visitor } from './visitor.ts';

const kc2 = 'urn:oid:1.2.643.100.113.2';

let service: TestService;
let visitor: Visitor;
let signatures: number;
let organisation: { inn: string; ogrn: string; name: string } | undefined;
beforeEach(async () => {
  signatures = 0;
  organisation = undefined;
  service = await startTestService(
    {
      async verifyLogin(input) {
        signatures += 1;
        const verified = await verifyTestSignature(input);
        return {
          ...verified,
          ...(organisation ? { organisation } : {}),
          acr: kc2,
          signer: { ...verified.signer, snils: '11223344595' },
        };
      },
    },
    { SEALGATE_ISSUER: 'https://sign.example' },
  );
  visitor = new Visitor(service);
});
afterEach(() => service.dispose());

describe('a portal with openid-client', () => {
  it('signs an organisation in and is told what it asked for, and no more', async () => {
    const portal = await RelyingParty.register(service, 'portal');
    const tokens = await portal.signIn(visitor);
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      iss: 'https://sign.example/oidc',
      sub: 'ogrn:1027700132195',
      aud: 'portal',
      acr: 'urn:sealgate:qualified:kc2',
      amr: ['hwk'],
    });
    const info = await openid.fetchUserInfo(portal.config, tokens.access_token, claims?.sub ?? '');
    expect(info).toEqual({
      sub: 'ogrn:1027700132195',
      acr: 'urn:sealgate:qualified:kc2',
      amr: ['hwk'],
      auth_time: claims?.auth_time,
      organisation: { inn: '7707083893', ogrn: '1027700132195', name: 'ПАО «Ромашка»' },
      name: 'Иванова Анна Петровна',
      signer: { name: 'Иванова Анна Петровна', position: 'Директор' },
    });
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('finds the same keys as those of assertions, and they verify its token by whatever library', async () => {
    const portal = await RelyingParty.register(service, 'portal');
    const { id_token: token = '' } = await portal.signIn(visitor);
    const own = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    const oidc = (await (await fetch(`${service.url}/oidc/jwks`)).json()) as typeof own;
    expect(oidc.keys.map(({ kid }) => kid)).toEqual(own.keys.map(({ kid }) => kid));
    const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
    const { protectedHeader } = await jwtVerify(token, keys, { audience: 'portal' });
    expect(protectedHeader.alg).toBe('ES256');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const key = createPublicKey({ key: own.keys[0] as unknown as Record<string, string>, format: 'jwk' });
    const data = Buffer.from(`${header}.${payload}`);
    const raw = Buffer.from(signature, 'base64url');
    expect(verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
  });

  it('goes on with a new key once that has taken over, and tokens of the old one stay good', async () => {
    const portal = await RelyingParty.register(service, 'portal');
    const before = await portal.signIn(visitor);
    await service.service.assertionKeys.rotate(service.service.now(), { compromised: false });
    service.pass(11 * 60_000);
    const keys = (await (await fetch(`${service.url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
    expect(keys.keys).toHaveLength(2);
    await expect(
      openid.fetchUserInfo(portal.config, before.access_token, 'ogrn:1027700132195'),
    ).resolves.toHaveProperty('organisation');
  });

  it.each([
    ['client_secret_post', (secret: string) => openid.ClientSecretPost(secret)],
    ['none', () => openid.None()],
  ] as const)('may prove itself by %s where it is registered so', async (authentication, method) => {
    const portal = await RelyingParty.register(service, 'portal', { authentication }, {}, method);
    await expect(portal.signIn(visitor)).resolves.toHaveProperty('id_token');
  });

  it('may prove itself by a signed statement, and may sign its requests and push them', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kty: 'EC' as const, kid: 'k' }] };
    const portal = await RelyingParty.register(
      service,
      'portal',
      { authentication: 'private_key_jwt', jwks, requireSignedRequest: true },
      {},
      () => openid.PrivateKeyJwt({ key: privateKey, kid: 'k' }),
    );
    const { url, checks } = await portal.request();
    const parameters = Object.fromEntries(url.searchParams);
    const signed = await openid.buildAuthorizationUrlWithJAR(portal.config, parameters, {
      key: privateKey,
      kid: 'k',
    });
    const pushed = await openid.buildAuthorizationUrlWithPAR(portal.config, signed.searchParams);
    const { url: back } = await visitor.open(pushed);
    await expect(openid.authorizationCodeGrant(portal.config, back, checks)).resolves.toHaveProperty(
      'id_token',
    );
    const plain = await portal.outcome(new Visitor(service));
    expect(plain).toBe('invalid_request');
  });

  it('is given a refresh token only where the operator turned that on', async () => {
    const portal = await RelyingParty.register(service, 'portal', { refreshTokens: true });
    const { refresh_token: token = '' } = await portal.signIn(visitor);
    const again = await openid.refreshTokenGrant(portal.config, token);
    expect(again.claims()?.sub).toBe('ogrn:1027700132195');
  });

  it('calls from its registered network only, where it has one', async () => {
    const allowed = await RelyingParty.register(service, 'near', {}, { networks: ['127.0.0.0/8', '::1'] });
    await expect(allowed.signIn(visitor)).resolves.toHaveProperty('id_token');
    const far = await RelyingParty.register(service, 'far', {}, { networks: ['192.0.2.0/24'] });
    await expect(far.signIn(visitor)).rejects.toMatchObject({ status: 401 });
  });
});

describe('the name of an organisation', () => {
  it('is its own for each host where it is registered as pairwise, and stays the same', async () => {
    const [one, two] = [
      await RelyingParty.register(service, 'one', { subject: 'pairwise' }),
      await RelyingParty.register(service, 'two', { subject: 'pairwise' }),
    ];
    const first = (await one.signIn(visitor)).claims()?.sub;
    expect((await one.signIn(new Visitor(service))).claims()?.sub).toBe(first);
    expect((await two.signIn(visitor)).claims()?.sub).not.toBe(first);
    expect(first).toMatch(/^[\w-]{43}$/);
  });
});

describe('consent', () => {
  it('names every field in words, and goes back with access_denied where it is not given', async () => {
    const scopes = ['openid', 'organisation', 'signer', 'signer.snils', 'powers'] as const;
    const portal = await RelyingParty.register(service, 'portal', { scopes: [...scopes] });
    const { url } = await portal.request({ scope: scopes.join(' '), ui_locales: 'ru' });
    visitor.isWilling = false;
    const signIn = await visitor.open(url);
    const asked = await visitor.sign(signIn.url);
    for (const words of [
      'Организация',
      'ПАО «Ромашка»',
      'Ваш СНИЛС',
      '11223344595',
      'Ваше право действовать',
    ])
      expect(asked.text).toContain(words);
    expect(asked.text).toContain('https://portal.example');
    const back = await visitor.answer(asked, 'decline');
    expect(back.url.searchParams.get('error')).toBe('access_denied');
  });

  it('is asked once for a portal, again for more, and for each portal by itself', async () => {
    const scopes = ['openid', 'organisation', 'signer', 'signer.snils'] as const;
    const portal = await RelyingParty.register(service, 'portal', { scopes: [...scopes] });
    const other = await RelyingParty.register(service, 'other');
    const asked = (visits: Visitor) => visits.passed.filter((path) => path.endsWith('/consent')).length;
    await portal.signIn(visitor);
    expect(asked(visitor)).toBe(1);
    const second = new Visitor(service);
    await portal.signIn(second);
    expect(asked(second)).toBe(0);
    await portal.signIn(second, { scope: 'openid organisation signer signer.snils' });
    expect(asked(second)).toBe(1);
    await other.signIn(second);
    expect(asked(second)).toBe(2);
    expect(signatures).toBe(2);
  });

  it('is not asked where the operator says that the portal is his own', async () => {
    const portal = await RelyingParty.register(service, 'portal', { consent: 'waived' });
    await portal.signIn(visitor);
    expect(visitor.passed.filter((path) => path.endsWith('/consent'))).toEqual([]);
  });

  it('is asked for single claims as well, and those come in the ID token', async () => {
    const portal = await RelyingParty.register(service, 'portal');
    const claims = JSON.stringify({ id_token: { organisation: null } });
    const tokens = await portal.signIn(visitor, { scope: 'openid', claims });
    expect(tokens.claims()?.organisation).toMatchObject({ inn: '7707083893' });
    expect(visitor.passed.filter((path) => path.endsWith('/consent'))).toHaveLength(1);
  });
});

describe('one signature for several portals', () => {
  it('lets a browser in at a second portal with tokens of its own', async () => {
    const [one, two] = [
      await RelyingParty.register(service, 'one'),
      await RelyingParty.register(service, 'two'),
    ];
    const first = await one.signIn(visitor);
    const second = await two.signIn(visitor);
    expect(signatures).toBe(1);
    expect(second.claims()).toMatchObject({ aud: 'two', sub: first.claims()?.sub });
    expect(second.access_token).not.toBe(first.access_token);
  });

  it.each([
    ['a class of tool', { minimumClass: 'KC2' }],
    ['a connected carrier', { requireConnectedCarrier: true }],
    ['the register', { requireRegistered: true }],
    ['a power', { acceptedPowers: ['sign-in'] }],
    ['a fresh revocation answer', { revocation: { requireNonce: true } }],
  ])('is not enough for a portal that asks for %s: the same organisation signs again', async (_, policy) => {
    const one = await RelyingParty.register(service, 'one');
    const two = await RelyingParty.register(service, 'two', {}, { policy: policySchema.parse(policy) });
    const first = await one.signIn(visitor);
    const second = await two.signIn(visitor);
    expect(signatures).toBe(2);
    expect(second.claims()?.sub).toBe(first.claims()?.sub);
    await two.signIn(visitor);
    expect(signatures).toBe(2);
  });

  it('that is renewed for one portal leaves what the other was given, under the same name', async () => {
    const policy = policySchema.parse({ minimumClass: 'KC2' });
    const one = await RelyingParty.register(service, 'one', { consent: 'waived' });
    const two = await RelyingParty.register(service, 'two', { consent: 'waived' }, { policy });
    const first = await one.signIn(visitor);
    const second = await two.signIn(visitor);
    const info = (portal: RelyingParty, token: string) =>
      openid.fetchUserInfo(portal.config, token, first.claims()?.sub ?? '');
    await expect(info(one, first.access_token)).resolves.toHaveProperty('organisation');
    await expect(info(two, second.access_token)).resolves.toHaveProperty('organisation');
    await one.signIn(visitor);
    expect(signatures).toBe(2);
  });

  it('by another organisation takes the place of the one before, whose portals are told', async () => {
    const one = await RelyingParty.register(service, 'one', { consent: 'waived' });
    const first = await one.signIn(visitor);
    organisation = { inn: '5001007322', ogrn: '1027700132999', name: 'АО «Лютик»' };
    const second = await one.signIn(visitor, { prompt: 'login' });
    expect(second.claims()?.sub).toBe('ogrn:1027700132999');
    const info = (tokens: typeof first) =>
      openid.fetchUserInfo(one.config, tokens.access_token, openid.skipSubjectCheck);
    await expect(info(second)).resolves.toMatchObject({ organisation: { name: 'АО «Лютик»' } });
    await expect(info(first)).rejects.toThrow();
  });

  it('is enough for a portal that asks for less', async () => {
    const policy = policySchema.parse({ minimumClass: 'KC2' });
    const one = await RelyingParty.register(service, 'one', {}, { policy });
    const two = await RelyingParty.register(service, 'two');
    await one.signIn(visitor);
    await two.signIn(visitor);
    expect(signatures).toBe(1);
  });
});

describe('what a request asks for', () => {
  it.each([
    ['prompt=none before any sign-in', { prompt: 'none' }, 'login_required'],
    [
      'a class that there is none of',
      { acr_values: 'urn:example:gold' },
      'unmet_authentication_requirements',
    ],
    [
      'a class above that of the tool',
      { acr_values: 'urn:sealgate:qualified:ka1' },
      'unmet_authentication_requirements',
    ],
    ['the class of the tool', { acr_values: 'urn:sealgate:qualified:kc2' }, 'code'],
    ['a class below', { acr_values: 'urn:sealgate:qualified:kc1' }, 'code'],
    ['an organisation', { login_hint: '7707083893' }, 'code'],
  ])('is answered for %s (%j) with %s', async (_, parameters, outcome) => {
    const portal = await RelyingParty.register(service, 'portal');
    expect(await portal.outcome(visitor, parameters)).toBe(outcome);
  });

  it.each([
    ['prompt=none', { prompt: 'none' }, 1],
    ['prompt=login', { prompt: 'login' }, 2],
    ['a fresh signature', { max_age: '0' }, 2],
    ['a signature of today', { max_age: '86400' }, 1],
    ['another organisation', { login_hint: '5001007322' }, 2],
    ['the same organisation', { login_hint: '7707083893' }, 1],
    ['a name that is no INN', { login_hint: 'somebody' }, 1],
  ])('after a sign-in, %s (%j), is granted after %i signatures in all', async (_, parameters, count) => {
    const portal = await RelyingParty.register(service, 'portal');
    await portal.signIn(visitor);
    if ('max_age' in parameters) await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await portal.outcome(visitor, parameters)).toBe('code');
    expect(signatures).toBe(count);
  });

  it('shows the organisation of the hint in the text that is signed, in the language that was asked for', async () => {
    const portal = await RelyingParty.register(service, 'portal');
    visitor.isWilling = false;
    const { url } = await portal.request({ login_hint: '7707083893', ui_locales: 'en-US ru' });
    const { text } = await visitor.open(url);
    expect(text).toContain('7707083893');
    expect(text).toContain('Portal portal');
  });
});
