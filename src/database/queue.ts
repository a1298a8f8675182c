import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { environmentWith } from '../environment.ts';
import { fault, SealgateError } from '../error.ts';
import type { Unit } from './database.ts';
import { faultFrom } from './fault-facts.ts';
import type { BatchAnswer } from './outcome.ts';

/**
 * How long a batch waits, in milliseconds, to grow as large as the one before it. Under load this makes a few large
 * commits of many small ones; a write that comes alone after another that came alone does not wait at all.
 */
const patience = 1;

/** Beyond this the disk has stopped, and it is better to refuse than to keep ever more in memory. */
const longestQueue = 10_000;

/**
 * A write of 64 KiB, more than a sign-in, and what takes it away again. In one unit with it SQLite would never write
 * the pages, for they are free again at its end.
 */
const probe: readonly Unit[] = [
  {
    statements: [
      {
        sql: `INSERT INTO write_probe (id, octets) VALUES (1, ?)
              ON CONFLICT (id) DO UPDATE SET octets = excluded.octets`,
        parameters: [new Uint8Array(65_536)],
      },
    ],
  },
  { statements: [{ sql: 'DELETE FROM write_probe', parameters: [] }] },
];

interface Waiting {
  readonly unit: Unit;
  resolve(): void;
  reject(error: unknown): void;
}

/** Writes units through a thread; those that arrive while a batch is on its way go together in the next one. */
export interface Writer {
  write(unit: Unit): Promise<void>;
  /** Resolves where writes reach the disk, as `Database.ready` has it. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** The thread of an adapter: it takes batches of units, answers each with a `BatchAnswer`, and ends at `close`. */
export interface WriterThread {
  readonly module: URL;
  /** What the thread is started with; it has to survive a structured clone. */
  readonly data: unknown;
  /** Most units of a batch. */
  readonly largestBatch: number;
}

/** A thread takes over the cache of compiled modules by its environment alone; without, it would compile its own. */
function threadEnvironment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return environmentWith(folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) });
}

/** Starts the writer thread. If it ends unasked, what was waiting fails and the next write starts a new one. */
export function startWriter({ module, data, largestBatch }: WriterThread): Writer {
  let worker: Worker | undefined;
  let queue: Waiting[] = [];
  let batch: readonly Waiting[] = [];
  let closing: Promise<void> | undefined;
  let idle: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let expected = 1;
  /** Whether the last batch that changed anything is on the disk. */
  let isProven = false;
  let probing: Promise<void> | undefined;

  const start = (): Worker => {
    const started = new Worker(module, { workerData: data, env: threadEnvironment() });
    started.on('message', (answer: BatchAnswer) => {
      settle(answer);
    });
    started.on('error', (error) => {
      fail(error);
    });
    started.on('exit', (code) => {
      if (worker === started) worker = undefined;
      fail(fault('the writer thread ended with code', code));
    });
    return started;
  };

  const schedule = () => {
    if (batch.length > 0 || timer) return;
    if (queue.length === 0) {
      idle?.();
      worker?.unref();
    } else if (queue.length >= expected || closing !== undefined) {
      send();
    } else {
      timer = setTimeout(send, patience);
    }
  };

  const send = () => {
    clearTimeout(timer);
    timer = undefined;
    batch = queue.slice(0, largestBatch);
    queue = queue.slice(largestBatch);
    expected = batch.length;
    worker ??= start();
    worker.ref();
    worker.postMessage(batch.map(({ unit }) => unit));
  };

  const settle = (answer: BatchAnswer) => {
    const finished = batch;
    batch = [];
    isProven = provenBy(answer) ?? isProven;
    // One turn of the event loop later, so that requests that have just come in share the next commit.
    setImmediate(schedule);
    finished.forEach((waiting, index) => {
      const error = refusalOf(waiting.unit, answer, index);
      if (error) waiting.reject(error);
      else waiting.resolve();
    });
  };

  const fail = (cause: Error) => {
    const lost = [...batch, ...queue];
    batch = [];
    queue = [];
    isProven = false;
    clearTimeout(timer);
    timer = undefined;
    for (const { reject } of lost) reject(unavailable(cause));
    idle?.();
  };

  const finish = async () => {
    if (batch.length + queue.length > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve;
        if (timer) send();
      });
    }
    const last = worker;
    worker = undefined;
    if (!last) return;
    await new Promise<void>((resolve) => {
      last.ref();
      last.once('exit', () => resolve());
      last.postMessage('close');
    });
  };

  const write = (unit: Unit): Promise<void> => {
    if (closing !== undefined) return Promise.reject(unavailable(fault('the database is closed')));
    if (queue.length >= longestQueue) {
      isProven = false;
      return Promise.reject(unavailable(fault('too many writes are waiting')));
    }
    return new Promise((resolve, reject) => {
      queue.push({ unit, resolve, reject });
      if (queue.length === 1) setImmediate(schedule);
      else if (timer && queue.length >= expected) send();
    });
  };

  return {
    write,
    async ready() {
      if (isProven) return;
      probing ??= (async () => {
        for (const unit of probe) await write(unit);
      })().finally(() => {
        probing = undefined;
      });
      await probing;
    },
    close() {
      closing ??= finish();
      return closing;
    },
  };
}

/** Whether a batch shows that writes reach the disk; undefined where it had nothing to write, which shows nothing. */
function provenBy(answer: BatchAnswer): boolean | undefined {
  if ('failure' in answer || answer.outcomes.some(({ kind }) => kind === 'failed')) return false;
  return answer.outcomes.some((outcome) => outcome.kind === 'done' && outcome.wrote) ? true : undefined;
}

function refusalOf(unit: Unit, answer: BatchAnswer, index: number): SealgateError | undefined {
  if ('failure' in answer) return unavailable(faultFrom(answer.failure));
  const outcome = answer.outcomes[index];
  if (outcome?.kind === 'done') return undefined;
  if (outcome?.kind === 'refused') {
    const refusal = unit.statements[outcome.statement]?.refusal;
    if (typeof refusal === 'string') return new SealgateError(refusal);
    if (refusal !== undefined) return new SealgateError(refusal.code, refusal.details);
  }
  return unavailable(
    outcome?.kind === 'failed' ? faultFrom(outcome.fault) : fault('the writer gave no answer'),
  );
}

/** `storage_unavailable` for that reason. */
export function unavailable(cause: Error): SealgateError {
  return new SealgateError('storage_unavailable', {}, { cause });
}

/** Writes nothing, for a database that was opened to be read. */
export const nobody: Writer = {
  write: () => Promise.reject(unavailable(fault('the database was opened to be read only'))),
  ready: () => Promise.reject(unavailable(fault('the database was opened to be read only'))),
  close: async () => {},
};
