import { type Keyring, keyring } from '../secret/keyring.ts';
import { readSecrets } from '../secret/load.ts';

/** What a database seals with: the head of its journal, and rows. */
export interface DatabaseKeys {
  readonly journal: Keyring;
  readonly record: Keyring;
}

/** The keys that follow from the service's secrets, newest first. */
export function databaseKeys(secrets: readonly Uint8Array[]): DatabaseKeys {
  return { journal: keyring(secrets, 'journal'), record: keyring(secrets, 'record') };
}

/** The keys of today, from the file of the secrets; undefined where there is none, or it is being edited just now. */
export function rereadKeys(secretsFile: string | undefined): DatabaseKeys | undefined {
  try {
    const secrets = secretsFile === undefined ? undefined : readSecrets(secretsFile);
    return secrets && databaseKeys(secrets);
  } catch {
    return undefined;
  }
}
