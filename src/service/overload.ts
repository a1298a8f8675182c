import type { IncomingMessage, ServerResponse } from 'node:http';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { securityHeaders } from './headers.ts';
import type { ServiceLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import { toProblem } from './problem.ts';

/** Turns of the event loop in ms: what one may take, for how long they may take more, and what none may take. */
export interface TurnLimits {
  readonly long: number;
  readonly longFor: number;
  readonly longest: number;
  /** In overload: so much of each turn goes to new requests; the rest is refused at once. */
  readonly share: number;
  /** Overload is over once nothing had to be refused for so long. */
  readonly calm: number;
}

/**
 * Whoever asks waits for one turn to be heard and for another to be answered: 200 ms of that nobody minds. In overload
 * turns are short, because Node.js takes one new connection a turn: those who come would wait behind those who stay.
 */
export const usualTurns: TurnLimits = { long: 100, longFor: 300, longest: 300, share: 20, calm: 1_000 };

/**
 * Tells whether this process has taken on more than it gets done. What waits then waits in the sockets, where nobody
 * sees it; but a turn of the event loop hears everybody who has come meanwhile, so that its length tells how many they
 * are. `now` is a monotonic clock in ms; `turnEnd` calls back at the end of the present turn.
 */
export class Load {
  private readonly limits: TurnLimits;
  private readonly now: () => number;
  private readonly turnEnd: (act: () => void) => void;
  private turnBegan: number | undefined;
  private longSince: number | undefined;
  private refusedAt: number | undefined;
  private refusedNow = 0;

  constructor(
    limits: TurnLimits = usualTurns,
    now: () => number = () => performance.now(),
    turnEnd: (act: () => void) => void = setImmediate,
  ) {
    this.limits = limits;
    this.now = now;
    this.turnEnd = turnEnd;
  }

  /** Whether requests are being refused. */
  get isOver(): boolean {
    return this.refusedAt !== undefined;
  }

  /** Requests that were refused since the overload began, or of the last one. */
  get refused(): number {
    return this.refusedNow;
  }

  /** Whether one more request is to be answered, or else refused at once. */
  admits(): boolean {
    const now = this.now();
    if (this.turnBegan === undefined) {
      this.turnBegan = now;
      this.turnEnd(() => this.endTurn());
    }
    const { share, longest } = this.limits;
    if (now - this.turnBegan < (this.isOver ? share : longest)) return true;
    if (!this.isOver) this.refusedNow = 0;
    this.refusedAt = now;
    this.refusedNow += 1;
    return false;
  }

  private endTurn(): void {
    const { long, longFor, calm } = this.limits;
    const now = this.now();
    const began = this.turnBegan ?? now;
    this.turnBegan = undefined;
    if (now - began < long) this.longSince = undefined;
    else this.longSince ??= began;
    if (this.refusedAt === undefined) {
      if (this.longSince === undefined || now - this.longSince < longFor) return;
      this.refusedNow = 0;
      this.refusedAt = now;
    } else if (now - this.refusedAt >= calm) this.refusedAt = undefined;
  }
}

/** Gives each request to `answer`, or refuses it. */
export type Admit = (request: IncomingMessage, response: ServerResponse, answer: () => void) => void;

/** What the refusals of an overload are told to. */
export interface OverloadEars {
  readonly metrics: Metrics;
  readonly log: ServiceLog;
}

/**
 * Answers requests as long as this process keeps up, and beyond that refuses them with `rate_limited` before anything
 * is read or looked up. Those to `always`, by which the service is looked after, are answered all the same.
 */
export function admission(load: Load, always: ReadonlySet<string>, { metrics, log }: OverloadEars): Admit {
  const refusals = { en: refusalIn('en'), ru: refusalIn('ru') };
  let wasOver = false;
  return (request, response, answer) => {
    const isAdmitted = always.has(request.url ?? '') || load.admits();
    if (load.isOver !== wasOver) {
      wasOver = load.isOver;
      if (wasOver) log.write('warn', 'overloaded', {});
      else log.write('info', 'overload over', { refused: load.refused });
    }
    if (isAdmitted) {
      answer();
      return;
    }
    const language = request.headers['accept-language']?.startsWith('ru') ? 'ru' : 'en';
    const { status, headers, text } = refusals[language];
    response.writeHead(status, headers).end(text);
    metrics.refused('rate_limited');
  };
}

/** The same words each time: that is what makes them cheap. No trace leads to one that was not looked at. */
function refusalIn(language: Language) {
  const error = new SealgateError('rate_limited', { retryAfter: 2 });
  const { problem, headers } = toProblem(error, language, '0'.repeat(32));
  const { traceId, ...untraced } = problem;
  const text = JSON.stringify(untraced);
  return {
    status: problem.status,
    text,
    headers: {
      ...securityHeaders(),
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    },
  };
}
