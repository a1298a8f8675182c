import { SealgateError } from '../error.ts';
import type { VerifiedPower } from './verify.ts';

/** What a relying party asks of powers of attorney. */
export interface PowerPolicy {
  /** Any one of these codes lets the representative in; with none, no power does. */
  readonly acceptedPowers: readonly string[];
  readonly allowDelegation: boolean;
}

/**
 * Whether a power lets its representative sign in at `at` (ms), as far as the documents themselves say. Throws
 * `power_of_attorney_expired` (a first power that has ended takes the second with it),
 * `power_of_attorney_delegated` and `power_of_attorney_scope`, which names the codes that would do.
 */
export function judgePower(verified: VerifiedPower, policy: PowerPolicy, at: number): void {
  const { power, first } = verified;
  const { number } = power;
  if (first !== undefined && !policy.allowDelegation) {
    throw new SealgateError('power_of_attorney_delegated', { number });
  }
  for (const each of first === undefined ? [power] : [power, first.power]) {
    if (at >= each.notBefore && at < each.notAfter) continue;
    throw new SealgateError('power_of_attorney_expired', {
      number: each.number,
      notBefore: new Date(each.notBefore),
      notAfter: new Date(each.notAfter),
    });
  }
  const { acceptedPowers } = policy;
  if (acceptedPowers.some((code) => power.powers.has(code))) return;
  throw new SealgateError('power_of_attorney_scope', {
    number,
    missing: acceptedPowers,
    restricted: acceptedPowers.filter((code) => power.restricted.has(code)),
  });
}
