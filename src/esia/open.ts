import { join } from 'node:path';
import { RefusedAssertions } from '../assertion/refused.ts';
import type { Statement } from '../database/database.ts';
import type { Esia } from './context.ts';
import { openTokenKeys } from './key/keys.ts';
import { forgetAuthorizations } from './storage/authorization.ts';
import { forgetGrants } from './storage/grant.ts';
import { forgetRequests } from './storage/request.ts';
import { forgetSignedStrings } from './storage/signed-string.ts';

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

/** Forgets, as of `at` (ms), what the front needs no more. */
export function forgetEsia(at: number): readonly Statement[] {
  return [...forgetAuthorizations(at), forgetGrants(at), forgetSignedStrings(at), forgetRequests(at)];
}
