import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll } from 'vitest';
import type { Access } from '../../src/database/access.ts';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { type PrivatePostgresql, startPostgresql } from '../../src/demo/private-postgresql.ts';

/** One empty database of an engine, which several processes may open. */
export interface Site {
  readonly secrets: readonly Uint8Array[];
  /** Opens it, once more as another process would. */
  open(secrets?: readonly Uint8Array[], access?: Access, secretsFile?: string): Promise<Database>;
  /** Runs SQL behind Sealgate's back, past the triggers, as somebody with access to the server or file could. */
  tamper(sql: string): Promise<void>;
  /** Closes what was opened, and removes it. */
  close(): Promise<void>;
}

/** An engine, to run a suite over it. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  site(): Promise<Site>;
}

/** Both engines. A PostgreSQL is started by the first site that wants one. */
export const engines: readonly Engine[] = [sqlite(), postgresql()];

function sqlite(): Engine {
  return {
    name: 'SQLite',
    async site() {
      const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
      const file = join(folder, 'sealgate.sqlite');
      return siteOf(
        async (options) => openSqlite({ file, ...options }),
        async (sql) => {
          const direct = new DatabaseSync(file, { timeout: 5_000 });
          const triggers = direct.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
          for (const { name } of triggers) direct.exec(`DROP TRIGGER ${String(name)}`);
          direct.exec(sql);
          for (const trigger of triggers) direct.exec(String(trigger.sql));
          direct.close();
        },
        async () => rmSync(folder, { recursive: true, force: true }),
      );
    },
  };
}

let server: Promise<PrivatePostgresql> | undefined;

afterAll(async () => {
  await (await server)?.close();
  server = undefined;
});

/** The PostgreSQL of this test file, started for whoever asks first; it ends with the file. */
export function sharedPostgresql(): Promise<PrivatePostgresql> {
  server ??= startPostgresql();
  return server;
}

function postgresql(): Engine {
  return {
    name: 'PostgreSQL',
    async site() {
      const place = parsePlace(await (await sharedPostgresql()).create(randomUUID()), 'DATABASE_URL');
      return siteOf(
        (options) => openPostgresql({ place, ...options }),
        async (sql) => {
          const client = new Client({ connectionString: place.url });
          await client.connect();
          await client.query('SET session_replication_role = replica');
          await client.query(sql);
          await client.end();
        },
        async () => {},
      );
    },
  };
}

type Open = (options: {
  readonly secrets: readonly Uint8Array[];
  readonly at: number;
  readonly access: Access;
  readonly secretsFile?: string;
}) => Promise<Database>;

function siteOf(open: Open, tamper: Site['tamper'], remove: () => Promise<void>): Site {
  const secrets = [randomBytes(32)];
  const opened: Database[] = [];
  return {
    secrets,
    async open(others = secrets, access = 'serve', secretsFile) {
      const file = secretsFile === undefined ? {} : { secretsFile };
      const database = await open({ secrets: others, at: 1, access, ...file });
      opened.push(database);
      return database;
    },
    tamper,
    async close() {
      await Promise.all(opened.map((one) => one.close()));
      await remove();
    },
  };
}
