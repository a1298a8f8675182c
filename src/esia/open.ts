import { join } from 'node:path';
import { RefusedAssertions } from '../assertion/refused.ts';
import type { Esia } from './context.ts';
import { openTokenKeys } from './key/keys.ts';

/** Folder of the keys that sign tokens, in the service's folder of keys. */
export function tokenKeyFolder(keys: string): string {
  return join(keys, 'esia');
}

/** Opens the front below `path`; keys are made where there are none. Throws `esia_key_unavailable`. */
export async function openEsia(path: string, keys: string, at: number): Promise<Esia> {
  return {
    base: path === '/' ? '' : path,
    keys: await openTokenKeys(tokenKeyFolder(keys), at),
    refused: new RefusedAssertions('esia.refused'),
  };
}
