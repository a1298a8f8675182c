import { parentPort, workerData } from 'node:worker_threads';
import { keysByHead } from '../continuation.ts';
import type { Unit } from '../database.ts';
import { faultFacts } from '../fault-facts.ts';
import { databaseKeys, rereadKeys } from '../keys.ts';
import type { BatchAnswer } from '../outcome.ts';
import { tellable } from './failure.ts';
import { openLink } from './link.ts';

/** What the writer thread is started with. */
export interface WriterData {
  readonly url: string;
  readonly secrets: readonly Uint8Array[];
  /** The file they came from, if they did. */
  readonly secretsFile?: string;
}

const { url, secrets, secretsFile } = workerData as WriterData;
const keysOf = keysByHead(databaseKeys(secrets), () => rereadKeys(secretsFile));
const link = openLink(url, { keysOf, seen: 0 });

// The queue sends a batch only once the one before it was answered.
parentPort?.on('message', async (units: readonly Unit[] | 'close') => {
  if (units === 'close') {
    await link.close().catch(() => {});
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(await answer(units));
});

async function answer(units: readonly Unit[]): Promise<BatchAnswer> {
  try {
    return { outcomes: await link.commit(units) };
  } catch (error) {
    return { failure: faultFacts(tellable(error)) };
  }
}
