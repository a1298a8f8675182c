import { generateKeyPairSync, hash } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { doctorContext } from '../../src/doctor/context.ts';
import { examine } from '../../src/doctor/examine.ts';
import { sealReport } from '../../src/operator/records.ts';
import { readSecrets } from '../../src/secret/load.ts';
import { readRecords, unsealedRecords } from '../../src/service/records.ts';
import { addLocal, readLocal } from '../../src/trust-list/local-store.ts';
import { noPins } from '../../src/trust-list/pin.ts';
import { openTrustStore } from '../../src/trust-list/store.ts';
import { portalOf, type TestService } from '../service/portal.ts';
import { databaseFile, type KeptService, keptService } from './kept-service.ts';

// Somebody can write the database's file, and does not know the service's secrets.

let kept: KeptService;
beforeEach(() => {
  kept = keptService();
});
afterEach(() => kept.dispose());

async function withDatabase<T>(act: (database: ReturnType<typeof openSqlite>) => Promise<T>): Promise<T> {
  const secrets = readSecrets(join(kept.folder, 'secrets')) ?? [];
  const file = join(kept.folder, databaseFile);
  const database = openSqlite({ file, secrets, at: Date.now(), access: 'open' });
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

const expectRefusedStart = (table: string, key: unknown) =>
  expect(kept.start()).rejects.toMatchObject({ code: 'record_unsealed', details: { table, key } });

const seal = (options: Parameters<typeof sealReport>[1]) =>
  withDatabase((database) => {
    const config = toConfig(readEnvironment({ SEALGATE_DATA: kept.folder }));
    return sealReport({ database, secrets: [], config, at: Date.now() }, options);
  });

/** What the doctor finds with the service's data in the folder of these tests. */
async function findings() {
  const { SEALGATE_DATA } = process.env;
  process.env.SEALGATE_DATA = kept.folder;
  try {
    const { folder } = kept;
    return await examine(
      doctorContext({
        language: 'en',
        at: Date.now(),
        home: folder,
        root: folder,
        agentFolder: folder,
        sites: [],
      }),
    );
  } finally {
    if (SEALGATE_DATA === undefined) delete process.env.SEALGATE_DATA;
    else process.env.SEALGATE_DATA = SEALGATE_DATA;
  }
}

describe('a relying party', () => {
  let service: TestService;
  let secret: string;
  const registration = {
    id: 'forged',
    name: { en: 'F', ru: 'Ф' },
    origins: ['https://portal.example'],
    language: 'ru',
    policy: { requireQualified: false },
  };
  const insert = () =>
    kept.tamper(
      'INSERT INTO client (id, registration, secrets, created_at, seal) VALUES (?, ?, ?, 0, ?)',
      'forged',
      JSON.stringify(registration),
      JSON.stringify([{ hash: `sha256:${hash('sha256', secret, 'base64url')}`, createdAt: 0 }]),
      // The best seal there is to copy: that of another row.
      String(kept.read('SELECT seal FROM client')[0]?.seal ?? ''),
    );

  beforeEach(async () => {
    secret = 'chosen by the attacker';
    service = await kept.start();
  });
  afterEach(() => service.stop());

  it('that the service registered itself is let in', async () => {
    const portal = await service.portal();
    expect((await portal.signIn()).status).toBe(200);
  });

  it('that was written into the database is unknown: client_unauthenticated, and the log names the record', async () => {
    await service.portal();
    insert();
    service.pass(3_000);
    const reply = await portalOf(service.url, 'forged', secret).post('/v1/challenges', {});
    expect(reply).toMatchObject({ status: 401, body: { code: 'client_unauthenticated' } });
    expect(await unsealedRecords(service.service.database)).toMatchObject({
      code: 'record_unsealed',
      details: { table: 'client', key: 'forged', count: 1 },
    });
  });

  it.each([
    [
      'its policy',
      'UPDATE client SET registration = replace(registration, \'"requireQualified":true\', \'"requireQualified":false\')',
    ],
    [
      'its origins',
      "UPDATE client SET registration = replace(registration, 'portal.example', 'evil.example')",
    ],
    [
      'its secrets',
      `UPDATE client SET secrets = '[{"hash":"sha256:${hash('sha256', 'x', 'base64url')}","createdAt":0}]'`,
    ],
    ['its seal', 'UPDATE client SET seal = NULL'],
  ])('whose row was changed (%s) is turned away', async (_, sql) => {
    const portal = await service.portal();
    expect((await portal.signIn()).status).toBe(200);
    kept.tamper(sql);
    service.pass(3_000);
    expect(await portal.post('/v1/challenges', {})).toMatchObject({
      status: 401,
      body: { code: 'client_unauthenticated' },
    });
  });

  it('that was disabled, and enabled behind the service’s back, stays out', async () => {
    const portal = await service.portal();
    await service.service.clients.disable('portal', true, Date.now());
    kept.tamper('UPDATE client SET disabled_at = NULL');
    service.pass(3_000);
    expect((await portal.post('/v1/challenges', {})).status).toBe(401);
    await expect(service.service.clients.rotate('portal', 0, Date.now())).rejects.toMatchObject({
      code: 'record_unsealed',
    });
  });

  it('that was written while the service was down keeps it from starting, which names the record', async () => {
    await service.portal();
    await service.stop();
    insert();
    await expectRefusedStart('client', 'forged');
  });
});

describe('a root and an authority', () => {
  let authority: Authority;
  beforeEach(async () => {
    authority = await createAuthority({ folder: join(kept.folder, 'authority') });
    const service = await kept.start();
    await service.stop();
  });

  const write = (role: string) => {
    const { der, sha256, notBefore, notAfter } = parseCertificate(authority.root.certificate);
    kept.tamper(
      'INSERT INTO trust_certificate VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)',
      ...[sha256, role, der, 'sign-in documents', notBefore, notAfter, '', 1],
      'AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    );
    return sha256;
  };
  const addHonestly = (role: 'anchor' | 'authority') =>
    withDatabase((database) =>
      addLocal(
        database,
        noPins,
        {
          certificate: parseCertificate(authority.root.certificate),
          role,
          purposes: new Set(['sign-in'] as const),
          isConfirmed: true,
        },
        Date.now() - 1,
      ),
    );
  const trusted = () =>
    withDatabase(async (database) => {
      const { current } = await openTrustStore(database, noPins, Date.now());
      return { anchors: current.anchors.anchors.length, keys: current.accreditation.size };
    });

  it('that an operator added are trusted', async () => {
    await addHonestly('anchor');
    await addHonestly('authority');
    expect(await trusted()).toEqual({ anchors: 1, keys: 1 });
  });

  it.each(['anchor', 'authority', 'list-signer'])('that were written in as %s are not', async (role) => {
    const sha256 = write(role);
    expect(await trusted()).toEqual({ anchors: 0, keys: 0 });
    expect(await withDatabase((database) => readLocal(database, Date.now()))).toEqual([]);
    await expectRefusedStart('trust_certificate', `${sha256} ${role} 1`);
  });

  it('whose trust an operator ended do not come back by taking the end away', async () => {
    await addHonestly('anchor');
    kept.tamper('UPDATE trust_certificate SET removed_at = 5');
    expect((await trusted()).anchors).toBe(0);
    kept.tamper('UPDATE trust_certificate SET removed_at = NULL');
    expect((await trusted()).anchors).toBe(1);
    await withDatabase(async (database) => {
      const { removeLocal } = await import('../../src/trust-list/local-store.ts');
      const { sha256 } = parseCertificate(authority.root.certificate);
      expect(await removeLocal(database, sha256, undefined, Date.now())).toBe(1);
    });
    kept.tamper('UPDATE trust_certificate SET removed_at = NULL');
    expect((await trusted()).anchors).toBe(0);
  });

  it('that do not hold keep no honest ones out', async () => {
    write('authority');
    await addHonestly('anchor');
    expect((await trusted()).anchors).toBe(1);
  });

  it('are named by the doctor', async () => {
    write('anchor');
    expect(await findings()).toContainEqual(
      expect.objectContaining({ name: 'records', state: 'bad', code: 'record_unsealed' }),
    );
  });
});

describe('an assertion key', () => {
  it('that was written in is neither published nor believed; the service’s own is', async () => {
    const service = await kept.start();
    const portal = await service.portal();
    const { body } = await portal.signIn();
    expect(await portal.post('/v1/assertions/introspect', { token: body.assertion })).toMatchObject({
      body: { active: true },
    });
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'forged', alg: 'ES256', use: 'sig' };
    kept.tamper(
      "INSERT INTO assertion_key VALUES ('forged', ?, 'file:none.pem', 0, 0, NULL, ?)",
      JSON.stringify(jwk),
      String(kept.read('SELECT seal FROM assertion_key')[0]?.seal),
    );
    service.pass(6_000);
    const published = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    expect(published.keys.map(({ kid }) => kid)).not.toContain('forged');
    expect(published.keys).toHaveLength(1);
    const claims = JSON.parse(Buffer.from(body.assertion.split('.')[1] ?? '', 'base64url').toString());
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'forged' })
      .sign(privateKey);
    expect(await portal.post('/v1/assertions/introspect', { token })).toMatchObject({
      body: { active: false },
    });
    await service.stop();
    await expectRefusedStart('assertion_key', 'forged');
  });

  it('that was withdrawn as compromised does not come back', async () => {
    const service = await kept.start();
    const { assertionKeys } = service.service;
    const [old] = await assertionKeys.list();
    await assertionKeys.rotate(Date.now(), { compromised: true });
    kept.tamper('UPDATE assertion_key SET published_until = NULL WHERE kid = ?', old?.kid ?? '');
    service.pass(6_000);
    const kids = (await assertionKeys.published(Date.now() + 6_000)).map(({ kid }) => kid);
    expect(kids).toHaveLength(1);
    expect(kids).not.toContain(old?.kid);
    await service.stop();
  });
});

describe('records of the version that did not seal them', () => {
  beforeEach(() => kept.makeOlder());

  it('are shown by the doctor as those of an older version, and by records list, which brings the schema up to date', async () => {
    expect(await findings()).toContainEqual(
      expect.objectContaining({ name: 'storage', state: 'warning', code: 'database_outdated' }),
    );
    const states = await withDatabase(async (database) =>
      (await readRecords(database)).map(({ state }) => state),
    );
    expect(states).toEqual(['broken']);
  });

  it('are shown and not sealed without the operator’s word', async () => {
    expect(await seal({})).toMatchObject({ exitCode: 1, json: { sealed: 0, records: [{}] } });
    await expectRefusedStart('client', 'portal');
  });

  it('are sealed on it, which the audit keeps, and the service starts', async () => {
    expect(await seal({ confirm: true })).toMatchObject({ exitCode: 0, json: { sealed: 1 } });
    const service = await kept.start();
    const records = await service.service.database.read({
      sql: "SELECT record FROM journal WHERE record LIKE '%record.sealed%' ORDER BY sequence",
      parameters: [],
    });
    expect(records.map(({ record }) => JSON.parse(String(record)))).toMatchObject([
      { event: 'record.sealed', details: { table: 'client', key: 'portal' } },
    ]);
    await service.stop();
    expect(await seal({ confirm: true })).toMatchObject({ exitCode: 0, json: { sealed: 0 } });
  });

  it('are sealed one by one where one of them is not the operator’s', async () => {
    // Opening it brings the schema up to date.
    await withDatabase(async () => {});
    kept.tamper(
      "INSERT INTO client SELECT 'forged', registration, secrets, created_at, disabled_at, NULL FROM client",
    );
    expect(await seal({ table: 'client', key: 'portal', confirm: true })).toMatchObject({
      json: { sealed: 1 },
    });
    await expectRefusedStart('client', 'forged');
    await expect(seal({ key: 'nobody', confirm: true })).rejects.toMatchObject({
      code: 'argument_invalid',
    });
    kept.tamper("DELETE FROM client WHERE id = 'forged'");
    const service = await kept.start();
    await service.stop();
  });
});
