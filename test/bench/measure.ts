/** One line of the benchmark: both rates were measured in turn within the same run. */
export interface Figure {
  readonly name: string;
  readonly peer: string;
  /** What `ours` and `theirs` are in where they are no rates; of such, less is better. */
  readonly unit?: 'ms' | 'MB' | '%';
  /** Operations a second, median of the rounds; or a measure in `unit`. */
  readonly ours: number;
  readonly theirs: number;
  /** ours / theirs, median of the rounds' own ratios. */
  readonly ratio: number;
  /** What the ratio has to reach; undefined where the figure only informs. */
  readonly goal?: number;
}

/** Runs for about that many milliseconds and returns operations a second. */
export type Contender = (milliseconds: number) => number | Promise<number>;

const rounds = 5;
const warmUp = 400;
const roundLength = 700;

/** Wraps a function so that it can contend. */
export function repeat(operation: () => void): Contender {
  return (milliseconds) => {
    const start = performance.now();
    let count = 0;
    let elapsed = 0;
    while (elapsed < milliseconds) {
      for (let turn = 0; turn < 16; turn++) operation();
      count += 16;
      elapsed = performance.now() - start;
    }
    return (count / elapsed) * 1000;
  };
}

/** As `repeat`, for an operation that ends later; one at a time. */
export function repeatAsync(operation: () => Promise<void>): Contender {
  return async (milliseconds) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < milliseconds) {
      await operation();
      count++;
    }
    return (count / (performance.now() - start)) * 1000;
  };
}

/** Measures both in turn, round by round, after a warm-up of each; machines drift, so the ratio is taken a round. */
export async function compare(
  name: string,
  peer: string,
  ours: Contender,
  theirs: Contender,
  goal?: number,
): Promise<Figure> {
  await ours(warmUp);
  await theirs(warmUp);
  const measured: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    measured.push({ ours: await ours(roundLength), theirs: await theirs(roundLength) });
  }
  return {
    name,
    peer,
    ours: median(measured.map((round) => round.ours)),
    theirs: median(measured.map((round) => round.theirs)),
    ratio: median(measured.map((round) => round.ours / round.theirs)),
    ...(goal === undefined ? {} : { goal }),
  };
}

/** What was measured against the most that was promised, in one unit of which less is better; a hundredth of it counts as all there is to gain. */
export function promise(
  name: string,
  measured: number,
  promised: number,
  unit: NonNullable<Figure['unit']>,
): Figure {
  const ratio = Math.min(promised / measured, 100);
  return { name, peer: 'what was promised', unit, ours: measured, theirs: promised, ratio, goal: 1 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
