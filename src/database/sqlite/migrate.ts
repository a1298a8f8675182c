import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Details, SealgateError } from '../../error.ts';
import type { Database } from '../database.ts';
import type { Migration } from './migration.ts';
import { migrations } from './schema/migrations.ts';

/**
 * Brings the schema up to date, in one transaction, and records each step with the hash of its text.
 * Throws `configuration_invalid` where the database was made by a newer version, or by other steps than these.
 */
export function migrate(database: DatabaseSync, at: number, steps: readonly Migration[] = migrations): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS migration (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    const applied = database.prepare('SELECT number, hash FROM migration ORDER BY number').all();
    applied.forEach((row, index) => {
      expectSame(row, steps[index]);
    });
    const record = database.prepare(
      'INSERT INTO migration (number, name, hash, applied_at) VALUES (?, ?, ?, ?)',
    );
    for (const step of steps.slice(applied.length)) {
      database.exec(step.sql);
      record.run(step.number, step.name, fingerprint(step), at);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Expects tables that steps of this schema have made, however few of them, and changes nothing. Throws
 * `configuration_invalid` with `missing` where there are none, and as `migrate` does.
 */
export function expectSchema(database: DatabaseSync, missing: Details<'configuration_invalid'>): void {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").get();
  const applied = table ? database.prepare('SELECT number, hash FROM migration ORDER BY number').all() : [];
  if (applied.length === 0) throw new SealgateError('configuration_invalid', missing);
  applied.forEach((row, index) => {
    expectSame(row, migrations[index]);
  });
}

function expectSame(row: Record<string, unknown>, step: Migration | undefined): void {
  if (step && row.number === step.number && row.hash === fingerprint(step)) return;
  const problem = step
    ? `step ${step.number} of its schema is not the one of this version`
    : 'it was made by a newer version of Sealgate';
  throw new SealgateError('configuration_invalid', { field: 'database', problem });
}

/** White space does not count, so that re-indenting the code is no change of the schema. */
function fingerprint(step: Migration): string {
  return hash('sha256', step.sql.replace(/\s+/g, ' ').trim(), 'hex');
}

/** Whether the step of this name was taken. Rejects with `storage_unavailable`. */
export async function wasMigrated(database: Database, name: string): Promise<boolean> {
  const sql = 'SELECT number FROM migration WHERE name = ?';
  return (await database.read({ sql, parameters: [name] })).length > 0;
}

/** How many steps were taken. Rejects with `storage_unavailable`. */
export async function takenSteps(database: Database): Promise<number> {
  const [row] = await database.read({ sql: 'SELECT max(number) AS steps FROM migration', parameters: [] });
  return Number(row?.steps);
}

/** Whether steps are left, which only looking at a database does not take. Rejects with `storage_unavailable`. */
export async function isOutdated(database: Database): Promise<boolean> {
  return (await takenSteps(database)) < migrations.length;
}
