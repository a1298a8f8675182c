import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { loadedGost } from '../gost/engine.ts';
import type { BatchThread } from './batch-thread.ts';
import { type BatchQuestion, type BatchVerdict, verdictsOn } from './batch-verdict.ts';

/** Files that are judged by one thread before it takes more. */
const share = 16;

/** Fewer files are judged sooner than another thread has begun. */
const worthThread = 256;

type Judge = (files: readonly string[]) => Promise<readonly BatchVerdict[]>;

/**
 * The verdicts on many files, in their order, on as many threads as there are cores: this one begins, and the others
 * take their share from when they have started. `progress` is told how many are done. Rejects with what ends a thread.
 */
export async function validateFiles(
  files: readonly string[],
  question: BatchQuestion,
  progress: (done: number) => void,
): Promise<readonly BatchVerdict[]> {
  const verdicts = new Map<number, readonly BatchVerdict[]>();
  const parts = Array.from({ length: Math.ceil(files.length / share) }, (_, at) => at);
  let done = 0;
  const take = async (judge: Judge) => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const found = await judge(files.slice(part * share, (part + 1) * share));
      verdicts.set(part, found);
      done += found.length;
      progress(done);
    }
  };
  const others = files.length < worthThread ? 0 : availableParallelism() - 1;
  const here = take((part) => verdictsOn(part, question));
  const elsewhere = Array.from({ length: others }, () => onThread(question, take, here));
  await Promise.all([here, ...elsewhere]);
  return [...verdicts].sort(([a], [b]) => a - b).flatMap(([, each]) => each);
}

/** Has a thread take its share, unless `end` comes before it has started. */
async function onThread(
  question: BatchQuestion,
  take: (judge: Judge) => Promise<void>,
  end: Promise<void>,
): Promise<void> {
  const workerData: BatchThread = { question, engine: loadedGost().engine.name };
  const module = new URL(`./batch-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(module, { workerData });
  try {
    const isStarted = await Promise.race([answerOf(worker).then(() => true), end.then(() => false)]);
    if (!isStarted) return;
    await take((part) => {
      worker.postMessage(part);
      return answerOf<readonly BatchVerdict[]>(worker);
    });
  } finally {
    worker.removeAllListeners();
    await worker.terminate();
  }
}

/** What a thread says next. Rejects where it ends instead. */
function answerOf<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread ended with ${code}`)));
  });
}
