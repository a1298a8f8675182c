import { SealgateError } from '../error.ts';
import { Allowance } from '../relying-party/allowance.ts';

/** Lets each name through so many times a second, with bursts of twice that. Throws `rate_limited`. */
export type RateLimit = (name: string, at: number) => void;

/** What one certificate of an organisation may ask about the organisation itself, requests a second. */
export const organisationRequestsPerSecond = 10;

/** A limit of so many requests a second for each name. */
export function rateLimit(perSecond: number): RateLimit {
  const requests = new Allowance({ capacity: 2 * perSecond, perSecond });
  return (name, at) => {
    if (requests.take(name, 1, at)) return;
    throw new SealgateError('rate_limited', { retryAfter: Math.ceil(requests.secondsUntil(name, 1)) });
  };
}
