import { type AssertionKeys, assertionKeys } from '../assertion/keys.ts';
import { type StoredKeys, storedKeys } from '../assertion/stored-keys.ts';
import type { Config } from '../config.ts';
import { defined } from '../optional.ts';
import { wrapping } from '../secret/wrapping.ts';
import type { Signer } from '../token/signer.ts';
import type { State } from './state.ts';

/** The assertion keys of a service by its configuration: its own in the database, in files, or on tokens. */
export function openKeys(
  state: State,
  { keys: folder, makesKeyFiles }: Config,
  openToken?: ((uri: string) => Promise<Signer>) | undefined,
): AssertionKeys {
  const stored = privateKeysOf(state);
  return assertionKeys({
    database: state.database,
    folder,
    stored,
    makesFiles: makesKeyFiles,
    ...defined({ openToken }),
  });
}

/** The private keys in a service's database. */
export function privateKeysOf({ database, secrets }: State): StoredKeys {
  return storedKeys(database, wrapping(secrets));
}
