import { setImmediate } from 'node:timers/promises';

/** Longest time that one piece of long work holds the event loop, ms. */
const slice = 4;

/**
 * Runs work that yields often, letting everybody else have their turn every few milliseconds, and returns what it
 * returns. What it throws is thrown.
 */
export async function inSlices<T>(work: Iterator<unknown, T>): Promise<T> {
  let end = performance.now() + slice;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    await setImmediate();
    end = performance.now() + slice;
  }
}
