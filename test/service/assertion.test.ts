import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Portal, startTestService, type TestService } from './portal.ts';

let service: TestService;
let portal: Portal;
beforeEach(async () => {
  service = await startTestService();
  portal = await service.portal({ audiences: ['portal', 'archive'] });
});
afterEach(() => service.dispose());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const introspect = async (token: string, by = portal) =>
  (
    await by.post<Record<string, unknown>>(
      '/v1/assertions/introspect',
      new URLSearchParams({ token }).toString(),
      form,
    )
  ).body;
const revoke = (token: string, by = portal) =>
  by.post(
    '/v1/assertions/revoke',
    new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    form,
  );

async function refused(): Promise<unknown[]> {
  const codes: unknown[] = [];
  for await (const { record } of readAudit(service.service.database)) {
    const { event, code } = JSON.parse(record) as Record<string, unknown>;
    if (event === 'assertion.refused') codes.push(code);
  }
  return codes;
}

describe('introspection', () => {
  it('gives the claims of an assertion that is in force, to a form and to JSON alike', async () => {
    const { assertion, sessionId } = (await portal.signIn()).body;
    const claims = { active: true, sid: sessionId, aud: 'portal', sub: 'ogrn:1027700132195' };
    expect(await introspect(assertion)).toMatchObject(claims);
    const { body } = await portal.post('/v1/assertions/introspect', { token: assertion });
    expect(body).toMatchObject(claims);
  });

  it('says no more than that it is not active where it is not, and the audit says why', async () => {
    const { assertion } = (await portal.signIn()).body;
    const second = (await portal.signIn()).body.assertion;
    const stranger = await service.portal({ id: 'stranger' });
    expect(await introspect('nonsense')).toEqual({ active: false });
    expect(await introspect(assertion, stranger)).toEqual({ active: false });
    await revoke(second);
    expect(await introspect(second)).toEqual({ active: false });
    service.pass(5 * 60_000);
    expect(await introspect(assertion)).toEqual({ active: false });
    expect(await refused()).toEqual([
      'assertion_invalid',
      'assertion_invalid',
      'assertion_revoked',
      'assertion_expired',
    ]);
  });

  it('is for any of the relying party’s audiences', async () => {
    const { assertion } = (await portal.signIn({ audience: 'archive' })).body;
    const archive = await service.portal({ id: 'archive' });
    expect(await introspect(assertion, archive)).toMatchObject({ active: true, aud: 'archive' });
    expect(await introspect(assertion)).toMatchObject({ active: true });
  });

  it.each([
    ['no token', ''],
    ['a token given twice', 'token=a&token=b'],
    ['an empty token', 'token='],
    ['a token too long', `token=${'x'.repeat(8_193)}`],
  ])('with %s is refused with request_malformed', async (_, body) => {
    expect(await portal.post('/v1/assertions/introspect', body, form)).toMatchObject({
      status: 400,
      body: { code: 'request_malformed' },
    });
  });

  it('while the storage is gone is storage_unavailable, not an answer', async () => {
    const { assertion } = (await portal.signIn()).body;
    await service.service.database.close();
    const reply = await portal.post('/v1/assertions/introspect', { token: assertion });
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
  });
});

describe('revocation', () => {
  it('ends the session at once, is repeated without harm, and is silent on what is not ours', async () => {
    const { assertion } = (await portal.signIn()).body;
    expect((await revoke(assertion)).status).toBe(200);
    expect(await introspect(assertion)).toEqual({ active: false });
    expect((await revoke(assertion)).status).toBe(200);
    expect((await revoke('nonsense')).status).toBe(200);
  });

  it('works after the assertion has expired, while its session lasts', async () => {
    const { assertion, sessionId } = (await portal.signIn()).body;
    service.pass(3 * 3_600_000);
    await revoke(assertion);
    const [row] = await service.service.database.read({
      sql: 'SELECT end_reason FROM session WHERE id = ?',
      parameters: [sessionId],
    });
    expect(row).toEqual({ end_reason: 'logged-out' });
  });

  it('by another relying party is refused with client_forbidden', async () => {
    const { assertion } = (await portal.signIn()).body;
    const other = await service.portal({ id: 'other' });
    expect(await revoke(assertion, other)).toMatchObject({ status: 403, body: { code: 'client_forbidden' } });
    expect(await introspect(assertion)).toMatchObject({ active: true });
  });
});

describe('readiness', () => {
  it('is refused with storage_unavailable while the storage is gone', async () => {
    await service.service.database.close();
    const response = await fetch(`${service.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'storage_unavailable' }),
    ]);
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  });
});

describe('a relying party that asks too often', () => {
  it('is refused with rate_limited and told when to come back; others are not', async () => {
    const limited = await startTestService(
      { now: () => 1_800_000_000_000 },
      { SEALGATE_REQUESTS_PER_SECOND: '2' },
    );
    const hasty = await limited.portal();
    const calm = await limited.portal({ id: 'calm' });
    const statuses: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      statuses.push(
        (await hasty.post('/v1/challenges', { origin: 'https://portal.example', browser: 'browser-1' }))
          .status,
      );
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    const reply = await hasty.post('/v1/challenges', {});
    expect(reply.body.code).toBe('rate_limited');
    expect(reply.headers.get('retry-after')).toBe('1');
    expect((await calm.challenge()).text).toContain('Портал');
    await limited.dispose();
  });
});

describe('measurements', () => {
  it('are not served where the operator has switched them off', async () => {
    const quiet = await startTestService({}, { SEALGATE_METRICS: 'false' });
    const response = await fetch(`${quiet.url}/metrics`);
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'resource_unknown' }),
    ]);
    await quiet.dispose();
  });
});
