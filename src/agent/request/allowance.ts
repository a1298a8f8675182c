import { SealgateError } from '../../error.ts';

/** Unanswered or refused windows that one origin may have opened, and all that are not on the list together. */
const mostOfOne = 10;
const mostOfStrangers = 10;

/** Over how long they are counted, in milliseconds. */
const period = 10 * 60_000;

/**
 * Keeps pages from opening one window of the agent after another. A window that the person answered with yes costs
 * nothing; others are counted for ten minutes, by origin for those on the list, and for all others together, since a
 * hostile page has as many origins as it likes.
 */
export class Allowance {
  private readonly spent = new Map<string, number[]>();

  /** Throws `rate_limited` where `origin` has used up what it has at `at`, in ms since the epoch. */
  check(origin: string, isListed: boolean, at: number): void {
    const times = this.since(keyOf(origin, isListed), at);
    const oldest = times[0];
    if (oldest !== undefined && times.length >= (isListed ? mostOfOne : mostOfStrangers)) {
      throw new SealgateError('rate_limited', { retryAfter: Math.ceil((oldest + period - at) / 1000) });
    }
  }

  /** Notes a window that came to nothing. */
  spend(origin: string, isListed: boolean, at: number): void {
    const key = keyOf(origin, isListed);
    this.spent.set(key, [...this.since(key, at), at]);
  }

  private since(key: string, at: number): readonly number[] {
    const times = (this.spent.get(key) ?? []).filter((time) => time > at - period);
    if (times.length === 0) this.spent.delete(key);
    return times;
  }
}

function keyOf(origin: string, isListed: boolean): string {
  return isListed ? origin : 'not on the list';
}
