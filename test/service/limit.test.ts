import { expect, it } from 'vitest';
import { rateLimit } from '../../src/service/limit.ts';

/** How many of so many requests at one moment get through a limit of ten a second. */
function passing(requests: number, replicas: () => number): number {
  const limit = rateLimit(10, { replicas });
  return Array.from({ length: requests }).filter(() => {
    try {
      limit('portal', 0);
      return true;
    } catch {
      return false;
    }
  }).length;
}

it.each([
  [1, 20],
  [2, 10],
  [10, 2],
  [1_000, 1],
])('of %d replicas each lets its share of a burst through, at least one request', (replicas, passed) => {
  expect(passing(100, () => replicas)).toBe(passed);
});

it('a replica that is left alone gives out the share of the one that died', () => {
  let living = 2;
  const limit = rateLimit(10, { replicas: () => living });
  for (let i = 0; i < 10; i++) limit('portal', 0);
  expect(() => limit('portal', 0)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  living = 1;
  for (let i = 0; i < 10; i++) limit('portal', 1_000);
  expect(() => limit('portal', 1_000)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
});
