/** How old an answer may be. All durations are milliseconds. */
export interface Freshness {
  /** How far `thisUpdate` may lie ahead, for clocks that differ. */
  readonly tolerance: number;
  /** Longest time since `thisUpdate`, whatever `nextUpdate` says; undefined where there is no such limit. */
  readonly maximumAge: number | undefined;
  /** How long an answer that names no `nextUpdate` is good for, from `thisUpdate` on. */
  readonly withoutNextUpdate: number;
  /** How long after its term an answer is still taken; 0 is the rule. */
  readonly grace: number;
}

const minute = 60_000;
const hour = 60 * minute;

/** No grace; five minutes for clocks; a day for answers that do not say when they end. */
export const strictFreshness: Freshness = {
  tolerance: 5 * minute,
  maximumAge: undefined,
  withoutNextUpdate: 24 * hour,
  grace: 0,
};

/** The moment until which an answer of these dates is good, in ms since the epoch. */
export function goodUntil(
  thisUpdate: number,
  nextUpdate: number | undefined,
  { maximumAge, withoutNextUpdate }: Freshness,
): number {
  const end = nextUpdate ?? thisUpdate + withoutNextUpdate;
  return maximumAge === undefined ? end : Math.min(end, thisUpdate + maximumAge);
}

/** Where `at` lies: before the answer's term, in it, after it but in the grace window, or after that. */
export type Term = 'early' | 'fresh' | 'grace' | 'stale';

/**
 * The term of an answer of these dates, seen from `at`; both ends belong to it. Where `at` is a time gone by, what was
 * issued up to `validationTime` speaks of it too.
 */
export function termAt(
  at: number,
  thisUpdate: number,
  nextUpdate: number | undefined,
  freshness: Freshness,
  validationTime: number = at,
): Term {
  if (thisUpdate > validationTime + freshness.tolerance) return 'early';
  const end = goodUntil(thisUpdate, nextUpdate, freshness);
  if (at <= end) return 'fresh';
  return at <= end + freshness.grace ? 'grace' : 'stale';
}
