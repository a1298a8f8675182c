import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { openSqlite } from '../database/sqlite/database.ts';
import { loadSecrets } from '../secret/load.ts';

/** What the service and the operator's commands both work on. */
export interface State {
  readonly database: Database;
  /** The service's secrets, newest first. */
  readonly secrets: readonly Uint8Array[];
}

/** Opens the secrets and the database. Throws `configuration_invalid` or `storage_unavailable`. */
export async function openState(config: Config, at: number): Promise<State> {
  const secrets = config.givenSecrets ?? (await loadSecrets(config.secretsFile));
  return { secrets, database: openSqlite({ file: config.database, secrets, at }) };
}
