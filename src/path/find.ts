import type { SealgateError } from '../error.ts';
import type { PathInput } from './input.ts';
import { Search } from './search.ts';
import type { ValidPath } from './validation.ts';

/** As `validPaths`, with `undefined` between the steps of the search, for whoever must not be held up (`inSlices`). */
export function pathSteps(input: PathInput): Generator<ValidPath | undefined, SealgateError> {
  return new Search(input).run();
}

/** Goes on with the steps of a search up to its next path, or to its end. */
export function* nextPath(
  steps: Iterator<ValidPath | undefined, SealgateError>,
): Generator<undefined, IteratorResult<ValidPath, SealgateError>> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step;
    if (step.value !== undefined) return { done: false, value: step.value };
    yield undefined;
  }
}

/**
 * Valid paths from `input.target` to one of `input.anchors`, likeliest first, each one looked for only when it is
 * asked for: a caller whose later stage (revocation, accreditation) refuses one takes the next, within the same
 * budget. The generator ends with the failure that says most about why there are no more: `chain_incomplete`,
 * `root_untrusted`, `chain_invalid` (with `rule`), `certificate_malformed`, `certificate_expired`,
 * `certificate_not_yet_valid`, `certificate_usage_forbidden`, `algorithm_forbidden`, `private_key_period_over`
 * or `path_budget_exhausted` (with `limit`).
 */
export function* validPaths(input: PathInput): Generator<ValidPath, SealgateError> {
  const steps = pathSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (step.value !== undefined) yield step.value;
  }
}

/** The first valid path (see `validPaths`); throws the failure where there is none. */
export function findPath(input: PathInput): ValidPath {
  const step = validPaths(input).next();
  if (step.done) throw step.value;
  return step.value;
}
