import { expect } from 'vitest';
import { median } from '../bench/measure.ts';

/** No hostile input may hold the event loop for longer, in ms: everybody else's request waits as long. */
export const longestHold = 50;

/** A case is run so often; what is judged is the median, so that one pause of the machine decides nothing. */
const usualRounds = 3;

/** What came of a measured case. */
export interface Held<T> {
  /** The longest time that the event loop was held in a round, ms of the thread's processor time: median of the rounds. */
  readonly milliseconds: number;
  /** What the case returned, round by round. */
  readonly results: readonly T[];
}

/**
 * Runs `act` and measures for how long the event loop was held in one go: the processor time that this thread used
 * between two turns of the loop. Processor time, because a machine that is busy with other things makes turns longer,
 * and not the work in them. What stands between two turns counts as a whole, whether one callback did it or several.
 *
 * `act` is given the number of the round, for cases that need other inputs each time (a challenge is used once). What
 * is needed to make those inputs belongs before the measurement. The service under test has to run in this very
 * process; the client's own work counts along with it, so a client does as little as possible.
 *
 * For tests there is `expectBriefHold`:
 *
 * ```ts
 * it('a message of a stranger with sixty namesakes is refused without holding anybody up', async () => {
 *   const message = hostileMessage();
 *   const [reply] = await expectBriefHold(() => portal.post('/v1/signatures/validate', { message }));
 *   expect(reply.body.failure.code).toBe('budget_exhausted');
 * });
 * ```
 */
export async function measureHold<T>(
  act: (round: number) => T | Promise<T>,
  rounds: number = usualRounds,
): Promise<Held<T>> {
  const results: T[] = [];
  const longest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = new Turns();
    await turns.next();
    try {
      results.push(await act(round));
      await turns.next();
    } finally {
      turns.stop();
    }
    longest.push(turns.longest);
  }
  return { milliseconds: median(longest), results };
}

/**
 * Runs a hostile case and fails where it held the event loop for longer than `longestHold`; gives what the case
 * returned, round by round. See `measureHold` for what is measured, and how to write a case.
 */
export async function expectBriefHold<T>(
  act: (round: number) => T | Promise<T>,
  rounds: number = usualRounds,
): Promise<readonly T[]> {
  const { milliseconds, results } = await measureHold(act, rounds);
  expect(milliseconds, 'ms for which the event loop was held').toBeLessThan(longestHold);
  return results;
}

/** Watches the turns of the event loop: one immediate a turn, as long as it lasts. */
class Turns {
  longest = 0;
  private before = process.threadCpuUsage();
  private waiting: (() => void)[] = [];
  private turn: NodeJS.Immediate;

  constructor() {
    this.turn = setImmediate(() => this.pass());
  }

  /** Resolves at the end of the present turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stop(): void {
    clearImmediate(this.turn);
  }

  private pass(): void {
    const { user, system } = process.threadCpuUsage(this.before);
    this.longest = Math.max(this.longest, (user + system) / 1000);
    const { waiting } = this;
    this.waiting = [];
    this.turn = setImmediate(() => this.pass());
    // The turn that begins here is measured without what the measurement itself has cost.
    this.before = process.threadCpuUsage();
    for (const resolve of waiting) resolve();
  }
}
