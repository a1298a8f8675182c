import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import type { SealgateError } from '../error.ts';
import { validPaths } from '../path/find.ts';
import { type Profile, profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/validation.ts';
import type { ListTrust } from './list-trust.ts';

/** The signer signs documents; nobody asks for the purposes of a login. */
const signerProfile: Profile = { ...profiles['qualified-gost'], name: 'list-signer', purposes: [] };

/** Paths from the signer of a list to the pinned roots in `pool`, at `at` (ms); see `validPaths`. */
export function signerPaths(
  signer: Certificate,
  pool: readonly Certificate[],
  { pins, algorithms }: ListTrust,
  budget: Budget,
  at: number,
): Generator<ValidPath, SealgateError> {
  const anchors = pool.filter(({ sha256 }) => pins.roots.has(sha256)).map((root) => anchorOf(root));
  return validPaths({ target: signer, pool, anchors, at, budget, profile: signerProfile, algorithms });
}
