import cluster, { type Worker } from 'node:cluster';
import { setTimeout as pause } from 'node:timers/promises';
import { AggregatorRegistry } from 'prom-client';
import { defined } from '../optional.ts';
import { isFromWorker, type ToWorker } from './message.ts';

/** Pauses before a worker that has ended is started again, in ms: the first, and the longest. */
export interface RestartPauses {
  readonly first: number;
  readonly longest: number;
}

const usualPauses: RestartPauses = { first: 500, longest: 30_000 };

/** What happens to the workers, for whoever looks after the service. */
export interface WorkerEvents {
  /** A worker ended that nobody had told to; another is started. `status` is an exit code or the name of a signal. */
  ended(status: number | string): void;
  /** A worker that was to take another's place did not come to serve; the one that serves stays. */
  notReplaced(status: number | string): void;
}

/** One worker did not come to serve; it has said why itself. */
export class WorkerFailure extends Error {
  readonly status: number | string;

  constructor(status: number | string) {
    super('a worker did not come to serve');
    this.status = status;
  }
}

/**
 * Processes that serve at one address, each the program that runs here, with the same words. This process accepts the
 * connections and hands them out in turn; it answers none itself.
 */
export class Workers {
  private readonly registry = new AggregatorRegistry();
  private readonly events: WorkerEvents;
  private readonly pauses: RestartPauses;
  private readonly serving = new Set<Worker>();
  private readonly starting = new Set<Promise<string>>();
  private readonly stopping = new AbortController();
  private restarting: Promise<void> | undefined;

  constructor(events: WorkerEvents, pauses: RestartPauses = usualPauses) {
    this.events = events;
    this.pauses = pauses;
    cluster.on('message', (worker, message: unknown) => {
      if (!isFromWorker(message)) return;
      if (message.kind === 'metrics-wanted') void this.tellMeasurements(worker, message.id);
      if (message.kind === 'leaving') tell(worker, { kind: 'left' });
    });
  }

  /**
   * Starts them, the first alone: what is made at the first start of all is made once. Gives the address. Rejects with
   * a `WorkerFailure` where one does not come to serve; then none goes on.
   */
  async start(count: number): Promise<string> {
    try {
      const url = await this.add();
      await Promise.all(Array.from({ length: count - 1 }, () => this.add()));
      return url;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Puts a new worker in the place of each, one after the other; the old one goes once the new one serves, and finishes
   * what it has begun. They read the configuration and the secrets anew. Where a new one does not come to serve, those
   * that are there stay.
   */
  restart(): Promise<void> {
    this.restarting ??= this.replaceAll().finally(() => {
      this.restarting = undefined;
    });
    return this.restarting;
  }

  /** Has all of them finish what they have begun and end. Gives whether each that served ended well. */
  async stop(): Promise<boolean> {
    this.stopping.abort();
    const served = new Set(this.serving);
    const ended = await Promise.all(all().map(async (worker) => [worker, await end(worker)] as const));
    return ended.every(([worker, status]) => status === 0 || !served.has(worker));
  }

  /** Ends all of them at once. */
  kill(): void {
    for (const { process: child } of all()) child.kill('SIGKILL');
  }

  private async replaceAll(): Promise<void> {
    // Those that are on their way have read what was there before.
    await Promise.allSettled(this.starting);
    for (const old of [...this.serving]) {
      if (this.stopping.signal.aborted) return;
      try {
        await this.add();
      } catch (error) {
        if (!(error instanceof WorkerFailure)) throw error;
        this.events.notReplaced(error.status);
        return;
      }
      this.serving.delete(old);
      await end(old);
    }
  }

  /** Starts one and resolves with its address once it serves. */
  private async add(): Promise<string> {
    const worker = cluster.fork();
    const starting = served(worker).then((url) => {
      this.serving.add(worker);
      return url;
    });
    this.starting.add(starting);
    const url = await starting.finally(() => this.starting.delete(starting));
    worker.once('exit', (code: number | null, signal: string | null) => {
      // One that was told to end is not among them any more.
      if (!this.serving.delete(worker) || this.stopping.signal.aborted) return;
      this.events.ended(code ?? signal ?? 1);
      void this.addAgain();
    });
    return url;
  }

  /** Starts one in the place of one that has ended, until one serves. */
  private async addAgain(): Promise<void> {
    const { signal } = this.stopping;
    for (let wait = this.pauses.first; ; wait = Math.min(2 * wait, this.pauses.longest)) {
      await pause(wait, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.add();
        return;
      } catch (error) {
        if (!(error instanceof WorkerFailure)) throw error;
      }
    }
  }

  private async tellMeasurements(worker: Worker, id: number): Promise<void> {
    const text = await this.registry.clusterMetrics().catch(() => undefined);
    tell(worker, { kind: 'metrics', id, ...defined({ text }) });
  }
}

/** One that ends meanwhile needs no answer any more. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => {});
}

function all(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

/** Resolves with the address that a worker serves at. Rejects with a `WorkerFailure` where it ends before that. */
function served(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: unknown) => {
      if (isFromWorker(message) && message.kind === 'serving') resolve(message.url);
    });
    worker.once('exit', (code: number | null, signal: string | null) =>
      reject(new WorkerFailure(code ?? signal ?? 1)),
    );
  });
}

/** Tells a worker to end, and resolves with its exit code, or the signal that ended it. */
function end({ process: child }: Worker): Promise<number | string> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(child.exitCode ?? child.signalCode ?? 1);
      return;
    }
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
    child.kill('SIGTERM');
  });
}
