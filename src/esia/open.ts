import { RefusedAssertions } from '../assertion/refused.ts';
import type { Database } from '../database/database.ts';
import type { Wrapping } from '../secret/wrapping.ts';
import type { Esia } from './context.ts';
import { openTokenKeys } from './key/keys.ts';

/** What the front is opened on. */
export interface EsiaState {
  readonly database: Database;
  /** Encrypts the keys of its tokens. */
  readonly wrapping: Wrapping;
}

/** Opens the front below `path`; keys are made where there are none. Rejects with `storage_unavailable`. */
export async function openEsia(path: string, { database, wrapping }: EsiaState, at: number): Promise<Esia> {
  return {
    base: path === '/' ? '' : path,
    keys: await openTokenKeys(database, wrapping, at),
    refused: new RefusedAssertions('esia.refused'),
  };
}
