import { SealgateError } from '../error.ts';
import { Allowance } from '../relying-party/allowance.ts';

/** Lets each name through so many times a second, with bursts of twice that. Throws `rate_limited`. */
export type RateLimit = (name: string, at: number) => void;

/**
 * A limit of so many requests a second for each name. `most` bounds the names that are remembered where strangers
 * choose them.
 *
 * Not rate-limiter-flexible: its limiter in memory counts in fixed windows by the machine's clock, answers by a promise
 * and a timer for each name, and keeps any number of names.
 */
export function rateLimit(perSecond: number, most?: number): RateLimit {
  const bounded = most === undefined ? {} : { most };
  const requests = new Allowance({ capacity: 2 * perSecond, perSecond, ...bounded });
  return (name, at) => {
    if (requests.take(name, 1, at)) return;
    throw new SealgateError('rate_limited', { retryAfter: Math.ceil(requests.secondsUntil(name, 1)) });
  };
}
