import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { type VerifyOptions, verifyReport } from '../../src/operator/audit.ts';
import { readSecrets } from '../../src/secret/load.ts';
import { databaseFile, type KeptService, keptService } from './kept-service.ts';

let kept: KeptService;
beforeEach(async () => {
  kept = keptService();
  const service = await kept.start();
  const portal = await service.portal();
  expect((await portal.signIn()).status).toBe(200);
  await service.stop();
});
afterEach(() => kept.dispose());

const start = async (environment?: Record<string, string>) => {
  const service = await kept.start(environment);
  await service.stop();
};

/** `sealgate audit verify`. */
async function verify(options: VerifyOptions = {}) {
  const secrets = readSecrets(join(kept.folder, 'secrets')) ?? [];
  const database = openSqlite({
    file: join(kept.folder, databaseFile),
    secrets,
    at: Date.now(),
    access: 'read',
  });
  try {
    const config = toConfig(readEnvironment({ SEALGATE_DATA: kept.folder }));
    return await verifyReport({ database, secrets, config, at: Date.now() }, options);
  } finally {
    await database.close();
  }
}

const whole = 'DELETE FROM journal; DELETE FROM journal_head;';

describe('an audit that nobody touched', () => {
  it('holds, and the service starts', async () => {
    expect(await verify()).toMatchObject({ exitCode: 0, json: { intact: true } });
    await start();
  });

  it('is empty in a database that is new', async () => {
    const fresh = keptService();
    const service = await fresh.start();
    await service.stop();
    fresh.dispose();
  });
});

describe('an audit that was deleted whole', () => {
  it('keeps the service from starting: audit_damaged, which says what proves it', async () => {
    kept.tamper(whole);
    await expect(start()).rejects.toMatchObject({
      code: 'audit_damaged',
      details: { sequence: 1, problem: 'audit-absent', where: 'session' },
    });
  });

  it('is a finding of audit verify', async () => {
    kept.tamper(whole);
    expect(await verify()).toMatchObject({
      exitCode: 1,
      json: {
        intact: false,
        code: 'audit_damaged',
        damage: { kind: 'absent', sequence: 1, proof: 'session' },
      },
    });
  });

  it.each(['taken_challenge', 'client', 'assertion_key', 'evidence', 'sign_in'])(
    'shows where %s is all that was left',
    async (table) => {
      if (table === 'sign_in') {
        kept.tamper("INSERT INTO sign_in VALUES ('ogrn:1', 1, 1, 'portal', '', '', NULL, NULL, '')");
      }
      const tables = [
        ...['session', 'taken_challenge', 'revoked_assertion', 'client', 'assertion_key', 'evidence'],
        ...['sign_in', 'sign_in_progress'],
      ];
      kept.tamper(whole);
      for (const other of tables) if (other !== table) kept.tamper(`DELETE FROM ${other}`);
      await expect(start()).rejects.toMatchObject({
        code: 'audit_damaged',
        details: { problem: 'audit-absent', where: table },
      });
      expect(await verify()).toMatchObject({ json: { damage: { kind: 'absent', proof: table } } });
    },
  );

  it('behind the back of a running service: nothing more is written, and nobody is let in', async () => {
    const service = await kept.start();
    const portal = await service.portal({ id: 'second' });
    expect((await portal.signIn()).status).toBe(200);
    kept.tamper(whole);
    expect(await portal.signIn()).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    await service.stop();
  });
});

describe('an audit that was shortened', () => {
  it.each([
    ['its head taken away', 'DELETE FROM journal_head', 'audit-head-missing'],
    [
      'its last record',
      'DELETE FROM journal WHERE sequence = (SELECT max(sequence) FROM journal)',
      'audit-cut-off',
    ],
    ['its first record', 'DELETE FROM journal WHERE sequence = 1', 'audit-cut-off'],
    ['all its records, but not its head', 'DELETE FROM journal', 'audit-cut-off'],
    [
      'its head made to fit',
      'UPDATE journal_head SET sequence = 1, hash = (SELECT hash FROM journal WHERE sequence = 1)',
      'audit-head-forged',
    ],
  ])('(%s) keeps the service from starting', async (_, sql, problem) => {
    kept.tamper(sql);
    await expect(start()).rejects.toMatchObject({ code: 'audit_damaged', details: { problem } });
    expect((await verify()).exitCode).toBe(1);
  });
});

describe('a database that was put back to an older state, which fits in itself', () => {
  const anchor = () => join(kept.folder, 'heads');
  const anchored = () => ({ SEALGATE_AUDIT_ANCHOR: anchor() });

  beforeEach(async () => {
    await start(anchored());
    kept.copy(databaseFile, 'older');
    const service = await kept.start(anchored());
    const portal = await service.portal({ id: 'later' });
    expect((await portal.signIn()).status).toBe(200);
    await service.stop();
  });

  it('starts and holds where it was not put back, anchored or not', async () => {
    await start(anchored());
    expect(await verify({ anchor: anchor() })).toMatchObject({
      exitCode: 0,
      json: { intact: true, anchor: { heads: expect.any(Number), forged: [], foreign: 0, unreadable: [] } },
    });
  });

  it('passes without an anchor, for nothing inside can show it', async () => {
    kept.copy('older', databaseFile);
    expect((await verify()).exitCode).toBe(0);
  });

  it('is refused at the start by the anchor: audit_damaged', async () => {
    kept.copy('older', databaseFile);
    await expect(start(anchored())).rejects.toMatchObject({
      code: 'audit_damaged',
      details: { problem: 'audit-behind-anchor', where: anchor() },
    });
  });

  it('is found by audit verify --anchor', async () => {
    kept.copy('older', databaseFile);
    expect(await verify({ anchor: anchor() })).toMatchObject({
      exitCode: 1,
      json: { intact: false, damage: { kind: 'missing' } },
    });
  });

  it('is found though other records were added after it', async () => {
    kept.copy('older', databaseFile);
    const service = await kept.start();
    const portal = await service.portal({ id: 'another' });
    for (let each = 0; each < 3; each += 1) expect((await portal.signIn()).status).toBe(200);
    await service.stop();
    await expect(start(anchored())).rejects.toMatchObject({ code: 'audit_damaged' });
    expect(await verify({ anchor: anchor() })).toMatchObject({ json: { damage: { kind: 'changed' } } });
  });
});

describe('a sealed record', () => {
  // Seals say who wrote a row. That it is the newest, and that it is there at all, is for the audit to say.
  const finding = (record: unknown, kind: string) => ({
    exitCode: 1,
    json: { intact: true, findings: [{ record, kind }] },
  });
  const older = () => {
    const [row] = kept.read("SELECT secrets, seal FROM client WHERE id = 'portal'");
    return [String(row?.secrets), String(row?.seal)] as const;
  };
  const change = async () => {
    const service = await kept.start();
    await service.service.clients.rotate('portal', 0, Date.now());
    await service.stop();
  };

  it('is what the audit says it became last, after changes and an exchange of the secrets', async () => {
    await change();
    const file = join(kept.folder, 'secrets');
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n${readFileSync(file, 'utf8')}`);
    await start();
    expect(await verify()).toMatchObject({ exitCode: 0, json: { intact: true } });
  });

  it('that was put back to an older state of its own is found by audit verify', async () => {
    const [secrets, seal] = older();
    await change();
    kept.tamper('UPDATE client SET secrets = ?, seal = ?', secrets, seal);
    await start();
    expect(await verify()).toMatchObject(finding('client portal', 'older'));
  });

  it.each(['client', 'assertion_key'])(
    'of %s that was taken away is found by audit verify',
    async (table) => {
      kept.tamper(`DELETE FROM ${table}`);
      expect(await verify()).toMatchObject(finding(expect.stringMatching(`^${table} `), 'missing'));
    },
  );

  it('that the audit does not know is found by audit verify', async () => {
    const [secrets, seal] = older();
    expect([secrets, seal].every((text) => text !== '')).toBe(true);
    kept.tamper(
      "INSERT INTO client SELECT 'copy', registration, secrets, created_at, disabled_at, seal FROM client",
    );
    expect(await verify()).toMatchObject(finding('client copy', 'unrecorded'));
  });
});
