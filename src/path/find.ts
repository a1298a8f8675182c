import type { SealgateError } from '../error.ts';
import type { PathInput } from './input.ts';
import { Search } from './search.ts';
import type { ValidPath } from './valid-path.ts';

/**
 * Valid paths from `input.target` to one of `input.anchors`, likeliest first, each one looked for only when it is
 * asked for: a caller whose later stage (revocation, accreditation) refuses one takes the next, within the same
 * budget. The generator ends with the failure that says most about why there are no more: `chain_incomplete`,
 * `root_untrusted`, `chain_invalid` (with `rule`), `certificate_malformed`, `certificate_expired`,
 * `certificate_not_yet_valid`, `certificate_usage_forbidden`, `algorithm_forbidden`, `private_key_period_over`
 * or `path_budget_exhausted` (with `limit`).
 */
export function validPaths(input: PathInput): Generator<ValidPath, SealgateError> {
  return new Search(input).run();
}

/** The first valid path (see `validPaths`); throws the failure where there is none. */
export function findPath(input: PathInput): ValidPath {
  const step = validPaths(input).next();
  if (step.done) throw step.value;
  return step.value;
}
