/** What one step of a sign-in costs at several sizes of what it looks into. */
export interface Series {
  /** What is done, and among what. */
  readonly name: string;
  readonly engine: 'SQLite' | 'PostgreSQL' | undefined;
  readonly points: readonly Point[];
}

/** The cost at one size, µs, and how many times that at the smallest size it is; medians. */
export interface Point {
  readonly size: number;
  readonly microseconds: number;
  readonly times: number;
}

/** A step at one size, ready to be done again and again. */
export interface Sized {
  readonly size: number;
  readonly act: () => void | Promise<void>;
}

/** By how much of a sign-in a step costs more at a point than at the smallest size: 0.1 for a tenth. */
export function growthOf({ points }: Series, { microseconds }: Point, signInMicroseconds: number): number {
  return (microseconds - (points[0]?.microseconds ?? Number.NaN)) / signInMicroseconds;
}

const rounds = 15;
const sliceLength = 80;

/**
 * Measures all sizes of a step in turn, round by round: machines drift, so that each round's costs are compared with
 * that round's cost at the smallest size, and the median of the rounds counts.
 */
export async function measure(sized: readonly Sized[]): Promise<readonly Point[]> {
  const costs = sized.map((): number[] => []);
  for (const { act } of sized) await costOf(act, sliceLength);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { act }] of sized.entries()) costs[index]?.push(await costOf(act, sliceLength));
  }
  const [smallest = []] = costs;
  return sized.map(({ size }, index) => {
    const own = costs[index] ?? [];
    const times = median(own.map((cost, round) => cost / (smallest[round] ?? Number.NaN)));
    return { size, microseconds: median(own), times };
  });
}

/** µs that one takes, over so many ms. */
async function costOf(act: Sized['act'], milliseconds: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    for (let turn = 0; turn < 8; turn++) {
      const done = act();
      if (done !== undefined) await done;
    }
    count += 8;
    elapsed = performance.now() - start;
  }
  return (elapsed * 1_000) / count;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
