import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { migrate } from '../../src/database/sqlite/migrate.ts';
import { migrations } from '../../src/database/sqlite/schema/migrations.ts';
import { type TemporaryDatabase, temporaryDatabase } from './temporary.ts';

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

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
