import { describe, expect, it } from 'vitest';
import { steadyClock } from '../../src/service/clock.ts';

const minute = 60_000;

/** Looks once a minute; each number is by how many minutes the wall clock is ahead then. */
function looks(...ahead: number[]): boolean[] {
  const isSteady = steadyClock();
  return ahead.map((minutes, index) =>
    isSteady(1_780_000_000_000 + (index + minutes) * minute, 5 + index * minute),
  );
}
const times = (count: number, ahead: number) => Array.from({ length: count }, () => ahead);

describe('a clock', () => {
  it('is steady once it has gone right for ten minutes, and stays so', () => {
    expect(looks(...times(10, 0)).includes(true)).toBe(false);
    expect(looks(...times(13, 0)).slice(10)).toEqual([true, true, true]);
  });

  it.each([
    ['ahead', 70],
    ['behind', -70],
  ])(
    'that was %s for a while is not steady meanwhile, nor for ten minutes after it was set right',
    (_, by) => {
      const looked = looks(...times(11, 0), ...times(5, by), ...times(11, 0));
      expect(looked.flatMap((steady, index) => (steady ? [index] : []))).toEqual([10, 26]);
    },
  );

  it('that is off by less than a minute now and then is steady', () => {
    expect(looks(...times(11, 0), 0.5, -0.5, 0.9).slice(10)).toEqual([true, true, true, true]);
  });

  it('that creeps ahead in steps of less than a minute is not', () => {
    expect(looks(...Array.from({ length: 60 }, (_, index) => index * 0.5)).includes(true)).toBe(false);
  });
});
