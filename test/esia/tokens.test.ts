import { randomUUID, verify, X509Certificate } from 'node:crypto';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import {
  answerTo,
  askCms,
  codeOf,
  dataAt,
  decoded,
  post,
  startFront,
  type TestFront,
  type TokenReply,
  takeRaw,
  tokenForm,
} from './flow.ts';
import { authorizationForm, signCms, signRaw, toSign } from './system.ts';

let front: TestFront;
beforeAll(async () => {
  front = await startFront();
});
afterAll(() => front.service.dispose());

const publicBase = () => front.base.replace('127.0.0.1', 'localhost');

/** Certificates as they are published, DER. */
async function publishedCertificates(): Promise<readonly Uint8Array[]> {
  const response = await fetch(`${front.base}/public/esia.zip`);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return Object.values(files).map((text) => new Uint8Array(new X509Certificate(Buffer.from(text)).raw));
}

async function tokensFor(scope: string, more: Record<string, string> = {}): Promise<TokenReply> {
  const code = await codeOf(front, { scope, ...more });
  return takeRaw(front, tokenForm({ code }));
}

describe('tokens', () => {
  it('of v2 and v3 have the headers and claims that ЕСИА’s clients expect', async () => {
    const code = await codeOf(front);
    const form = tokenForm({ code });
    const { status, body } = await takeRaw(front, form);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, state: form.state });
    expect(body.refresh_token).toMatch(/^[0-9a-f-]{36}$/);
    const { header, claims } = decoded(body.access_token);
    expect(header).toEqual({ ver: 1, typ: 'JWT', sbt: 'access', alg: 'RS256' });
    const oid = claims['urn:esia:sbj_id'] as number;
    expect(oid).toBeGreaterThan(999_999_999);
    expect(claims).toMatchObject({ client_id: 'SYSTEM', iss: `${publicBase()}/` });
    expect(claims).not.toHaveProperty('aud');
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
    expect(claims.scope).toBe(
      `openid fullname?oid=${oid} snils?oid=${oid} inn?oid=${oid} usr_org?oid=${oid}`,
    );
    const id = decoded(String(body.id_token));
    expect(id.header).toEqual({ ver: 0, typ: 'JWT', sbt: 'id', alg: 'RS256' });
    expect(id.claims).toMatchObject({
      ...{ aud: 'SYSTEM', sub: oid, amr: 'DS', 'urn:esia:amd': 'DS', 'urn:esia:sid': claims['urn:esia:sid'] },
      'urn:esia:sbj': {
        'urn:esia:sbj:typ': 'P',
        'urn:esia:sbj:is_tru': true,
        'urn:esia:sbj:oid': oid,
        'urn:esia:sbj:nam': `OID.${oid}`,
      },
    });
  });

  it('signed in RS256 hold under a certificate of the published bundle and not under the other', async () => {
    const { body } = await tokensFor('openid');
    const [header, payload, signature = ''] = body.access_token.split('.');
    const outcomes = (await publishedCertificates()).map((der) => {
      const key = publicKeyOf(parseCertificate(der).publicKey);
      if (key.family !== 'rsa') return key.family;
      return verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        key.handle,
        Buffer.from(signature, 'base64url'),
      );
    });
    expect(outcomes.sort()).toEqual(['gost2012', true]);
  });

  it('are no longer than the access token’s hour, and of the ID token’s three', async () => {
    const { body } = await tokensFor('openid');
    const { claims } = decoded(String(body.id_token));
    expect(Number(claims.exp) - Number(claims.iat)).toBe(10_800);
  });

  it('come without an ID token where openid is not asked for, and without refresh where access is online', async () => {
    const { body } = await tokensFor('fullname', { access_type: 'online' });
    expect(body).not.toHaveProperty('id_token');
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('name the same person by the same number, which holds none of their numbers', async () => {
    const first = decoded((await tokensFor('openid')).body.access_token).claims['urn:esia:sbj_id'];
    const again = decoded((await tokensFor('openid')).body.access_token).claims['urn:esia:sbj_id'];
    expect(first).toBe(again);
    for (const number of ['500100732259', '11223344595', '7707083893'])
      expect(number).not.toContain(String(first));
  });

  it('are published in a JWKS with their certificates', async () => {
    const response = await fetch(`${front.base}/public/jwks.json`);
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['GOST3410_2012_256', 'RS256']);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });

  it('are given again for a refresh token, which is good once', async () => {
    const { body } = await tokensFor('openid fullname');
    const refresh = (token: unknown) =>
      takeRaw(front, tokenForm({ grant_type: 'refresh_token', refresh_token: String(token) }));
    const next = await refresh(body.refresh_token);
    expect(next.status).toBe(200);
    expect(decoded(next.body.access_token).claims.scope).toContain('fullname');
    expect(await refresh(body.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: expect.stringMatching(/^ESIA-007011/) },
    });
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it('are given again where the refresh token is signed in place of an address of return, and not in addition to one', async () => {
    const { body } = await tokensFor('openid');
    const refresh_token = String(body.refresh_token);
    const { redirect_uri, ...form } = tokenForm({ grant_type: 'refresh_token', refresh_token });
    const signed = (text: string) => ({ client_secret: signRaw(front.gost, text) });
    const both = { ...form, redirect_uri: redirect_uri ?? '' };
    const refused = await takeRaw(front, both, signed(`${toSign('v2', both)}${refresh_token}`));
    expect(refused.body.error_description).toMatch(/^ESIA-007053/);
    const other = await takeRaw(front, form, signed(`${toSign('v2', form)}${randomUUID()}`));
    expect(other.body.error_description).toMatch(/^ESIA-007053/);
    expect((await takeRaw(front, form, signed(`${toSign('v2', form)}${refresh_token}`))).status).toBe(200);
  });

  it('of v1 are given for CMS, with the callback’s own parameters behind redirect_uri', async () => {
    const code = (await answerTo(front, await askCms(front, authorizationForm()))).get('code') ?? '';
    const redirect_uri = `https://portal.example/back?code=${code}&state=x`;
    const form = tokenForm({ code, redirect_uri });
    const client_secret = await signCms(front.rsa, toSign('v1', form));
    const { status, body } = await post(front, '/aas/oauth2/te', { ...form, client_secret });
    expect(body).toMatchObject({ state: form.state });
    expect(status).toBe(200);
  });

  it('are given where some parameters stand in the address and some in the body', async () => {
    const code = (await answerTo(front, await askCms(front, authorizationForm()))).get('code') ?? '';
    const { client_id = '', state = '', ...form } = tokenForm({ code });
    const client_secret = await signCms(front.rsa, toSign('v1', { ...form, client_id, state }));
    const address = new URLSearchParams({ client_id, state });
    expect(await post(front, `/aas/oauth2/te?${address}`, { ...form, client_secret })).toMatchObject({
      status: 200,
    });
  });

  it('are given where identifier and secret stand in the header, and not where they contradict the body', async () => {
    const code = (await answerTo(front, await askCms(front, authorizationForm()))).get('code') ?? '';
    const { client_id = '', ...form } = tokenForm({ code });
    const secret = await signCms(front.rsa, toSign('v1', { ...form, client_id }));
    const ask = (more: Record<string, string>) =>
      fetch(`${front.base}/aas/oauth2/te`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ ...form, ...more }),
      });
    expect(await (await ask({ client_id: 'OTHER' })).json()).toMatchObject({
      error_description: expect.stringMatching(/^ESIA-007003/),
    });
    expect((await ask({})).status).toBe(200);
  });

  it('open nothing once the session has ended', async () => {
    const { body } = await tokensFor('openid fullname');
    const oid = decoded(body.access_token).claims['urn:esia:sbj_id'];
    expect((await dataAt(front, `/rs/prns/${oid}`, body.access_token)).status).toBe(200);
    await front.person.get(`/esia/idp/ext/Logout?client_id=SYSTEM&redirect_url=https://portal.example/`);
    expect(await dataAt(front, `/rs/prns/${oid}`, body.access_token)).toMatchObject({
      status: 401,
      body: { code: 'ESIA-005011' },
    });
    const form = tokenForm({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token) });
    expect((await takeRaw(front, form)).status).toBe(400);
  });
});

describe('tokens of a system that is registered for GOST, with an issuer of its own', () => {
  it('are signed in GOST3410_2012_256, and hold under the published certificate', async () => {
    const own = await startFront('/', {
      tokenAlgorithm: 'GOST3410_2012_256',
      issuer: 'http://esia-portal1.test.gosuslugi.ru/',
    });
    try {
      const { body } = await takeRaw(own, tokenForm({ code: await codeOf(own) }));
      const { header, claims } = decoded(body.access_token);
      expect(header.alg).toBe('GOST3410_2012_256');
      expect(claims.iss).toBe('http://esia-portal1.test.gosuslugi.ru/');
      const { keys } = (await (await fetch(`${own.base}/public/jwks.json`)).json()) as {
        keys: { alg: string; x5c: string[] }[];
      };
      const { x5c: [der = ''] = [] } = keys.find(({ alg }) => alg === 'GOST3410_2012_256') ?? {};
      const key = publicKeyOf(parseCertificate(Buffer.from(der, 'base64')).publicKey);
      const [first, second, signature = ''] = body.access_token.split('.');
      const octets = Buffer.from(signature, 'base64url');
      if (key.family === 'unusable') throw new Error(key.kind);
      const holds = (data: string) =>
        verifySignatureValue({ family: 'gost2012', digest: 'streebog256' }, key, Buffer.from(data), octets);
      expect([holds(`${first}.${second}`), holds(`${first}.${second}x`)]).toEqual([true, false]);
      expect((await dataAt(own, `/rs/prns/${claims['urn:esia:sbj_id']}`, body.access_token)).status).toBe(
        200,
      );
    } finally {
      await own.service.dispose();
    }
  });
});
