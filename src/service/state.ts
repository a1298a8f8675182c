import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { openSqlite } from '../database/sqlite/database.ts';
import { isSealed } from '../database/sqlite/head.ts';
import { type Access, notThere } from '../database/sqlite/open.ts';
import { SealgateError } from '../error.ts';
import { loadSecrets } from '../secret/load.ts';

export type { Access };

/** What the service and the operator's commands both work on. */
export interface State {
  readonly database: Database;
  /** The service's secrets, newest first. */
  readonly secrets: readonly Uint8Array[];
}

/**
 * Opens the secrets and the database, and makes them only where `access` says so. Secrets are never made beside a
 * database whose journal some secret sealed: with others nothing could be written to it. Throws as `loadSecrets` and
 * `openSqlite` do.
 */
export async function openState(config: Config, at: number, access: Access): Promise<State> {
  const { database: file, givenSecrets, secretsFile } = config;
  const mayMake = access === 'serve' || access === 'create';
  if (!mayMake && !existsSync(file)) throw new SealgateError('configuration_invalid', notThere(file));
  if (givenSecrets !== undefined) {
    return { secrets: givenSecrets, database: openSqlite({ file, secrets: givenSecrets, at, access }) };
  }
  const secrets = await loadSecrets(secretsFile, () => mayMake && !isSealed(file));
  return { secrets, database: openSqlite({ file, secrets, secretsFile, at, access }) };
}
