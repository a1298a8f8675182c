import { describe, expect, it } from 'vitest';
import { Load, type TurnLimits } from '../../src/service/overload.ts';

const limits: TurnLimits = { long: 100, longFor: 400, longest: 500, share: 40, calm: 1_000 };

/** A load on a clock that the test moves, in turns that the test ends. */
function invented() {
  let now = 0;
  let end: (() => void) | undefined;
  const load = new Load(
    limits,
    () => now,
    (act) => {
      end = act;
    },
  );
  return {
    load,
    /** Requests of one turn, each of which takes so many ms where it is answered; gives how many were. */
    turn(requests: number, each: number): number {
      let answered = 0;
      for (let request = 0; request < requests; request++) {
        if (!load.admits()) continue;
        answered += 1;
        now += each;
      }
      end?.();
      return answered;
    },
    wait(milliseconds: number) {
      now += milliseconds;
    },
  };
}

describe('a process', () => {
  it('that gets done what comes refuses nobody, however long it goes on', () => {
    const { load, turn } = invented();
    for (let each = 0; each < 100; each++) expect(turn(99, 1)).toBe(99);
    expect(load.isOver).toBe(false);
  });

  it('that people keep waiting refuses all but its share, and nobody once they are fewer', () => {
    const { load, turn, wait } = invented();
    for (let each = 0; each < 3; each++) expect(turn(150, 1)).toBe(150);
    expect(load.isOver).toBe(true);
    expect(turn(150, 1)).toBe(40);
    expect(turn(41, 1)).toBe(40);
    expect(load.refused).toBe(111);
    for (let each = 0; each < 50; each++, wait(20)) expect(turn(20, 1)).toBe(20);
    expect(load.isOver).toBe(false);
    expect(turn(150, 1)).toBe(150);
  });

  it('that people keep waiting now and then refuses nobody', () => {
    const { load, turn } = invented();
    for (let each = 0; each < 50; each++) {
      expect(turn(300, 1)).toBe(300);
      expect(turn(10, 1)).toBe(10);
    }
    expect(load.isOver).toBe(false);
  });

  it('on which thousands fall at once refuses those that would wait too long', () => {
    const { load, turn } = invented();
    expect(turn(5_000, 1)).toBe(500);
    expect(load.isOver).toBe(true);
  });
});
