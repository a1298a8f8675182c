import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import type { Access } from '../database/access.ts';
import type { Database } from '../database/database.ts';
import { openSqlite } from '../database/sqlite/database.ts';
import { isSealed } from '../database/sqlite/head.ts';
import { notThere } from '../database/sqlite/open.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { loadSecrets } from '../secret/load.ts';

/** What the service and the operator's commands both work on. */
export interface State {
  readonly database: Database;
  /** The service's secrets, newest first. */
  readonly secrets: readonly Uint8Array[];
}

/** Whether there is no database yet, as far as can be told without opening it. */
export function isDatabaseMissing({ database, postgresql }: Config): boolean {
  return postgresql === undefined && !existsSync(database);
}

/**
 * Opens the secrets and the database, and makes them only where `access` says so. Secrets are never made beside a
 * database whose journal some secret sealed: with others nothing could be written to it. Rejects as `loadSecrets`,
 * `openSqlite` and `openPostgresql` do.
 */
export async function openState(config: Config, at: number, access: Access): Promise<State> {
  const { database: file, postgresql: place, givenSecrets } = config;
  const mayMake = access === 'serve' || access === 'create';
  if (!mayMake && isDatabaseMissing(config)) throw new SealgateError('configuration_invalid', notThere(file));
  const isUnsealed = async () =>
    !(place === undefined ? isSealed(file) : await (await postgresql()).isSealed(place));
  const secrets =
    givenSecrets ?? (await loadSecrets(config.secretsFile, async () => mayMake && isUnsealed()));
  const secretsFile = givenSecrets === undefined ? config.secretsFile : undefined;
  const options = { secrets, at, access, ...defined({ secretsFile }) };
  const database =
    place === undefined
      ? openSqlite({ file, ...options })
      : await (await postgresql()).openPostgresql({ place, ...options });
  return { secrets, database };
}

/** Loaded where it is the engine. */
async function postgresql() {
  const { openPostgresql } = await import('../database/postgresql/database.ts');
  const { isSealed } = await import('../database/postgresql/open.ts');
  return { openPostgresql, isSealed };
}
