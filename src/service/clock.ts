/** The wall clock may differ by so many milliseconds from what the monotonic one has counted. */
const tolerance = 60_000;

/** Twice the life of a challenge or an assertion, in milliseconds. */
const trustedAfter = 600_000;

/**
 * Tells whether the wall clock can be trusted with forgetting: whether for ten minutes it has gone as the monotonic
 * one did. `at` is the wall clock, in milliseconds since the epoch, `elapsed` the monotonic one, in milliseconds. What
 * was forgotten while the clock was ahead is missed when it is set right: a taken challenge could be taken again. After
 * ten minutes of a steady clock everything so short-lived that was made before the jump has really expired.
 */
export function steadyClock(): (at: number, elapsed: number) => boolean {
  let since: { readonly at: number; readonly elapsed: number } | undefined;
  return (at, elapsed) => {
    if (since === undefined || Math.abs(at - since.at - (elapsed - since.elapsed)) > tolerance)
      since = { at, elapsed };
    return elapsed - since.elapsed >= trustedAfter;
  };
}
