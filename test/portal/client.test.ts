import { generateKeyPair, type JWTPayload, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPortalClient, MemoryLedger, PortalError } from '../../src/portal/index.ts';
import { PlayedService } from './service.ts';

let service: PlayedService;
beforeAll(async () => {
  service = await PlayedService.start();
});
afterAll(() => service.close());

const binding = { origin: 'https://portal.example', browser: '0123456789abcdef' };

function client(options: Partial<Parameters<typeof createPortalClient>[0]> = {}) {
  return createPortalClient({ service: service.url, clientId: 'portal', clientSecret: 'secret', ...options });
}

async function failureOf(action: Promise<unknown>): Promise<PortalError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PortalError))
    throw new Error('it passed, or failed in another way', { cause: error });
  return error;
}

describe('challenge', () => {
  it('is asked for with the portal’s credentials and the browser’s binding, in the language of the call', async () => {
    const expiresAt = new Date(Date.now() + 300_000);
    service.answer('/v1/challenges', 200, { challenge: 'c.d.e', text: 'ВХОД', content: '', expiresAt });
    const challenge = await client().challenge({
      ...binding,
      language: 'ru',
      organisation: { inn: '9901001013' },
    });
    expect(challenge).toEqual({ challenge: 'c.d.e', text: 'ВХОД', content: Buffer.from('ВХОД'), expiresAt });
    const { headers, body } = service.received.at(-1)!;
    expect(headers.authorization).toBe(`Basic ${btoa('portal:secret')}`);
    expect(headers['accept-language']).toBe('ru');
    expect(JSON.parse(body)).toEqual({ ...binding, language: 'ru', organisation: { inn: '9901001013' } });
  });
});

describe('sign-in', () => {
  it('returns the claims of an assertion that is in order', async () => {
    const claims = service.claims();
    service.answer('/v1/logins', 200, { assertion: await service.sign(claims) });
    const signIn = await client().signIn({ ...binding, challenge: 'c', signature: Buffer.from('cms') });
    expect(signIn.claims).toMatchObject(claims);
    expect(signIn.expiresAt).toEqual(new Date(claims.exp! * 1000));
    expect(JSON.parse(service.received.filter(({ path }) => path === '/v1/logins').at(-1)!.body)).toEqual({
      ...binding,
      challenge: 'c',
      signature: 'Y21z',
      audience: 'portal',
    });
  });

  it('does not take an assertion on trust because the service sent it', async () => {
    service.answer('/v1/logins', 200, { assertion: await service.sign(service.claims({ aud: 'another' })) });
    const failure = await failureOf(
      client().signIn({ ...binding, challenge: 'c', signature: Buffer.from('cms') }),
    );
    expect(failure.code).toBe('assertion_invalid');
  });

  it('passes the service’s refusal on with cause, remedy and trace id', async () => {
    const problem = {
      type: 'urn:sealgate:failure:certificate_revoked',
      title: 'Сертификат отозван',
      status: 401,
      detail: 'Отозван 1 ноября.',
      code: 'certificate_revoked',
      stage: 'revocation',
      remedy: 'Получите новый.',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    };
    service.answer('/v1/logins', 401, problem, { 'content-type': 'application/problem+json' });
    const failure = await failureOf(
      client().signIn({ ...binding, challenge: 'c', signature: Buffer.from('cms') }),
    );
    const { code, status, title, detail, remedy, traceId, retryAfter } = failure;
    expect({ code, status, title, detail, remedy, traceId, retryAfter }).toEqual({
      code: 'certificate_revoked',
      status: 401,
      title: 'Сертификат отозван',
      detail: 'Отозван 1 ноября.',
      remedy: 'Получите новый.',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      retryAfter: undefined,
    });
  });

  it('says how long to wait where the service does', async () => {
    const problem = { code: 'revocation_unavailable', title: 'Down', status: 503 };
    service.answer('/v1/logins', 503, problem, { 'retry-after': '120' });
    const failure = await failureOf(
      client().signIn({ ...binding, challenge: 'c', signature: Buffer.from('cms') }),
    );
    expect(failure).toMatchObject({ code: 'revocation_unavailable', retryAfter: 120 });
  });
});

describe('assertion', () => {
  const now = Math.floor(Date.now() / 1000);
  const expired: JWTPayload = { iat: now - 400, exp: now - 100 };

  it.each([
    ['for another audience', { aud: 'another' }, 'assertion_invalid'],
    ['for several audiences of which the portal is none', { aud: ['a', 'b'] }, 'assertion_invalid'],
    ['of another issuer', { iss: 'https://evil.example' }, 'assertion_invalid'],
    ['that has expired', expired, 'assertion_expired'],
    ['without a term', { exp: undefined }, 'assertion_invalid'],
    ['that is not valid yet', { nbf: now + 3600 }, 'assertion_invalid'],
    ['without an organisation', { organisation: undefined }, 'assertion_invalid'],
    ['without an identifier', { jti: undefined }, 'assertion_invalid'],
  ] as const)('%s is refused', async (_, changes, code) => {
    const assertion = await service.sign(service.claims(changes as JWTPayload));
    expect((await failureOf(client().check(assertion))).code).toBe(code);
  });

  it('that expired within the tolerance is taken', async () => {
    const assertion = await service.sign(service.claims({ exp: now - 2 }));
    const claims = await client({ clockTolerance: 60 }).check(assertion);
    expect(claims.aud).toBe('portal');
  });

  it('signed with a key that is not the service’s is refused', async () => {
    const keys = await generateKeyPair('ES256');
    const underItsName = await service.sign(service.claims(), { keys });
    expect((await failureOf(client().check(underItsName))).code).toBe('assertion_invalid');
    const underAnother = await service.sign(service.claims(), { keys, kid: 'second' });
    expect((await failureOf(client().check(underAnother))).code).toBe('assertion_invalid');
  });

  it('that is not signed, changed, too long or of another type is refused', async () => {
    const unsigned = new UnsecuredJWT(service.claims()).encode();
    const good = await service.sign(service.claims());
    const [header, , signature] = good.split('.');
    const forged = Buffer.from(JSON.stringify(service.claims({ sub: 'ogrn:1' }))).toString('base64url');
    const otherType = await service.sign(service.claims(), { typ: 'at+jwt' });
    for (const assertion of [
      unsigned,
      `${header}.${forged}.${signature}`,
      'x'.repeat(10_000),
      otherType,
      '',
    ]) {
      expect((await failureOf(client().check(assertion))).code).toBe('assertion_invalid');
    }
  });

  it('is taken once by every portal that shares a ledger, and again by one that wants none', async () => {
    const assertion = await service.sign(service.claims());
    const ledger = new MemoryLedger();
    const [one, two] = [client({ ledger }), client({ ledger })];
    await one.check(assertion);
    expect((await failureOf(two.check(assertion))).code).toBe('assertion_invalid');
    const careless = client({ ledger: false });
    for (let each = 0; each < 2; each += 1) await careless.check(assertion);
  });

  it('can be introspected and revoked, as forms', async () => {
    service.answer('/v1/assertions/introspect', 200, { active: true, sub: 'ogrn:1' });
    expect(await client().introspect('a.b.c')).toEqual({ active: true, sub: 'ogrn:1' });
    expect(service.received.at(-1)!.body).toBe('token=a.b.c');
    service.answer('/v1/assertions/revoke', 200, '');
    await client().signOut('a.b.c');
    expect(service.received.at(-1)!.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });
});

describe('ledger', () => {
  it('forgets what has expired, and nothing else', () => {
    let at = 0;
    const ledger = new MemoryLedger({ now: () => at });
    expect([ledger.take('a', 1000), ledger.take('b', 300_000), ledger.take('a', 1000)]).toEqual([
      true,
      true,
      false,
    ]);
    at = 200_000;
    expect([ledger.take('b', 300_000), ledger.take('a', 1000)]).toEqual([false, true]);
  });
});

describe('service that cannot be reached', () => {
  it.each([
    ['does not answer in time', 0, ''],
    ['cuts the connection', -1, ''],
    ['answers with a page of something else', 200, '<html>'],
    ['answers with an error that is no problem document', 502, '<html>'],
    ['redirects', 302, ''],
    ['answers with two megabytes', 200, `"${'x'.repeat(2_000_000)}"`],
  ])('%s: service_unreachable', async (_, status, body) => {
    service.answer(
      '/v1/challenges',
      status,
      body,
      status === 302 ? { location: 'https://evil.example' } : {},
    );
    const failure = await failureOf(client({ timeout: 300 }).challenge(binding));
    expect(failure.code).toBe('service_unreachable');
    expect(failure.remedy).not.toBe('');
    expect(JSON.stringify({ ...failure })).not.toContain('secret');
  });

  it('at a closed port is service_unreachable, also when only the keys are needed', async () => {
    const assertion = await service.sign(service.claims());
    const portal = client({ service: 'http://127.0.0.1:9', issuer: service.url });
    expect((await failureOf(portal.challenge(binding))).code).toBe('service_unreachable');
    expect((await failureOf(portal.check(assertion))).code).toBe('service_unreachable');
  });

  it('is not spoken to over plain HTTP beyond the machine', () => {
    expect(() => client({ service: 'http://sealgate.example' })).toThrow(TypeError);
    expect(() => client({ service: 'https://sealgate.example' })).not.toThrow();
  });
});
