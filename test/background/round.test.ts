import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { every } from '../../src/background/round.ts';
import { sideBySide } from '../../src/background/side-by-side.ts';

const rethrow = (error: unknown) => {
  throw error;
};

describe('a round in the background', () => {
  it('is never done twice at the same time, however slow it is', async () => {
    let [running, most, acts] = [0, 0, 0];
    const round = every(
      1,
      async () => {
        most = Math.max(most, ++running);
        await delay(20);
        running--;
        acts++;
      },
      rethrow,
    );
    await expect.poll(() => acts).toBeGreaterThan(2);
    await round.close();
    expect([most, running]).toEqual([1, 0]);
    const done = acts;
    await delay(30);
    expect(acts).toBe(done);
  });

  it('that is asked for while it is being done is done once more after that', async () => {
    const begun: number[] = [];
    let release: () => void = () => {};
    const round = every(
      1_000_000,
      async () => {
        begun.push(begun.length);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      rethrow,
    );
    const first = round.run();
    const [second, third] = [round.run(), round.run()];
    expect(second).toBe(third);
    release();
    await first;
    await expect.poll(() => begun.length).toBe(2);
    release();
    await second;
    expect(begun).toEqual([0, 1]);
    await round.close();
    await round.run();
    expect(begun).toEqual([0, 1]);
  });

  it('goes on after one that failed, which is told', async () => {
    const errors: unknown[] = [];
    const round = every(
      1,
      async () => Promise.reject(new Error('once')),
      (error) => errors.push(error),
    );
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await round.close();
  });
});

describe('work side by side', () => {
  it('does so many at a time, each once, and the others where one fails', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    const errors: unknown[] = [];
    await sideBySide(
      [1, 2, 3, 4, 5, 6, 7],
      3,
      async (each) => {
        most = Math.max(most, ++running);
        await delay(5);
        running--;
        if (each === 4) throw new Error('four');
        done.push(each);
      },
      (error) => errors.push(error),
    );
    expect([most, done.sort(), errors.length]).toEqual([3, [1, 2, 3, 5, 6, 7], 1]);
  });

  it('that waits for nothing lets others have their turn', async () => {
    let turns = 0;
    const immediate = () => setImmediate(() => void (++turns < 1000 && immediate()));
    immediate();
    const spin = async () => {
      const end = performance.now() + 1;
      while (performance.now() < end);
    };
    await sideBySide(Array.from({ length: 60 }), 4, spin, rethrow);
    expect(turns).toBeGreaterThan(3);
  });
});
