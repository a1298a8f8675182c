import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectBriefHold, longestHold, measureHold } from './hold.ts';

/** Keeps the processor busy for so many ms of this thread's time. */
function busy(milliseconds: number): void {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) / 1000 >= milliseconds) return;
  }
}

it('work in one go is measured as a hold, and fails a case', async () => {
  const { milliseconds } = await measureHold(() => busy(longestHold + 20));
  expect(milliseconds).toBeGreaterThanOrEqual(longestHold + 20);
  await expect(expectBriefHold(() => busy(longestHold + 20))).rejects.toThrow('event loop was held');
});

it('work that ends in a promise’s callback counts as well', async () => {
  const { milliseconds } = await measureHold(async () => {
    for (let piece = 0; piece < 3; piece++) {
      await undefined;
      busy(20);
    }
  });
  expect(milliseconds).toBeGreaterThanOrEqual(60);
});

it('the same work with a pause between its pieces passes, and what it returns is handed on', async () => {
  const results = await expectBriefHold(async (round) => {
    for (let piece = 0; piece < 10; piece++) {
      busy(8);
      await setImmediate();
    }
    return round;
  });
  expect(results).toEqual([0, 1, 2]);
});

it('time in which the thread does not work is no hold', async () => {
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  const { milliseconds } = await measureHold(() => Atomics.wait(sleeping, 0, 0, 80));
  expect(milliseconds).toBeLessThan(longestHold);
});

it('what fails in a case fails the case', async () => {
  await expect(measureHold(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
