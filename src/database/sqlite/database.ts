import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SealgateError } from '../../error.ts';
import type { Database, Row, Statement, Unit } from '../database.ts';
import { stored } from './commit.ts';
import { migrate } from './migrate.ts';
import { startWriter } from './queue.ts';

/** How to open the embedded database. */
export interface SqliteOptions {
  /** Path of the database file; its folder is made if it is missing. */
  readonly file: string;
  /** The service's secrets, newest first; they seal the journal. */
  readonly secrets: readonly Uint8Array[];
  /** Now, in milliseconds since the epoch, to be written beside each step of the schema. */
  readonly at: number;
}

/**
 * Opens the embedded database: brings its schema up to date, then writes through a thread of its own and reads on
 * this one. A commit waits for the disk, and on a slow disk that is many milliseconds, so it must not happen on the
 * event loop. A look-up by key takes microseconds, less than a message to a thread and back would.
 *
 * Throws `configuration_invalid` for a database of another version and `storage_unavailable` for one that cannot be
 * opened.
 */
export function openSqlite({ file, secrets, at }: SqliteOptions): Database {
  const reader = openReader(file, at);
  const writer = startWriter({ file, secrets });
  const prepared = new Map<string, StatementSync>();
  let closed = false;

  const rows = ({ sql, parameters }: Statement): readonly Row[] => {
    if (closed) throw new Error('the database is closed');
    let statement = prepared.get(sql);
    if (!statement) {
      statement = reader.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement.all(...parameters.map(stored)) as readonly Row[];
  };

  return {
    write: (unit: Unit) => writer.write(unit),
    async read(statement) {
      try {
        return rows(statement);
      } catch (error) {
        throw new SealgateError('storage_unavailable', {}, { cause: error });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      reader.close();
    },
  };
}

function openReader(file: string, at: number): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const isNew = !existsSync(file);
    const database = new DatabaseSync(file, { timeout: 5_000 });
    if (isNew) chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    migrate(database, at);
    database.exec('PRAGMA query_only = ON');
    return database;
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('storage_unavailable', {}, { cause: error });
  }
}
