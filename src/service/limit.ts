import { SealgateError } from '../error.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Lets each name through so many times a second, with bursts of twice that. Throws `rate_limited`. */
export type RateLimit = (name: string, at: number) => void;

/**
 * A token bucket a name. Names are those of relying parties that have proven themselves, so there are never more
 * buckets than registrations. Each replica counts for itself.
 */
export function rateLimit(perSecond: number): RateLimit {
  const capacity = 2 * perSecond;
  const buckets = new Map<string, Bucket>();
  return (name, at) => {
    const bucket = buckets.get(name) ?? { tokens: capacity, filledAt: at };
    const earned = (Math.max(0, at - bucket.filledAt) / 1000) * perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + earned);
    bucket.filledAt = at;
    buckets.set(name, bucket);
    if (bucket.tokens < 1) {
      throw new SealgateError('rate_limited', { retryAfter: Math.ceil((1 - bucket.tokens) / perSecond) });
    }
    bucket.tokens -= 1;
  };
}
