import { setImmediate } from 'node:timers/promises';

/** Longest time that one piece of long work holds the event loop, ms. */
const slice = 4;

/** Long work that lets everybody else have their turn every few milliseconds. */
export class Slices {
  private end = performance.now() + slice;

  /** Whether this piece has lasted long enough. */
  get isOver(): boolean {
    return performance.now() >= this.end;
  }

  /** To be awaited between any two steps of the work: pauses where this piece has lasted long enough. */
  async pause(): Promise<void> {
    if (!this.isOver) return;
    await setImmediate();
    this.end = performance.now() + slice;
  }
}

/**
 * Runs work that yields often, letting everybody else have their turn every few milliseconds, and returns what it
 * returns. What it throws is thrown. `onPause` is given what the work yielded last before each pause.
 */
export async function inSlices<Y, T>(work: Iterator<Y, T>, onPause?: (yielded: Y) => void): Promise<T> {
  const slices = new Slices();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (!slices.isOver) continue;
    onPause?.(step.value);
    await slices.pause();
  }
}
