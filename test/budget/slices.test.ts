import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { atOnce, inSlices, inTurn, Share } from '../../src/budget/slices.ts';
import { measureHold } from '../hostile/hold.ts';

/** Keeps the processor busy for so many ms. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function* steps(count: number, milliseconds: number): Generator<number, string> {
  for (let step = 0; step < count; step++) {
    busy(milliseconds);
    yield step;
  }
  return 'done';
}

it('long work gives way every few milliseconds, and returns what it returns', async () => {
  const { milliseconds, results } = await measureHold(() => inSlices(steps(60, 1)));
  expect(results).toEqual(['done', 'done', 'done']);
  expect(milliseconds).toBeLessThan(20);
});

it('many long works together hold the event loop no longer', async () => {
  const { milliseconds } = await measureHold(() =>
    Promise.all(Array.from({ length: 20 }, () => inSlices(steps(20, 1)))),
  );
  // One step of each may pass before it is noticed that the turn is used up.
  expect(milliseconds).toBeLessThan(40);
});

it('short work does not wait for the next turn', async () => {
  const turnsOf = async () => {
    let turns = 0;
    const counting = setImmediate().then(() => turns++);
    await inSlices(steps(3, 0));
    const passed = turns;
    await counting;
    return passed;
  };
  // A machine that stops the process for some milliseconds may make it wait now and then.
  const turns = [await turnsOf(), await turnsOf(), await turnsOf(), await turnsOf(), await turnsOf()];
  expect(Math.min(...turns)).toBe(0);
});

it('a newcomer goes before what has had much already', async () => {
  const order: string[] = [];
  const old = inSlices(steps(40, 1)).then(() => order.push('old'));
  await setImmediate();
  await setImmediate();
  const young = inSlices(steps(12, 1)).then(() => order.push('young'));
  await Promise.all([old, young]);
  expect(order).toEqual(['young', 'old']);
});

it('what is thrown in a step is thrown, and what was yielded last is told at each pause', async () => {
  const pauses: number[] = [];
  await inSlices(steps(20, 1), new Share(), (step) => pauses.push(step));
  expect(pauses.length).toBeGreaterThan(1);
  const failing = (function* () {
    yield undefined;
    throw new Error('no');
  })();
  await expect(inSlices(failing)).rejects.toThrow('no');
});

it('single steps of one share are counted together', async () => {
  const share = new Share();
  const { milliseconds } = await measureHold(async () => {
    for (let step = 0; step < 40; step++) await inTurn(() => busy(1), share);
  });
  expect(milliseconds).toBeLessThan(20);
  expect(share.used).toBeGreaterThan(100);
});

it('runs to its end in one go where nobody is held up', () => {
  expect(atOnce(steps(3, 0))).toBe('done');
});
