import { setImmediate } from 'node:timers/promises';

/** Longest time that one piece of long work holds the event loop, ms. */
const slice = 4;

/**
 * Runs work that yields often, letting everybody else have their turn every few milliseconds, and returns what it
 * returns. What it throws is thrown. `onPause` is given what the work yielded last before each pause.
 */
export async function inSlices<Y, T>(work: Iterator<Y, T>, onPause?: (yielded: Y) => void): Promise<T> {
  let end = performance.now() + slice;
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    onPause?.(step.value);
    await setImmediate();
    end = performance.now() + slice;
  }
}
