import { type BareCode, isFailure } from '../error.ts';
import type { Database, Unit } from './database.ts';

/** Does `unit`; false where one of its statements refused it with `refusal`. Rejects as `Database.write` does otherwise. */
export async function writeUnless(database: Database, unit: Unit, refusal: BareCode): Promise<boolean> {
  try {
    await database.write(unit);
    return true;
  } catch (error) {
    if (isFailure(error, refusal)) return false;
    throw error;
  }
}
