import type { Client } from 'pg';
import { type Details, SealgateError } from '../../error.ts';
import type { ServiceTerm } from '../../failure/service-terms.ts';
import { expectSteps, fingerprint, type Migration, type TakenStep } from '../migration.ts';
import { migrations } from '../sqlite/schema/migrations.ts';
import { foundation, postgresqlText } from './schema.ts';
import { selectTables, takeWriteLock } from './statements.ts';
import { translate } from './translate.ts';

/**
 * Brings the schema up to date, in one transaction that all replicas wait for, and records each step. Services of the
 * version before go on meanwhile: steps only add. Rejects with `configuration_invalid` where the database was made by a
 * newer version, or by other steps than these, `database_unfit` where another program has its tables there, and with
 * an error of `pg`.
 */
export async function migrate(
  client: Client,
  place: string,
  at: number,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  if ((await takenSteps(client, place, steps))?.length === steps.length) return;
  await client.query('BEGIN');
  try {
    await client.query(takeWriteLock);
    const taken = await takenSteps(client, place, steps);
    if (taken === undefined) await client.query(foundation);
    for (const step of steps.slice(taken?.length ?? 0)) {
      await client.query(postgresqlText(step));
      const sql = 'INSERT INTO migration (number, name, hash, applied_at) VALUES (?, ?, ?, ?)';
      await client.query(translate(sql, [step.number, step.name, fingerprint(step), at]));
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * Expects tables that steps of this schema have made, however few of them, and changes nothing. Rejects with
 * `configuration_invalid` with `missing` where there are none, and as `migrate` does.
 */
export async function expectSchema(
  client: Client,
  place: string,
  missing: Details<'configuration_invalid'>,
): Promise<void> {
  const taken = await takenSteps(client, place, migrations);
  if (taken === undefined || taken.length === 0) throw new SealgateError('configuration_invalid', missing);
}

/** The steps that were taken; undefined in an empty database. */
async function takenSteps(
  client: Client,
  place: string,
  steps: readonly Migration[],
): Promise<readonly TakenStep[] | undefined> {
  const tables = (await client.query<{ name: string }>(selectTables)).rows.map(({ name }) => name);
  if (tables.length === 0) return undefined;
  if (!tables.includes('migration')) throw unfit(place, 'database-foreign');
  const { rows } = await client
    .query<TakenStep & Record<string, never>>('SELECT number, hash FROM migration ORDER BY number')
    .catch((error: unknown) => {
      throw unfit(place, 'database-foreign', error);
    });
  expectSteps(rows, steps);
  return rows;
}

/** `database_unfit` for that reason. */
export function unfit(place: string, problem: ServiceTerm, cause?: unknown): SealgateError {
  return new SealgateError('database_unfit', { host: place, problem }, { cause });
}
