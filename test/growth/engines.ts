import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { startPostgresql } from '../../src/demo/private-postgresql.ts';

/** An engine that makes databases, and fills tables faster than a service does. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  open(name: string): Promise<Filled>;
  close(): Promise<void>;
}

/** A database, and how rows get into it by the engine's own SQL. */
export interface Filled {
  readonly database: Database;
  /**
   * Inserts what `select` gives for each `n` from 1 to `count`. In it `octets(…)` stands for so many octets that are
   * none but that `n`'s.
   */
  fill(table: string, select: string, count: number): Promise<void>;
}

/** Rows of one statement: more at once would take memory for all of them. */
const perStatement = 500_000;

/** SQLite in a temporary folder. */
export function sqliteEngine(): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-growth-'));
  const opened: Database[] = [];
  return {
    name: 'SQLite',
    async open(name) {
      const file = join(folder, `${name}.sqlite`);
      const database = openSqlite({ file, secrets: [randomBytes(32)], at: 1 });
      opened.push(database);
      await database.ready();
      return {
        database,
        async fill(table, select, count) {
          const direct = new DatabaseSync(file, { timeout: 60_000 });
          const sql = select.replace(/octets\((\d+)\)/g, 'randomblob($1)');
          for (let done = 0; done < count; done += perStatement) {
            const last = Math.min(count, done + perStatement);
            direct.exec(`INSERT INTO ${table} WITH RECURSIVE numbers(n) AS (
              SELECT ${done + 1} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last}) SELECT ${sql} FROM numbers`);
          }
          direct.exec('PRAGMA wal_checkpoint(TRUNCATE)');
          direct.close();
        },
      };
    },
    async close() {
      for (const database of opened) await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A PostgreSQL of its own. Rejects with an Error where none is installed. */
export async function postgresqlEngine(): Promise<Engine> {
  const server = await startPostgresql({ isDurable: true });
  const opened: Database[] = [];
  return {
    name: 'PostgreSQL',
    async open(name) {
      const url = await server.create(name);
      const place = parsePlace(url, 'DATABASE_URL');
      const database = await openPostgresql({ place, secrets: [randomBytes(32)], at: 1 });
      opened.push(database);
      return {
        database,
        async fill(table, select, count) {
          const client = new Client({ connectionString: url });
          await client.connect();
          const sql = select.replace(/octets\((\d+)\)/g, (_, length) => octetsOf(Number(length)));
          for (let done = 0; done < count; done += perStatement) {
            const last = Math.min(count, done + perStatement);
            await client.query(
              `INSERT INTO ${table} SELECT ${sql} FROM generate_series(${done + 1}, ${last}) AS numbers(n)`,
            );
          }
          await client.query(`VACUUM ANALYZE ${table}`);
          await client.end();
        },
      };
    },
    async close() {
      for (const database of opened) await database.close();
      await server.close();
    },
  };
}

/** Digests, one behind the other. */
function octetsOf(length: number): string {
  const pieces = Array.from({ length: Math.ceil(length / 32) }, (_, at) => `sha256((n || ' ${at}')::bytea)`);
  return `substr(${pieces.join(' || ')}, 1, ${length})`;
}
