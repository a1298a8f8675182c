import type { Database } from './database.ts';
import { migrations } from './sqlite/schema/migrations.ts';

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
