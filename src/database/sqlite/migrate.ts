import type { DatabaseSync } from 'node:sqlite';
import { type Details, SealgateError } from '../../error.ts';
import { expectSteps, fingerprint, type Migration, type TakenStep } from '../migration.ts';
import { migrations } from './schema/migrations.ts';

const selectTaken = 'SELECT number, hash FROM migration ORDER BY number';

/**
 * Brings the schema up to date, in one transaction, and records each step with the hash of its text.
 * Throws `configuration_invalid` where the database was made by a newer version, or by other steps than these.
 */
export function migrate(database: DatabaseSync, at: number, steps: readonly Migration[] = migrations): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS migration (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    const applied = database.prepare(selectTaken).all() as unknown as readonly TakenStep[];
    expectSteps(applied, steps);
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
  const applied = (table ? database.prepare(selectTaken).all() : []) as unknown as readonly TakenStep[];
  if (applied.length === 0) throw new SealgateError('configuration_invalid', missing);
  expectSteps(applied, migrations);
}
