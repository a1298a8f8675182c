import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Keyring, keyring } from '../../secret/keyring.ts';
import { readSecrets } from '../../secret/load.ts';
import type { Unit } from '../database.ts';
import { groupCommit, type Outcome } from './commit.ts';

/** What the writer thread is started with. */
export interface WriterData {
  readonly file: string;
  readonly secrets: readonly Uint8Array[];
  /** The file they came from, if they did. */
  readonly secretsFile?: string;
}

/** The answer to one batch: an outcome for each unit, or the message of what failed for all of them. */
export type BatchAnswer = { readonly outcomes: readonly Outcome[] } | { readonly failure: string };

const { file, secrets, secretsFile } = workerData as WriterData;
const database = new DatabaseSync(file, { timeout: 5_000 });
// FULL: the log is on disk before COMMIT returns. fullfsync makes that true on macOS as well.
database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 1000');
const commit = groupCommit(database, keyring(secrets, 'journal'), reread);

parentPort?.on('message', (units: readonly Unit[] | 'close') => {
  if (units === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(units));
});

function answer(units: readonly Unit[]): BatchAnswer {
  try {
    return { outcomes: commit(units) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

function reread(): Keyring | undefined {
  try {
    const today = secretsFile === undefined ? undefined : readSecrets(secretsFile);
    return today && keyring(today, 'journal');
  } catch {
    // Being edited, perhaps: the head stays unknown, and the next write looks again.
    return undefined;
  }
}
