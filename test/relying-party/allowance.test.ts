import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/relying-party/allowance.ts';

describe('an allowance', () => {
  it('is full at first, and fills up evenly', () => {
    const allowance = new Allowance({ capacity: 2, perSecond: 1 });
    expect([0, 0, 0, 1_000, 1_000].map((at) => allowance.take('a', 1, at))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(allowance.secondsUntil('a', 1)).toBe(1);
  });

  it('forgets whoever has not used it for longest, which gives him no less than his due', () => {
    const allowance = new Allowance({ capacity: 1, perSecond: 0.001, most: 2 });
    expect(['a', 'b', 'a'].map((name) => allowance.take(name, 1, 0))).toEqual([true, true, false]);
    // `b` was not used for longest: it makes room.
    expect(allowance.take('c', 1, 0)).toBe(true);
    expect(['a', 'c'].map((name) => allowance.take(name, 1, 0))).toEqual([false, false]);
    expect(allowance.take('b', 1, 0)).toBe(true);
  });

  it('keeps no more than it may, however many there are', () => {
    const allowance = new Allowance({ capacity: 1, perSecond: 1, most: 100 });
    for (let each = 0; each < 10_000; each += 1) allowance.take(`${each}`, 1, 0);
    expect((allowance as unknown as { buckets: Map<string, unknown> }).buckets.size).toBe(100);
  });
});
