import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { condition, type Unit } from '../../src/database/database.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { migrate } from '../../src/database/sqlite/migrate.ts';
import { migrations } from '../../src/database/sqlite/schema/migrations.ts';
import { type TemporaryDatabase, temporaryDatabase } from './temporary.ts';

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

function take(name: string, refusal = true): Unit['statements'][number] {
  return {
    sql: 'INSERT INTO taken_challenge (expires_at, nonce_hash) VALUES (?, ?) ON CONFLICT DO NOTHING',
    parameters: [1, Buffer.from(name)],
    ...(refusal ? { refusal: 'challenge_used' } : {}),
  };
}

function revoke(jti: string, at: number): Unit['statements'][number] {
  return {
    sql: 'INSERT INTO revoked_assertion (jti, revoked_at, expires_at) VALUES (?, ?, ?)',
    parameters: [jti, at, at],
  };
}

async function count(table: string): Promise<number> {
  const [row] = await temporary.database.read({ sql: `SELECT count(*) AS n FROM ${table}`, parameters: [] });
  return Number(row?.n);
}

const entry = { at: 1, record: 'entry' };

describe('a unit', () => {
  it('is there for another process once it is written', async () => {
    await temporary.database.write({ statements: [revoke('a', 1)], journal: [entry] });
    const rows = await temporary.again().read({ sql: 'SELECT jti FROM revoked_assertion', parameters: [] });
    expect(rows).toEqual([{ jti: 'a' }]);
  });

  it('that is refused by one statement leaves nothing of the others, nor of its journal', async () => {
    await temporary.database.write({ statements: [take('x')] });
    const second = temporary.database.write({
      statements: [revoke('before', 1), take('x'), revoke('after', 1)],
      journal: [{ at: 1, record: 'never' }],
    });
    await expect(second).rejects.toMatchObject({ code: 'challenge_used' });
    expect(await count('revoked_assertion')).toBe(0);
    expect(await count('journal')).toBe(0);
  });

  it('that a condition refuses leaves nothing, and one whose condition holds is written', async () => {
    const taken = (name: string) =>
      condition('SELECT 1 FROM taken_challenge WHERE nonce_hash = ?', [Buffer.from(name)], 'sign_in_unknown');
    const journal = [{ at: 1, record: 'entry' }];
    const refused = temporary.database.write({
      statements: [take('x'), revoke('a', 1), taken('y')],
      journal,
    });
    await expect(refused).rejects.toMatchObject({ code: 'sign_in_unknown' });
    expect([await count('taken_challenge'), await count('journal')]).toEqual([0, 0]);
    // It sees what the unit itself has done by then, and not what comes later.
    await expect(temporary.database.write({ statements: [taken('x'), take('x')] })).rejects.toMatchObject({
      code: 'sign_in_unknown',
    });
    await temporary.database.write({ statements: [take('x'), taken('x')], journal });
    expect([await count('taken_challenge'), await count('journal')]).toEqual([1, 1]);
  });

  it('that breaks a constraint fails alone, and those of the same batch are kept', async () => {
    const results = await Promise.allSettled([
      temporary.database.write({ statements: [revoke('a', 1)], journal: [{ at: 1, record: 'one' }] }),
      temporary.database.write({
        statements: [revoke('b', 1), revoke('a', 1)],
        journal: [{ at: 1, record: 'no' }],
      }),
      temporary.database.write({ statements: [revoke('c', 1)], journal: [{ at: 1, record: 'two' }] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'storage_unavailable' } });
    const rows = await temporary.database.read({
      sql: 'SELECT sequence, record FROM journal ORDER BY sequence',
      parameters: [],
    });
    expect(rows).toEqual([
      { sequence: 1, record: 'one' },
      { sequence: 2, record: 'two' },
    ]);
  });

  it('wins against a thousand others that want the same', async () => {
    const attempts = Array.from({ length: 1000 }, (_, index) =>
      temporary.database.write({
        statements: [take('one')],
        journal: [{ at: index, record: String(index) }],
      }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await count('journal')).toBe(1);
  });

  it('wins against those of another process that want the same', async () => {
    const other = temporary.again();
    const attempts = Array.from({ length: 100 }, (_, index) =>
      (index % 2 ? other : temporary.database).write({
        statements: [take('one')],
        journal: [{ at: index, record: String(index) }],
      }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('that was given before the database closed is still written, and a later one is refused', async () => {
    const writes = Array.from({ length: 500 }, (_, index) =>
      temporary.database.write({ statements: [revoke(`${index}`, 1)], journal: [entry] }),
    );
    const closing = temporary.database.close();
    await expect(temporary.database.write({ statements: [revoke('late', 1)] })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await closing;
    await Promise.all(writes);
    const rows = await temporary
      .again()
      .read({ sql: 'SELECT count(*) AS n FROM revoked_assertion', parameters: [] });
    expect(rows).toEqual([{ n: 500 }]);
  });

  it('fails with storage_unavailable while its table is gone, and the next one goes through', async () => {
    const lost = temporary.database.write({
      statements: [{ sql: 'INSERT INTO nowhere VALUES (1)', parameters: [] }],
    });
    await expect(lost).rejects.toMatchObject({ code: 'storage_unavailable' });
    await temporary.database.write({ statements: [revoke('a', 1)] });
    expect(await count('revoked_assertion')).toBe(1);
  });
});

describe('the journal', () => {
  const entry = { statements: [], journal: [{ at: 1, record: 'entry' }] };

  it('cannot be changed or shortened by a statement', async () => {
    await temporary.database.write(entry);
    for (const sql of [
      "UPDATE journal SET record = 'other'",
      'DELETE FROM journal',
      'DELETE FROM journal_head',
      'UPDATE journal_head SET sequence = 0',
    ]) {
      const write = temporary.database.write({ statements: [{ sql, parameters: [] }] });
      await expect(write).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
    expect(await count('journal')).toBe(1);
  });

  it('takes no more entries once its head was forged', async () => {
    await temporary.database.write(entry);
    await temporary.database.write(entry);
    temporary.tamper('UPDATE journal_head SET sequence = 1; DELETE FROM journal WHERE sequence = 2');
    await expect(temporary.database.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(() => temporary.again()).toThrow(expect.objectContaining({ code: 'audit_damaged' }));
  });

  it('takes no more entries of this process once it was put back to an older state with its seal', async () => {
    await temporary.database.write(entry);
    const [head] = await temporary.database.read({ sql: 'SELECT * FROM journal_head', parameters: [] });
    await temporary.database.write(entry);
    temporary.tamper('DELETE FROM journal WHERE sequence = 2');
    temporary.tamper(
      'UPDATE journal_head SET sequence = ?, hash = ?, mac = ?',
      Number(head?.sequence),
      head?.hash as Uint8Array,
      head?.mac as Uint8Array,
    );
    await expect(temporary.database.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('goes on where another process left it', async () => {
    await temporary.database.write(entry);
    await temporary.again().write(entry);
    await temporary.database.write(entry);
    expect(await count('journal')).toBe(3);
  });
});

describe('the schema', () => {
  it('is brought up to date once, each step recorded', async () => {
    temporary.again();
    const rows = await temporary.database.read({ sql: 'SELECT number, name FROM migration', parameters: [] });
    expect(rows).toEqual(migrations.map(({ number, name }) => ({ number, name })));
  });

  it('takes a new step, and refuses a database that has more steps or others than the program', () => {
    const direct = new DatabaseSync(':memory:');
    const first = { number: 1, name: 'first', sql: 'CREATE TABLE a (x)' };
    const second = { number: 2, name: 'second', sql: 'CREATE TABLE b (x)' };
    migrate(direct, 1, [first]);
    migrate(direct, 2, [first, second]);
    expect(direct.prepare('SELECT count(*) AS n FROM b').get()).toEqual({ n: 0 });
    expect(() => migrate(direct, 3, [first])).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    );
    const altered = { ...first, sql: 'CREATE TABLE a (y)' };
    expect(() => migrate(direct, 3, [altered, second])).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    );
    migrate(direct, 4, [{ ...first, sql: 'CREATE  TABLE\n a (x)' }, second]);
  });

  it('is left as it was by a step that fails', () => {
    const direct = new DatabaseSync(':memory:');
    const steps = [{ number: 1, name: 'broken', sql: 'CREATE TABLE a (x); CREATE TABLE a (x)' }];
    expect(() => migrate(direct, 1, steps)).toThrow();
    expect(direct.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 });
  });
});

describe('the file', () => {
  it('is readable by its owner only', () => {
    expect(statSync(temporary.file).mode & 0o077).toBe(0);
  });

  it('that is no database is refused with database_unusable', () => {
    expect(() =>
      openSqlite({ file: fileURLToPath(import.meta.url), secrets: temporary.secrets, at: 1 }),
    ).toThrow(expect.objectContaining({ code: 'database_unusable' }));
  });

  it('keeps to write-ahead logging and full synchronisation', async () => {
    const rows = await temporary.database.read({ sql: 'PRAGMA journal_mode', parameters: [] });
    expect(rows).toEqual([{ journal_mode: 'wal' }]);
  });
});
