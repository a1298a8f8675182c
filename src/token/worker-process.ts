import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { driverEnvironment } from '../environment.ts';
import { type FailureCode, type Given, readFailure, SealgateError } from '../error.ts';
import type { Answer, Call, RequestName, Requests, WorkerFailure } from './protocol.ts';

interface Pending {
  readonly call: Call;
  readonly limit: number;
  readonly resolve: (give: unknown) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/** How long an orderly end may take, in milliseconds. */
const farewell = 2000;

/** How long a driver may take to start, in milliseconds; some look for readers meanwhile. */
const loadLimit = 30_000;

/**
 * Workers that are inside a driver. One that is idle logs out and ends by itself when this process ends; one that
 * may never return has to be killed.
 */
const busy = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of busy) child.kill('SIGKILL');
});

/** A failure that a driver reported; `isSuspect` says that the state of the driver is in doubt. */
export class DriverFailure<Code extends FailureCode = FailureCode> extends SealgateError<Code> {
  readonly isSuspect: boolean;

  constructor(isSuspect: boolean, code: Code, ...given: Given<Code>) {
    super(code, ...given);
    this.isSuspect = isSuspect;
  }
}

/**
 * The process that owns a PKCS#11 module, seen from the service. A process and not a thread, because drivers are
 * foreign native code with state for a whole process: one that crashes or never returns takes a thread's process
 * down with it, whereas this one is killed, its caller gets a failure, and the next request starts it anew. It also
 * keeps the driver, its logins and the PINs shown to it out of the memory of the service.
 *
 * Requests are answered one after the other. Each has `limit` milliseconds from when it is sent to the driver, and
 * as much again to wait for its turn. One that fails does not harm those behind it, unless it takes their session
 * along: they then fail with it at once, and later ones with `token_removed`, without a driver being started for them.
 */
export class WorkerProcess {
  private readonly path: string;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly waiting: Pending[] = [];
  private readonly sessions = new Set<number>();
  private active: Pending | undefined;
  private child: ChildProcess | undefined;
  private lastId = 0;

  constructor(path: string, environment: Readonly<Record<string, string>>) {
    this.path = path;
    this.environment = environment;
  }

  /**
   * Sends a request and waits for the answer, starting the process where there is none.
   * Throws the driver's failures, `signing_timed_out`, and `pkcs11_module_failed` if the process ends.
   */
  request<N extends RequestName>(
    name: N,
    take: Requests[N]['take'],
    limit: number,
  ): Promise<Requests[N]['give']> {
    const session = sessionOf({ id: 0, name, take });
    if (session !== undefined && !this.sessions.has(session)) {
      if (name === 'close') return Promise.resolve(null as Requests[N]['give']);
      return Promise.reject(new DriverFailure(true, 'token_removed', { path: this.path }));
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        call: { id: ++this.lastId, name, take },
        limit,
        resolve: resolve as (give: unknown) => void,
        reject,
        // One whose turn does not come leaves the queue and does the driver no harm.
        timer: setTimeout(() => {
          this.waiting.splice(this.waiting.indexOf(pending), 1);
          reject(timedOut(limit));
        }, limit),
      };
      this.waiting.push(pending);
      this.proceed();
    });
  }

  /**
   * Lets the driver log out and ends the process, after two seconds by force. Requests that wait fail with
   * `pkcs11_module_failed`. A later request starts a new process.
   */
  close(): void {
    this.failAll(this.ended('it was closed'));
    this.release();
  }

  /** Whether the driver has been started. */
  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** Lets go of the driver, so that the next request starts it anew; refuses while it has sessions or work. */
  restart(): boolean {
    if (this.sessions.size > 0 || this.active !== undefined || this.waiting.length > 0) return false;
    this.release();
    return true;
  }

  private start(): ChildProcess {
    const child = fork(new URL(`./worker/main${extname(import.meta.url)}`, import.meta.url), [], {
      serialization: 'advanced',
      // The service's own flags (inspector, test runner) are not for the driver's process.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...driverEnvironment(), ...this.environment },
    });
    this.child = child;
    child.on('message', (answer: Answer) => this.settle(child, answer));
    child.once('error', () => this.lost(child, 'its process could not be started'));
    child.once('exit', (code, signal) => {
      busy.delete(child);
      this.lost(child, `its process ended (${signal ?? `status ${code}`})`);
    });
    this.waiting.unshift({
      call: { id: ++this.lastId, name: 'load', take: { path: this.path } },
      limit: loadLimit,
      resolve: () => undefined,
      // Without the library nobody behind it can be served.
      reject: (error) => this.failAll(error),
      timer: undefined,
    });
    return child;
  }

  /** Sends the next request, unless one is under way. */
  private proceed(): void {
    if (this.active !== undefined) return;
    if (this.waiting.length === 0) {
      // Nothing is under way: the process must not keep the program alive.
      this.child?.unref();
      this.child?.channel?.unref();
      return;
    }
    const child = this.child ?? this.start();
    const pending = this.waiting.shift();
    if (pending === undefined) return;
    child.ref();
    child.channel?.ref();
    clearTimeout(pending.timer);
    this.active = pending;
    busy.add(child);
    pending.timer = setTimeout(() => this.interrupt(child, pending), pending.limit);
    child.send(pending.call, (error) => {
      if (error !== null) this.lost(child, 'its process does not answer');
    });
  }

  private settle(child: ChildProcess, answer: Answer): void {
    const pending = this.active;
    if (child !== this.child || pending === undefined || pending.call.id !== answer.id) return;
    this.active = undefined;
    busy.delete(child);
    clearTimeout(pending.timer);
    this.noteSessions(pending.call, answer);
    if ('give' in answer) {
      pending.resolve(answer.give);
    } else if ('failure' in answer) {
      const { isSuspect } = answer.failure;
      const failure = this.failureOf(answer.failure);
      pending.reject(failure);
      this.failSessions(answer.ended, failure);
      // A driver in doubt is started anew, unless that would end the sessions of others.
      if (isSuspect && this.sessions.size === 0) this.release();
    } else {
      pending.reject(new Error(`PKCS#11 worker: ${answer.defect}`));
    }
    this.proceed();
  }

  /** A request that fails leaves its session open, unless the worker says otherwise. */
  private noteSessions({ name, take }: Call, answer: Answer): void {
    if ('ended' in answer) for (const session of answer.ended) this.sessions.delete(session);
    if (!('session' in take)) return;
    if (name === 'open' && 'give' in answer) this.sessions.add(take.session);
    if (name === 'close') this.sessions.delete(take.session);
  }

  /** A driver that does not return cannot be interrupted, only killed. */
  private interrupt(child: ChildProcess, pending: Pending): void {
    if (pending !== this.active) return;
    this.active = undefined;
    const ended = [...this.sessions];
    this.forget();
    child.kill('SIGKILL');
    const failure = timedOut(pending.limit);
    pending.reject(failure);
    this.failSessions(ended, failure);
    this.proceed();
  }

  private lost(child: ChildProcess, problem: string): void {
    if (child !== this.child) return;
    const pending = this.active;
    this.active = undefined;
    const ended = [...this.sessions];
    this.forget();
    child.kill('SIGKILL');
    const failure = this.ended(problem);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      pending.reject(failure);
    }
    this.failSessions(ended, failure);
    this.proceed();
  }

  private release(): void {
    const child = this.forget();
    if (child === undefined) return;
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), farewell).unref();
  }

  private forget(): ChildProcess | undefined {
    const { child } = this;
    this.child = undefined;
    this.sessions.clear();
    return child;
  }

  /** What waits for sessions that have ended fails with what has ended them. */
  private failSessions(ended: readonly number[], failure: SealgateError): void {
    const isOver = ({ call }: Pending) => {
      const session = sessionOf(call);
      return session !== undefined && ended.includes(session);
    };
    const over = this.waiting.filter(isOver);
    for (const pending of over) {
      this.waiting.splice(this.waiting.indexOf(pending), 1);
      clearTimeout(pending.timer);
      if (pending.call.name === 'close') pending.resolve(null);
      else pending.reject(failure);
    }
  }

  private failAll(failure: unknown): void {
    const { active } = this;
    this.active = undefined;
    for (const pending of [...(active === undefined ? [] : [active]), ...this.waiting.splice(0)]) {
      clearTimeout(pending.timer);
      pending.reject(failure);
    }
  }

  private failureOf({ code, details, isSuspect }: WorkerFailure): SealgateError {
    const read = readFailure(code, { path: this.path, ...details });
    if (read === undefined) return this.ended(`its process failed with ${code}, unreadably`);
    return new DriverFailure(isSuspect, read.code, read.details);
  }

  private ended(problem: string): SealgateError {
    return new DriverFailure(true, 'pkcs11_module_failed', { path: this.path, problem });
  }
}

/** The session that a request works in; undefined for one that needs none, or opens it. */
function sessionOf({ name, take }: Call): number | undefined {
  return name !== 'open' && 'session' in take ? take.session : undefined;
}

function timedOut(limit: number): SealgateError {
  return new DriverFailure(true, 'signing_timed_out', { waited: limit / 1000 });
}
