import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Unit } from '../database.ts';
import { faultFacts } from '../fault-facts.ts';
import { databaseKeys, rereadKeys } from '../keys.ts';
import type { BatchAnswer } from '../outcome.ts';
import { groupCommit } from './commit.ts';

/** What the writer thread is started with. */
export interface WriterData {
  readonly file: string;
  readonly secrets: readonly Uint8Array[];
  /** The file they came from, if they did. */
  readonly secretsFile?: string;
}

const { file, secrets, secretsFile } = workerData as WriterData;
const database = new DatabaseSync(file, { timeout: 5_000 });
// FULL: the log is on disk before COMMIT returns. fullfsync makes that true on macOS as well.
database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 1000');
// Where they cannot be had the head stays unknown, and the next write looks again.
const commit = groupCommit(database, databaseKeys(secrets), () => rereadKeys(secretsFile));

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
    return { failure: faultFacts(error) };
  }
}
