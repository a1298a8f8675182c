import { isExhausted } from '../budget/budget.ts';
import { isFailure, type SealgateError } from '../error.ts';
import type { ValidPath } from '../path/validation.ts';

/**
 * What `judge` makes of the first path that it lets pass. One that it refuses gives way to the next, within the same
 * budget; where no path is left, the refusal of the likeliest tells the most, and where there was none at all, what the
 * search ended with.
 */
export async function firstThatHolds<T>(
  paths: AsyncGenerator<ValidPath, SealgateError>,
  judge: (path: ValidPath) => T | Promise<T>,
): Promise<T> {
  let refusal: SealgateError | undefined;
  for (let step = await paths.next(); ; step = await paths.next()) {
    if (step.done) throw refusal ?? step.value;
    try {
      return await judge(step.value);
    } catch (error) {
      if (!isFailure(error) || isExhausted(error)) throw error;
      refusal ??= error;
    }
  }
}

/** The first of `paths`, of which the others stay. Throws what the search ended with where there is none. */
export async function firstOf(paths: AsyncGenerator<ValidPath, SealgateError>): Promise<ValidPath> {
  const step = await paths.next();
  if (step.done) throw step.value;
  return step.value;
}

/** `first`, and then the others. */
export async function* startingWith(
  first: ValidPath,
  others: AsyncGenerator<ValidPath, SealgateError>,
): AsyncGenerator<ValidPath, SealgateError> {
  yield first;
  return yield* others;
}
