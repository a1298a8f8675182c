import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { condition, type Database, type Unit } from '../../src/database/database.ts';
import { engines, type Site } from './engine.ts';

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

const entry = { statements: [], journal: [{ at: 1, record: 'entry' }] };

describe.each(engines)('$name keeps the contract:', (engine) => {
  let site: Site;
  let database: Database;
  beforeEach(async () => {
    site = await engine.site();
    database = await site.open();
  });
  afterEach(() => site.close());

  async function count(table: string): Promise<number> {
    const [row] = await database.read({ sql: `SELECT count(*) AS n FROM ${table}`, parameters: [] });
    return Number(row?.n);
  }

  describe('a unit', () => {
    it('is there for another process once it is written', async () => {
      await database.write({ statements: [revoke('a', 1)], journal: [{ at: 1, record: 'entry' }] });
      const rows = await (await site.open()).read({
        sql: 'SELECT jti FROM revoked_assertion',
        parameters: [],
      });
      expect(rows).toEqual([{ jti: 'a' }]);
    });

    it('that is refused by one statement leaves nothing of the others, nor of its journal', async () => {
      await database.write({ statements: [take('x')] });
      const second = database.write({
        statements: [revoke('before', 1), take('x'), revoke('after', 1)],
        journal: [{ at: 1, record: 'never' }],
      });
      await expect(second).rejects.toMatchObject({ code: 'challenge_used' });
      expect(await count('revoked_assertion')).toBe(0);
      expect(await count('journal')).toBe(0);
    });

    it('that a condition refuses leaves nothing, and one whose condition holds is written', async () => {
      const taken = (name: string) =>
        condition(
          'SELECT 1 FROM taken_challenge WHERE nonce_hash = ?',
          [Buffer.from(name)],
          'sign_in_unknown',
        );
      const journal = [{ at: 1, record: 'entry' }];
      const refused = database.write({
        statements: [take('x'), revoke('a', 1), taken('y')],
        journal,
      });
      await expect(refused).rejects.toMatchObject({ code: 'sign_in_unknown' });
      expect([await count('taken_challenge'), await count('journal')]).toEqual([0, 0]);
      // It sees what the unit itself has done by then, and not what comes later.
      await expect(database.write({ statements: [taken('x'), take('x')] })).rejects.toMatchObject({
        code: 'sign_in_unknown',
      });
      await database.write({ statements: [take('x'), taken('x')], journal });
      expect([await count('taken_challenge'), await count('journal')]).toEqual([1, 1]);
    });

    it('that breaks a constraint fails alone, and those of the same batch are kept', async () => {
      const results = await Promise.allSettled([
        database.write({ statements: [revoke('a', 1)], journal: [{ at: 1, record: 'one' }] }),
        database.write({
          statements: [revoke('b', 1), revoke('a', 1)],
          journal: [{ at: 1, record: 'no' }],
        }),
        database.write({ statements: [revoke('c', 1)], journal: [{ at: 1, record: 'two' }] }),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(results[1]).toMatchObject({ reason: { code: 'storage_unavailable' } });
      const rows = await database.read({
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
        database.write({
          statements: [take('one')],
          journal: [{ at: index, record: String(index) }],
        }),
      );
      const results = await Promise.allSettled(attempts);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await count('journal')).toBe(1);
    });

    it('wins against those of another process that want the same', async () => {
      const other = await site.open();
      const attempts = Array.from({ length: 100 }, (_, index) =>
        (index % 2 ? other : database).write({
          statements: [take('one')],
          journal: [{ at: index, record: String(index) }],
        }),
      );
      const results = await Promise.allSettled(attempts);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('that was given before the database closed is still written, and a later one is refused', async () => {
      const writes = Array.from({ length: 500 }, (_, index) =>
        database.write({ statements: [revoke(`${index}`, 1)], journal: [{ at: 1, record: 'entry' }] }),
      );
      const closing = database.close();
      await expect(database.write({ statements: [revoke('late', 1)] })).rejects.toMatchObject({
        code: 'storage_unavailable',
      });
      await closing;
      await Promise.all(writes);
      const rows = await (await site.open()).read({
        sql: 'SELECT count(*) AS n FROM revoked_assertion',
        parameters: [],
      });
      expect(rows).toEqual([{ n: 500 }]);
    });

    it('fails with storage_unavailable while its table is gone, and the next one goes through', async () => {
      const lost = database.write({
        statements: [{ sql: 'INSERT INTO nowhere VALUES (1)', parameters: [] }],
      });
      await expect(lost).rejects.toMatchObject({ code: 'storage_unavailable' });
      await database.write({ statements: [revoke('a', 1)] });
      expect(await count('revoked_assertion')).toBe(1);
    });
  });

  describe('the journal', () => {
    it('cannot be changed or shortened by a statement', async () => {
      await database.write(entry);
      for (const sql of [
        "UPDATE journal SET record = 'other'",
        'DELETE FROM journal',
        'DELETE FROM journal_head',
        'UPDATE journal_head SET sequence = 0',
      ]) {
        const write = database.write({ statements: [{ sql, parameters: [] }] });
        await expect(write).rejects.toMatchObject({ code: 'storage_unavailable' });
      }
      expect(await count('journal')).toBe(1);
    });

    it('takes no more entries once its head was forged', async () => {
      await database.write(entry);
      await database.write(entry);
      await site.tamper('UPDATE journal_head SET sequence = 1; DELETE FROM journal WHERE sequence = 2');
      await expect(database.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
      await expect(site.open()).rejects.toMatchObject({ code: 'audit_damaged' });
    });

    it('takes no more entries of this process once it was put back to an older state with its seal', async () => {
      await database.write(entry);
      await site.tamper('CREATE TABLE kept AS SELECT * FROM journal_head');
      await database.write(entry);
      await site.tamper(`DELETE FROM journal WHERE sequence = 2;
      DELETE FROM journal_head; INSERT INTO journal_head SELECT * FROM kept`);
      await expect(database.write(entry)).rejects.toMatchObject({ code: 'storage_unavailable' });
    });

    it('goes on where another process left it', async () => {
      await database.write(entry);
      await (await site.open()).write(entry);
      await database.write(entry);
      expect(await count('journal')).toBe(3);
    });
  });
});
