import { SealgateError } from '../error.ts';
import { Allowance } from '../relying-party/allowance.ts';

/** Lets each name through so many times a second, with bursts of twice that. Throws `rate_limited`. */
export interface RateLimit {
  (name: string, at: number): void;
  /** Takes one request back that was let through, for one that turned out to be another's. */
  giveBack(name: string): void;
}

/** What one certificate of an organisation may ask about the organisation itself, requests a second. */
export const organisationRequestsPerSecond = 10;

/** How a limit counts. */
export interface LimitOptions {
  /** Most names that are remembered, where strangers choose them. */
  readonly most?: number;
  /** How many replicas share the limit. */
  readonly replicas: () => number;
}

/**
 * A limit of so many requests a second for each name, over all replicas: each gives out its even share, since whatever
 * stands before them spreads requests over them. A request is always let through in the end, however many there are.
 *
 * Not rate-limiter-flexible: its limiter in memory counts in fixed windows by the machine's clock, answers by a promise
 * and a timer for each name, and keeps any number of names.
 */
export function rateLimit(perSecond: number, { replicas, ...bounded }: LimitOptions): RateLimit {
  const capacity = 2 * perSecond;
  const requests = new Allowance({ capacity, perSecond, ...bounded });
  const price = () => Math.min(replicas(), capacity);
  const limit = (name: string, at: number) => {
    if (requests.take(name, price(), at)) return;
    const retryAfter = Math.ceil(requests.secondsUntil(name, price()));
    throw new SealgateError('rate_limited', { retryAfter });
  };
  return Object.assign(limit, { giveBack: (name: string) => requests.giveBack(name, price()) });
}
