import { randomBytes, randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { connect } from '../../src/database/postgresql/connect.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { migrate as migratePostgresql } from '../../src/database/postgresql/migrate.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { migrate as migrateSqlite } from '../../src/database/sqlite/migrate.ts';
import { migrations } from '../../src/database/sqlite/schema/migrations.ts';
import { isFailure } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { sharedPostgresql } from './engine.ts';

const secrets = [randomBytes(32)];
const password = 'pa55word-of-nobody';

let url: string;
let opened: Database[];
beforeEach(async () => {
  url = await (await sharedPostgresql()).create(randomUUID());
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
});

async function open(address = url): Promise<Database> {
  const database = await openPostgresql({ place: parsePlace(address, 'DATABASE_URL'), secrets, at: 1 });
  opened.push(database);
  return database;
}

async function direct(sql: string, address = url): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('both engines', () => {
  it('have the same tables, columns and primary keys after every step', async () => {
    await open();
    const sqlite = new DatabaseSync(':memory:');
    migrateSqlite(sqlite, 1);
    const types: Record<string, string> = { bigint: 'INTEGER', text: 'TEXT', bytea: 'BLOB' };
    const theirs = await direct(
      `SELECT c.table_name AS t, c.column_name AS c, c.data_type AS d, c.is_nullable AS n, c.collation_name AS l
       FROM information_schema.columns c JOIN pg_tables p ON p.schemaname = c.table_schema AND p.tablename = c.table_name
       WHERE c.table_schema = 'public' ORDER BY 1, 2`,
    );
    const ours = sqlite
      .prepare(
        `SELECT s.name AS t, p.name AS c, p.type AS d, CASE WHEN p."notnull" OR p.pk THEN 'NO' ELSE 'YES' END AS n
         FROM sqlite_schema s JOIN pragma_table_info(s.name) p WHERE s.type = 'table' ORDER BY 1, 2`,
      )
      .all();
    expect(theirs.map(({ t, c, d, n }) => ({ t, c, d: types[String(d)], n }))).toEqual(
      ours.map((row) => ({ ...row })),
    );
    // Whatever the database's own collation is, texts compare by their octets.
    expect(theirs.filter(({ d, l }) => d === 'text' && l !== 'C')).toEqual([]);
    const taken = await direct('SELECT number::int, name FROM migration ORDER BY number');
    expect(taken).toEqual(migrations.map(({ number, name }) => ({ number, name })));
  });

  it('have the same triggers that refuse', async () => {
    await open();
    const sqlite = new DatabaseSync(':memory:');
    migrateSqlite(sqlite, 1);
    const theirs = await direct(`SELECT DISTINCT trigger_name AS name FROM information_schema.triggers`);
    const ours = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
    expect(new Set(theirs.map(({ name }) => name))).toEqual(new Set(ours.map(({ name }) => name)));
    expect(ours.length).toBeGreaterThan(4);
    const journal = { statements: [], journal: [{ at: 1, record: 'entry' }] };
    await opened[0]?.write(journal);
    await expect(direct('TRUNCATE journal')).rejects.toMatchObject({ code: 'P0001' });
  });
});

describe('the schema in PostgreSQL', () => {
  it('is made once by twenty starts at the same time', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(url)));
    await Promise.all(clients.map((client) => migratePostgresql(client, 'here', 1)));
    await Promise.all(clients.map((client) => client.end()));
    expect(await direct('SELECT count(*)::int AS n FROM migration')).toEqual([{ n: migrations.length }]);
  });

  it('is left as it was by a step that fails', async () => {
    const client = await connect(url);
    const steps = [{ number: 1, name: 'broken', sql: 'CREATE TABLE a (x TEXT); CREATE TABLE a (x TEXT)' }];
    await expect(migratePostgresql(client, 'here', 1, steps)).rejects.toMatchObject({ code: '42P07' });
    await client.end();
    expect(await direct(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  });

  it('takes a new step while a service of the version before goes on', async () => {
    const before = await open();
    const client = await connect(url);
    const next = {
      number: migrations.length + 1,
      name: 'next',
      sql: 'ALTER TABLE session ADD COLUMN later TEXT;',
    };
    await migratePostgresql(client, 'here', 1, [...migrations, next]);
    await client.end();
    await before.write({ statements: [], journal: [{ at: 1, record: 'entry' }] });
    await expect(open()).rejects.toMatchObject({ code: 'configuration_invalid' });
  });
});

describe('a number', () => {
  it.each([Number.MAX_SAFE_INTEGER, -1, 0])('%d comes back as it was', async (at) => {
    const database = await open();
    await database.write({ statements: [], journal: [{ at, record: '' }] });
    expect(await database.read({ sql: 'SELECT at FROM journal', parameters: [] })).toEqual([{ at }]);
  });

  it('that JavaScript does not hold is refused, written or read', async () => {
    const database = await open();
    const half = { sql: 'DELETE FROM session WHERE started_at = ?', parameters: [0.5] };
    await expect(database.write({ statements: [half] })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await database.write({ statements: [{ ...half, parameters: [1] }] });
    const beyond = { sql: 'SELECT 9007199254740993 AS n', parameters: [] };
    await expect(database.read(beyond)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('a start with a wrong DATABASE_URL', () => {
  /** The right address, but for these parts of it, and with a password that must never show. */
  const addressWith = (parts: { host?: string; port?: string; username?: string; pathname?: string }) => {
    const address = new URL(url);
    const { host, ...others } = parts;
    if (host !== undefined) address.searchParams.set('host', host);
    return Object.assign(address, { password, ...others }).href;
  };

  it.each([
    ['port', 'database_unreachable', { host: '127.0.0.1', port: '1' }],
    ['host', 'database_unreachable', { host: 'nowhere.invalid' }],
    ['socket', 'database_unreachable', { host: '/nowhere' }],
    ['user', 'database_login_refused', { username: 'stranger' }],
    ['name', 'database_unfit', { pathname: '/absent' }],
  ])('of another %s stops with %s', async (_, code, parts) => {
    await expectRefusal(addressWith(parts), code);
  });

  it('with a wrong password stops with database_login_refused', async () => {
    const server = await sharedPostgresql();
    await direct(`CREATE ROLE locked LOGIN PASSWORD 'other'`, server.url('postgres'));
    await server.askPasswordOf('locked');
    await expectRefusal(addressWith({ username: 'locked' }), 'database_login_refused');
  });

  it.each([
    ['of another program', 'CREATE TABLE customers (id INT)', 'database-foreign'],
    ['of another program with steps of its own', 'CREATE TABLE migration (version INT)', 'database-foreign'],
    [
      'that must not be written to',
      'ALTER DATABASE %d SET default_transaction_read_only = on',
      'database-read-only',
    ],
  ])('to a database %s stops with database_unfit', async (_, sql, problem) => {
    await direct(sql.replace('%d', `"${new URL(url).pathname.slice(1)}"`));
    await expectRefusal(addressWith({}), 'database_unfit', problem);
  });

  it('with a role that may only read stops with database_unfit, until the tables are there', async () => {
    const name = `reader_${randomBytes(4).toString('hex')}`;
    await direct(`CREATE ROLE ${name} LOGIN`);
    const reader = addressWith({ username: name });
    await expectRefusal(reader, 'database_unfit', 'database-read-only');
  });

  it('to a database of another encoding stops with database_unfit', async () => {
    const name = randomUUID();
    const server = await sharedPostgresql();
    await direct(
      `CREATE DATABASE "${name}" ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
      server.url('postgres'),
    );
    await expectRefusal(server.url(name), 'database_unfit', 'database-encoding');
  });

  it.each([
    'sealgate.sqlite',
    'mysql://user:pa55word-of-nobody@host/db',
    'postgresql://user:pa55word-of-nobody@host',
    'postgresql://user:pa55word-of-nobody@ho st/db',
    'postgresql://user:pa55word-of-nobody@host:port/db',
  ])('that is none stops with configuration_invalid: %s', async (address) => {
    await expectRefusal(address, 'configuration_invalid');
  });

  async function expectRefusal(address: string, code: string, problem?: string): Promise<void> {
    const error = await open(address).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isFailure(error)) throw error ?? new Error('it started');
    expect(error).toMatchObject({ code, ...(problem ? { details: { problem } } : {}) });
    const wording = (['en', 'ru'] as const).map((language) => explain(error.code, error.details, language));
    const cause = error.cause instanceof Error ? [error.cause.message, error.cause.stack] : [];
    expect(JSON.stringify([error.message, error.stack, error.details, wording, cause])).not.toContain(
      password,
    );
    expect(wording.every(({ remedy }) => remedy.length > 0)).toBe(true);
  }
});
