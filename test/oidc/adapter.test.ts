import type { Adapter, AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { storageAdapter } from '../../src/oidc/adapter.ts';
import { forgetObjects } from '../../src/oidc/object.ts';
import { engines, type Site } from '../database/engine.ts';

const at = Date.UTC(2030, 0, 1);

describe.each(engines)('what the library keeps on $name', ({ name, site: makeSite }) => {
  let site: Site;
  let databases: readonly [Database, Database];
  let now: number;
  beforeEach(async () => {
    now = at;
    site = await makeSite();
    databases = [await site.open(), await site.open()];
  });
  afterEach(() => site.close());

  /** The adapter in a request of that relying party, or at that address of the library. */
  const adapter = (
    model: string,
    which: 0 | 1 = 0,
    client?: string,
    request?: { route: string },
  ): Adapter => {
    const oidc = request ?? { client: { clientId: client } };
    const context = { oidc } as unknown as Partial<KoaContextWithOIDC>;
    return storageAdapter(model, { database: databases[which], now: () => now, current: () => context });
  };
  const code: AdapterPayload = { kind: 'AuthorizationCode', jti: 'c', grantId: 'g', accountId: 'ogrn:1' };

  it('is found again by another process, by its identifier alone, which the database does not have', async () => {
    await adapter('AuthorizationCode').upsert('c', code, 60);
    expect(await adapter('AuthorizationCode', 1).find('c')).toEqual(code);
    expect(await adapter('AccessToken', 1).find('c')).toBeUndefined();
    const rows = await databases[0].read({ sql: 'SELECT payload FROM oidc_object', parameters: [] });
    expect(JSON.stringify(rows)).not.toContain('"jti"');
  });

  it('a sign-in of a browser is found by its other name, and its cookie stands nowhere', async () => {
    const session: AdapterPayload = { kind: 'Session', jti: 'cookie-value', uid: 'u', accountId: 'ogrn:1' };
    await adapter('Session').upsert('cookie-value', session, 60);
    await adapter('Interaction').upsert(
      'i',
      { kind: 'Interaction', jti: 'i', session: { uid: 'u', cookie: 'cookie-value' } },
      60,
    );
    expect(await adapter('Session', 1).findByUid('u')).toMatchObject({ accountId: 'ogrn:1' });
    const rows = await databases[0].read({ sql: 'SELECT payload FROM oidc_object', parameters: [] });
    expect(JSON.stringify(rows)).not.toContain('cookie-value');
  });

  it('is kept with the browser’s session at the end of a request that ends so, and at once in others', async () => {
    const request = { route: 'resume' };
    await adapter('AuthorizationCode', 0, undefined, request).upsert('a', code, 60);
    await adapter('Interaction').upsert('i', { kind: 'Interaction' }, 60);
    await adapter('Interaction', 0, undefined, request).destroy('i');
    expect(await adapter('AuthorizationCode', 1).find('a')).toBe(undefined);
    expect(await adapter('Interaction', 1).find('i')).toBeDefined();
    await adapter('Session', 0, undefined, request).upsert('s', { kind: 'Session', uid: 'u' }, 60);
    expect(await adapter('AuthorizationCode', 1).find('a')).toBeDefined();
    expect(await adapter('Interaction', 1).find('i')).toBe(undefined);
    await adapter('AuthorizationCode', 0, undefined, { route: 'token' }).upsert('b', code, 60);
    expect(await adapter('AuthorizationCode', 1).find('b')).toBeDefined();
  });

  it('is consumed by one of two processes that do it at once, whoever comes second ends the grant', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [id, grant] = [`c${round}`, `g${round}`];
      await adapter('Grant').upsert(grant, { kind: 'Grant', jti: grant }, 60);
      await adapter('AuthorizationCode').upsert(id, { ...code, jti: id, grantId: grant }, 60);
      const outcomes = await Promise.allSettled(
        ([0, 1] as const).map((which) => adapter('AuthorizationCode', which).consume(id)),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(refused?.reason).toMatchObject({ error: 'invalid_grant' });
      expect(await adapter('Grant').find(grant)).toBeUndefined();
    }
  });

  it('stays consumed over a restart, and when it is kept again', async () => {
    await adapter('PushedAuthorizationRequest').upsert(
      'p',
      { kind: 'PushedAuthorizationRequest', jti: 'p' },
      60,
    );
    await adapter('PushedAuthorizationRequest').consume('p');
    await adapter('PushedAuthorizationRequest').upsert(
      'p',
      { kind: 'PushedAuthorizationRequest', jti: 'p' },
      60,
    );
    expect(await adapter('PushedAuthorizationRequest', 1).find('p')).toHaveProperty('consumed');
    await expect(adapter('PushedAuthorizationRequest', 1).consume('p')).rejects.toMatchObject({
      error: 'invalid_request_uri',
    });
  });

  it('a statement is taken once by whichever process', async () => {
    const payload: AdapterPayload = { kind: 'ReplayDetection', jti: 'j', iss: 'portal' };
    const outcomes = await Promise.allSettled(
      ([0, 1] as const).map((which) => adapter('ReplayDetection', which).upsert('j', payload, 60)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('falls with its grant, and what is of another grant stays', async () => {
    for (const [id, grant] of [
      ['a', 'g'],
      ['b', 'g'],
      ['c', 'h'],
    ] as const)
      await adapter('AccessToken').upsert(id, { kind: 'AccessToken', jti: id, grantId: grant }, 60);
    await adapter('RefreshToken').upsert('r', { kind: 'RefreshToken', jti: 'r', grantId: 'g' }, 60);
    await adapter('AccessToken', 1).revokeByGrantId('g');
    expect(await adapter('AccessToken').find('a')).toBeUndefined();
    expect(await adapter('AccessToken').find('b')).toBeUndefined();
    expect(await adapter('AccessToken').find('c')).toBeDefined();
    expect(await adapter('RefreshToken').find('r')).toBeDefined();
  });

  it.each([
    ['changed', "UPDATE oidc_object SET payload = replace(payload, 'ogrn:1', 'ogrn:2')"],
    ['moved to another kind', "UPDATE oidc_object SET model = 'AccessToken'"],
    ['put under another name', "UPDATE oidc_object SET uid = 'x', seal = 'x'"],
  ])('is not used where whoever writes the database has %s it', async (_name, sql) => {
    await adapter('AuthorizationCode').upsert('c', code, 60);
    await site.tamper(sql);
    for (const model of ['AuthorizationCode', 'AccessToken'])
      expect(await adapter(model).find('c')).toBeUndefined();
    expect(await adapter('Session').findByUid('x')).toBeUndefined();
  });

  it('is bounded for each relying party where strangers have it made', async () => {
    await adapter('Interaction', 0, 'portal').upsert('i0', { kind: 'Interaction', jti: 'i0' }, 60);
    const octets = name === 'SQLite' ? 'CAST(n AS BLOB)' : "convert_to(n::text, 'UTF8')";
    await site.tamper(
      `INSERT INTO oidc_object (model, id_hash, payload, client, expires_at, seal)
       WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 20000)
       SELECT 'Interaction', ${octets}, '{}', 'portal', ${now + 60_000}, '' FROM counted`,
    );
    const one = adapter('Interaction', 0, 'portal').upsert('i', { kind: 'Interaction', jti: 'i' }, 60);
    await expect(one).rejects.toMatchObject({ code: 'rate_limited' });
    await adapter('Interaction', 0, 'other').upsert('i', { kind: 'Interaction', jti: 'i' }, 60);
  });

  it('is forgotten an hour after its time, not before', async () => {
    await adapter('AuthorizationCode').upsert('c', code, 60);
    await databases[0].write({ statements: [forgetObjects(now + 3_600_000)] });
    expect(await adapter('AuthorizationCode').find('c')).toBeDefined();
    await databases[0].write({ statements: [forgetObjects(now + 3_661_000)] });
    expect(await adapter('AuthorizationCode').find('c')).toBeUndefined();
  });
});
