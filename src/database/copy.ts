import { DatabaseSync } from 'node:sqlite';
import type { Client } from 'pg';
import { SealgateError } from '../error.ts';
import type { Value } from './database.ts';
import { connect } from './postgresql/connect.ts';
import { unfit } from './postgresql/migrate.ts';
import { explained } from './postgresql/open.ts';
import type { PostgresqlPlace } from './postgresql/place.ts';
import { takeWriteLock } from './postgresql/statements.ts';
import { translate } from './postgresql/translate.ts';

/** How many rows go at once. */
const pageLength = 200;

/** Tables that belong to one database alone: its steps, who uses it, whether its disk takes writes. */
const own: readonly string[] = ['migration', 'replica', 'write_probe'];

/** A table that was copied, and how many rows it has. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

/**
 * Copies every table of the SQLite database in `file` into a PostgreSQL that holds nothing yet; both have the same steps
 * of the schema. Rows are taken as they are, journal, seals and encrypted keys among them. All of it or nothing is
 * copied, and nobody writes to the file meanwhile. Gives the tables with
 * their numbers of rows.
 *
 * Rejects with `database_unfit` where the PostgreSQL holds something, `database_unusable` where the file cannot be read,
 * and as `openPostgresql` does.
 */
export async function copyToPostgresql(
  file: string,
  place: PostgresqlPlace,
): Promise<readonly CopiedTable[]> {
  const source = openSource(file);
  let target: Client | undefined;
  try {
    target = await connect(place.url, { pipeline: true });
    await target.query('BEGIN');
    await target.query(takeWriteLock);
    const copied: CopiedTable[] = [];
    for (const table of tablesOf(source)) {
      const { rows } = await target.query(`SELECT 1 FROM ${table} LIMIT 1`);
      if (rows.length > 0) throw unfit(place.shown, 'database-occupied');
      copied.push({ table, rows: await copyTable(source, target, table) });
    }
    await target.query('COMMIT');
    return copied;
  } catch (error) {
    throw explained(error, place.shown);
  } finally {
    await target?.end().catch(() => {});
    source.close();
  }
}

/** Holds the file for itself: units that were written during the copy would be missing from it. */
function openSource(file: string): DatabaseSync {
  try {
    const source = new DatabaseSync(file, { timeout: 5_000 });
    source.exec('BEGIN IMMEDIATE');
    return source;
  } catch (error) {
    throw new SealgateError('database_unusable', { file }, { cause: error });
  }
}

function tablesOf(source: DatabaseSync): readonly string[] {
  return source
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !own.includes(name));
}

async function copyTable(source: DatabaseSync, target: Client, table: string): Promise<number> {
  const columns = source
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
  const places = columns.map(() => '?').join(', ');
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`;
  let count = 0;
  let page: Promise<unknown>[] = [];
  for (const row of source.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).iterate()) {
    page.push(
      target.query(
        translate(
          sql,
          columns.map((column) => row[column] as Value),
        ),
      ),
    );
    count += 1;
    if (page.length < pageLength) continue;
    await Promise.all(page);
    page = [];
  }
  await Promise.all(page);
  return count;
}
