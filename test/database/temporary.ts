import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { postgresqlPrograms } from '../../src/demo/private-postgresql.ts';
import { sharedPostgresql } from './engine.ts';

/** A database in a folder of its own. */
export interface TemporaryDatabase {
  readonly database: Database;
  readonly file: string;
  readonly secrets: readonly Uint8Array[];
  /** Opens it once more, as another process would. */
  again(): Database;
  /** Runs SQL behind Sealgate's back, past the triggers, as somebody with access to the file could; once the database is open. */
  tamper(sql: string, ...parameters: (string | number | Uint8Array)[]): void;
  dispose(): Promise<void>;
}

export function temporaryDatabase(): TemporaryDatabase {
  if (process.env.TEST_ENGINE === 'postgresql') return temporaryPostgresql();
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  const file = join(folder, 'sealgate.sqlite');
  const secrets = [randomBytes(32)];
  const open = () => openSqlite({ file, secrets, at: Date.now() });
  const opened = [open()];
  const [database] = opened;
  if (!database) throw new Error('unreachable');
  return {
    database,
    file,
    secrets,
    again() {
      const other = open();
      opened.push(other);
      return other;
    },
    tamper(sql, ...parameters) {
      const direct = new DatabaseSync(file, { timeout: 5_000 });
      const triggers = direct.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
      for (const { name } of triggers) direct.exec(`DROP TRIGGER ${String(name)}`);
      if (parameters.length > 0) direct.prepare(sql).run(...parameters);
      else direct.exec(sql);
      direct.close();
    },
    async dispose() {
      await Promise.all(opened.map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With `TEST_ENGINE=postgresql` the same tests run over PostgreSQL, so that every statement of theirs does. */
function temporaryPostgresql(): TemporaryDatabase {
  const secrets = [randomBytes(32)];
  const place = sharedPostgresql()
    .then((server) => server.create(randomUUID()))
    .then((url) => parsePlace(url, 'DATABASE_URL'));
  let url = '';
  void place.then((known) => {
    url = known.url;
  });
  const opened: Database[] = [];
  const open = () => {
    const database = whenOpen(
      place.then((known) => openPostgresql({ place: known, secrets, at: Date.now() })),
    );
    opened.push(database);
    return database;
  };
  return {
    database: open(),
    file: '',
    secrets,
    again: open,
    tamper(sql, ...parameters) {
      let index = 0;
      const text = sql.replace(/\?/g, () => literal(parameters[index++] ?? ''));
      const programs = postgresqlPrograms() ?? '';
      const commands = ['SET session_replication_role = replica', text].flatMap((each) => ['-c', each]);
      const run = spawnSync(join(programs, 'psql'), [url, '-qv', 'ON_ERROR_STOP=1', ...commands], {
        encoding: 'utf8',
      });
      if (run.status !== 0) throw new Error(run.stderr);
    },
    async dispose() {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

function literal(value: string | number | Uint8Array): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `'\\x${Buffer.from(value).toString('hex')}'`;
}

/** A database that is still being opened. */
function whenOpen(opening: Promise<Database>): Database {
  let opened: Database | undefined;
  const ready = opening.then((database) => {
    opened = database;
    return database;
  });
  return {
    write: async (unit) => (await ready).write(unit),
    read: async (statement) => (await ready).read(statement),
    judgeSeal: (text, seal) => opened?.judgeSeal(text, seal) ?? 'unknown',
    ready: async () => (await ready).ready(),
    close: async () => (await ready).close(),
  };
}
