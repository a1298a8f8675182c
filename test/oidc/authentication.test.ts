import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keySetOf } from '../../src/relying-party/key-set.ts';
import type { OidcRegistration } from '../../src/relying-party/oidc-registration.ts';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { startTestService, type TestService } from '../service/portal.ts';
import { localhostCertificate } from '../tls.ts';
import { startTlsProxy, type TlsProxy } from './tls-proxy.ts';

const issuer = 'https://sign.example/oidc';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let service: TestService;
beforeAll(async () => {
  service = await startTestService(
    {},
    {
      SEALGATE_ISSUER: 'https://sign.example',
      SEALGATE_CLIENT_CERTIFICATE_HEADER: 'Client-Cert',
      SEALGATE_CLIENT_CERTIFICATE_PROXIES: '127.0.0.1',
      SEALGATE_KEY_SET_NETWORKS: '127.0.0.1',
      SEALGATE_OPEN_REQUESTS_PER_SECOND: '1000',
    },
  );
});
afterAll(() => service.dispose());

async function register(id: string, oidc: Partial<OidcRegistration>): Promise<string> {
  const registration = registrationSchema.parse({
    id,
    name: { en: id, ru: id },
    origins: ['https://portal.example'],
    oidc: oidcRegistrationSchema.parse({ redirectUris: ['https://portal.example/back'], ...oidc }),
  });
  return (await service.service.clients.add(registration, service.service.now())).secret;
}

/** What a relying party is answered that proves itself so: 200, or the error. */
async function proven(
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  { url = service.url, dispatcher }: { url?: string; dispatcher?: Agent } = {},
): Promise<number | string> {
  const reply = await fetch(`${url}/oidc/token/introspection`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ token: 'x', ...fields }),
    ...(dispatcher ? { dispatcher } : {}),
  });
  const body = (await reply.json()) as { readonly error?: string };
  return reply.status === 200 ? 200 : `${reply.status} ${body.error}`;
}

describe('a secret', () => {
  let secret: string;
  beforeAll(async () => {
    secret = await register('secret', {});
  });
  const basic = (id: string, word: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${word}`).toString('base64')}`,
  });

  it('is taken from the header, form-encoded or as it is, and from the body', async () => {
    expect(await proven({}, basic('secret', secret))).toBe(200);
    const escaped = [...secret].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join('');
    expect(await proven({}, basic('secre%74', escaped))).toBe(200);
    expect(await proven({ client_id: 'secret', client_secret: secret })).toBe(200);
  });

  it.each([
    [
      'in both places at once',
      () => [{ client_id: 'secret', client_secret: secret }, basic('secret', secret)],
    ],
    ['with another identifier in the body', () => [{ client_id: 'other' }, basic('secret', secret)] as const],
  ])('%s is refused', async (_, given) => {
    const [fields, headers] = given();
    expect(await proven(fields, headers)).toBe('400 invalid_request');
  });

  it.each([
    ['with one letter more', () => basic('secret', `${secret}x`)],
    ['of nobody', () => basic('nobody', secret)],
  ])('%s is refused', async (_, headers) => {
    expect(await proven({}, headers())).toBe('401 invalid_client');
  });

  it('is needed by whoever has one', async () => {
    expect(await proven({ client_id: 'secret' })).toBe('401 invalid_client');
  });
});

describe('a signed statement', () => {
  const now = () => Math.floor(Date.now() / 1000);
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let count = 0;
  beforeAll(async () => {
    pair = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kty: 'EC' as const, kid: 'k' };
    await register('statement', { authentication: 'private_key_jwt', jwks: { keys: [jwk] } });
  });
  const claims = (more: object = {}) => ({
    ...{ iss: 'statement', sub: 'statement', aud: issuer, iat: now(), exp: now() + 60, jti: `j${count++}` },
    ...more,
  });
  const send = (assertion: string) =>
    proven({ client_assertion_type: jwtBearer, client_assertion: assertion });
  const sign = (more: object, key: Parameters<SignJWT['sign']>[0] = pair.privateKey, alg = 'ES256') =>
    new SignJWT(claims(more)).setProtectedHeader({ alg, kid: 'k' }).sign(key);

  it.each([
    ['the issuer', issuer],
    ['the token endpoint', `${issuer}/token`],
    ['the endpoint that is asked', `${issuer}/token/introspection`],
    ['several, the issuer among them', ['https://other.example', issuer]],
  ])('for %s is taken', async (_, aud) => {
    expect(await send(await sign({ aud }))).toBe(200);
  });

  it.each([
    ['for another service', { aud: 'https://other.example/token' }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'other' }],
    ['of another subject', { sub: 'other' }],
    ['that is over', { exp: now() - 60 }],
    ['without an end', { exp: undefined }],
    ['that is not good yet', { nbf: now() + 600 }],
    ['without a number', { jti: undefined }],
  ])('%s is refused', async (_, more) => {
    expect(await send(await sign(more))).toBe('401 invalid_client');
  });

  it('by another key, by a shared secret and by nobody is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(await send(await sign({}, privateKey))).toBe('401 invalid_client');
    expect(await send(await sign({}, Buffer.alloc(32), 'HS256'))).toBe('401 invalid_client');
    expect(await send(new UnsecuredJWT(claims()).encode())).toBe('401 invalid_client');
  });

  it('is taken once', async () => {
    const assertion = await sign({});
    expect([await send(assertion), await send(assertion)]).toEqual([200, '401 invalid_client']);
  });

  it('of whom a secret is registered for is refused', async () => {
    await register('worded', {});
    const word = await sign({ iss: 'worded', sub: 'worded' });
    expect(await send(word)).toBe('401 invalid_client');
  });
});

describe('keys that a relying party publishes', () => {
  let publisher: Server;
  let address: string;
  let published: { status: number; headers: Record<string, string>; body: string };
  let asked: number;
  let count = 0;
  beforeAll(async () => {
    publisher = createServer((_request, response) => {
      asked += 1;
      response.writeHead(published.status, published.headers).end(published.body);
    });
    await new Promise<void>((resolve) => publisher.listen(0, '::', resolve));
    address = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => void publisher.close());

  const publish = (...keys: readonly JWK[]) => {
    asked = 0;
    published = {
      status: 200,
      headers: { 'cache-control': 'max-age=86400' },
      body: JSON.stringify({ keys }),
    };
  };
  const newKey = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    return { jwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
  };
  const send = async (id: string, kid: string, key: Parameters<SignJWT['sign']>[0]) => {
    const statement = new SignJWT({ jti: `p${count++}` }).setProtectedHeader({ alg: 'ES256', kid });
    statement.setIssuer(id).setSubject(id).setAudience(issuer).setIssuedAt().setExpirationTime('1m');
    return proven({ client_assertion_type: jwtBearer, client_assertion: await statement.sign(key) });
  };
  const registerAt = async (id: string, jwksUri: string) =>
    register(id, { authentication: 'private_key_jwt', jwksUri });

  it('are fetched again after a minute, and not before, whatever their publisher says of it', async () => {
    const [first, second] = [await newKey('1'), await newKey('2')];
    publish(first.jwk);
    await registerAt('publisher', address);
    expect(await send('publisher', '1', first.privateKey)).toBe(200);
    expect(await send('publisher', '1', first.privateKey)).toBe(200);
    expect(asked).toBeLessThanOrEqual(2);
    publish(second.jwk);
    service.pass(60_000);
    expect(await send('publisher', '1', first.privateKey)).toBe('401 invalid_client');
    expect(await send('publisher', '2', second.privateKey)).toBe(200);
  });

  it.each([
    ['answers with a redirect', { status: 302, headers: { location: '/other' }, body: '' }],
    ['answers with too much', { status: 200, headers: {}, body: `{"keys":[]}${' '.repeat(200_000)}` }],
    ['answers with no key set', { status: 200, headers: {}, body: '[]' }],
    ['fails', { status: 500, headers: {}, body: '' }],
  ])('are none where the publisher %s', async (name, answer) => {
    const { privateKey } = await newKey('1');
    const id = `none-${name.replaceAll(' ', '-')}`;
    await registerAt(id, `${address}?${id}`);
    published = answer;
    expect(await send(id, '1', privateKey)).toBe('401 invalid_client');
  });

  it('are not fetched from an address that is not meant for it', async () => {
    const { jwk, privateKey } = await newKey('1');
    publish(jwk);
    await registerAt('inside', address.replace('127.0.0.1', '[::1]'));
    expect(await send('inside', '1', privateKey)).toBe('401 invalid_client');
    expect(asked).toBe(0);
  });
});

describe('a certificate of TLS', () => {
  let own: { key: string; cert: string };
  let other: { key: string; cert: string };
  let proxy: TlsProxy;
  const agents: Agent[] = [];
  beforeAll(async () => {
    [own, other] = [await localhostCertificate(1), await localhostCertificate(1)];
    proxy = await startTlsProxy(service.url, other);
    const jwks = oidcRegistrationSchema.shape.jwks.parse(keySetOf([new X509Certificate(own.cert).raw]));
    await register('tls', { authentication: 'self_signed_tls_client_auth', ...(jwks ? { jwks } : {}) });
  });
  afterAll(async () => {
    for (const agent of agents) await agent.close();
    await proxy.close();
  });
  const agent = (options: Agent.Options): Agent => {
    const made = new Agent(options);
    agents.push(made);
    return made;
  };
  const tls = (shown: object, headers = {}): Promise<number | string> =>
    proven({ client_id: 'tls' }, headers, {
      url: proxy.url,
      dispatcher: agent({ connect: { ...shown, rejectUnauthorized: false } }),
    });
  const der = () => new X509Certificate(own.cert).raw;

  it('that is registered is taken, shown to the proxy', async () => {
    expect(await tls(own)).toBe(200);
  });

  it('of somebody else is refused, and so is none', async () => {
    expect(await tls(other)).toBe('401 invalid_client');
    expect(await tls({})).toBe('401 invalid_client');
  });

  it('is not taken from a header that the client itself sets, through the proxy', async () => {
    expect(await tls({}, { 'client-cert': `:${der().toString('base64')}:` })).toBe('401 invalid_client');
  });

  it('is not taken from a header that comes from another address than the proxy’s', async () => {
    const header = { 'client-cert': `:${der().toString('base64')}:` };
    const from = (localAddress: string): Promise<number | string> =>
      proven({ client_id: 'tls' }, header, { dispatcher: agent({ localAddress }) });
    expect(await from('127.0.0.1')).toBe(200);
    expect(await from('127.0.0.2')).toBe('401 invalid_client');
  });

  it('is no other way for somebody who has a secret', async () => {
    await register('both', {});
    const header = { 'client-cert': `:${der().toString('base64')}:` };
    expect(await proven({ client_id: 'both' }, header)).toBe('401 invalid_client');
  });

  it.each<readonly [string, () => string, number | string]>([
    ['base64', () => der().toString('base64'), 200],
    ['PEM, percent-encoded', () => encodeURIComponent(own.cert), 200],
    ['PEM on one line', () => own.cert.trim().replaceAll('\n', ' '), 200],
    ['twice', () => `:${der().toString('base64')}:, :${der().toString('base64')}:`, '401 invalid_client'],
    [
      'with octets behind it',
      () => Buffer.concat([der(), Buffer.of(0)]).toString('base64'),
      '401 invalid_client',
    ],
    ['cut off', () => der().subarray(0, -1).toString('base64'), '401 invalid_client'],
    ['as broken percent-encoding', () => '-----BEGIN%20CERTIFICATE-----%', '401 invalid_client'],
    ['as its hash alone', () => new X509Certificate(own.cert).fingerprint256, '401 invalid_client'],
  ])('given as %s', async (_, write, outcome) => {
    expect(await proven({ client_id: 'tls' }, { 'client-cert': write() })).toBe(outcome);
  });

  it('is offered as a way only where a header is named, and otherwise nobody gets in by it', async () => {
    const methods = async (url: string): Promise<readonly string[]> => {
      const found = await fetch(`${url}/oidc/.well-known/openid-configuration`);
      return ((await found.json()) as { token_endpoint_auth_methods_supported: string[] })
        .token_endpoint_auth_methods_supported;
    };
    expect(await methods(service.url)).toContain('self_signed_tls_client_auth');
    const without = await startTestService();
    try {
      expect(await methods(without.url)).not.toContain('self_signed_tls_client_auth');
    } finally {
      await without.dispose();
    }
  });
});
