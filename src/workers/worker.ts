import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { type FromWorker, isToWorker } from './message.ts';

/** Whether this process is one of several that serve together. */
export const isWorker: boolean = cluster.isWorker;

/** Says to the process that started this worker that it answers, and where. */
export function announce(url: string): void {
  send({ kind: 'serving', url });
}

/**
 * Leaves, after the server was closed: resolves once no connection can be on its way to this worker any more. One that
 * was, is handed to another worker; were the process to end before that, whoever made it would be cut off.
 */
export function leave(): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (isToWorker(message) && message.kind === 'left') resolve();
    });
    process.once('disconnect', () => resolve());
    send({ kind: 'leaving' });
  });
}

/** Text of measurements that is waited for. */
interface Wanted {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Adds the measurements of this worker to those of all, and gives how to ask for those of all, in Prometheus' text
 * format. That rejects with an Error where one of the workers does not answer within five seconds.
 */
export function shareMeasurements(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry]);
  // Answers whoever gathers them, from the moment on in which it is made.
  new AggregatorRegistry();
  const wanted = new Map<number, Wanted>();
  let latest = 0;
  process.on('message', (message) => {
    if (!isToWorker(message) || message.kind !== 'metrics') return;
    const { id, text } = message;
    const { resolve, reject } = wanted.get(id) ?? {};
    wanted.delete(id);
    if (text === undefined) reject?.(new Error('a worker did not tell its measurements'));
    else resolve?.(text);
  });
  return () =>
    new Promise((resolve, reject) => {
      latest += 1;
      wanted.set(latest, { resolve, reject });
      send({ kind: 'metrics-wanted', id: latest });
    });
}

function send(message: FromWorker): void {
  process.send?.(message);
}
