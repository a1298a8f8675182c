import { hash } from 'node:crypto';
import { SealgateError } from '../error.ts';

/**
 * One step of the schema, for both engines. Steps are only ever added; one that was released is never changed. Since
 * step 11 no step may change a sealed column (see `SealedTable`): SQL cannot seal the row anew.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** What it does in SQLite; tables are STRICT, with columns INTEGER, TEXT and BLOB. */
  readonly sql: string;
  /**
   * What it does in PostgreSQL. By default the same with other types (see `postgresqlText`): enough for tables,
   * columns, indexes and plain statements. A step with triggers or functions of SQLite says it here.
   */
  readonly postgresql?: string;
}

/** A step as the database remembers it. */
export interface TakenStep {
  readonly number: number;
  readonly hash: string;
}

/** What a step is known by. White space does not count, so that re-indenting the code is no change of the schema. */
export function fingerprint({ sql }: Migration): string {
  return hash('sha256', sql.replace(/\s+/g, ' ').trim(), 'hex');
}

/**
 * Expects what was taken to be the first of these steps. Throws `configuration_invalid` where it was made by a newer
 * version, or by other steps.
 */
export function expectSteps(taken: readonly TakenStep[], steps: readonly Migration[]): void {
  for (const [index, { number, hash: known }] of taken.entries()) {
    const step = steps[index];
    if (step && number === step.number && known === fingerprint(step)) continue;
    const problem = step
      ? `step ${step.number} of its schema is not the one of this version`
      : 'it was made by a newer version of Sealgate';
    throw new SealgateError('configuration_invalid', { field: 'database', problem });
  }
}
