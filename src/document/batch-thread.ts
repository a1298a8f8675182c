import { parentPort, workerData } from 'node:worker_threads';
import { chooseGost } from '../gost/engine.ts';
import { type BatchQuestion, verdictsOn } from './batch-verdict.ts';

/** What a thread is started with. */
export interface BatchThread {
  readonly question: BatchQuestion;
  /** The engine for GOST that this process has chosen: a thread would make its own choice. */
  readonly engine: string;
}

const { question, engine } = workerData as BatchThread;
chooseGost(engine);
parentPort?.on('message', async (files: readonly string[]) => {
  parentPort?.postMessage(await verdictsOn(files, question));
});
// It has started.
parentPort?.postMessage([]);
