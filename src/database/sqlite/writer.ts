import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { keyring } from '../../secret/keyring.ts';
import type { Unit } from '../database.ts';
import { groupCommit, type Outcome } from './commit.ts';

/** What the writer thread is started with. */
export interface WriterData {
  readonly file: string;
  readonly secrets: readonly Uint8Array[];
}

/** The answer to one batch: an outcome for each unit, or the message of what failed for all of them. */
export type BatchAnswer = { readonly outcomes: readonly Outcome[] } | { readonly failure: string };

const { file, secrets } = workerData as WriterData;
const database = new DatabaseSync(file, { timeout: 5_000 });
// FULL: the log is on disk before COMMIT returns. fullfsync makes that true on macOS as well.
database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 1000');
const commit = groupCommit(database, keyring(secrets, 'journal'));

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
