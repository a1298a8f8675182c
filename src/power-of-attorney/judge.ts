import { SealgateError } from '../error.ts';
import { expectScope, type PowerScope } from './scope.ts';
import type { VerifiedPower } from './verify.ts';

/** What a relying party asks of powers of attorney. */
export interface PowerPolicy {
  /** Any one of these codes lets the representative in; with none, no power does. */
  readonly acceptedPowers: readonly string[];
  readonly allowDelegation: boolean;
}

/** What is judged of a power, whether its document was read or its columns. Times are ms since the epoch. */
export interface PowerTerms extends PowerScope {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isHandedOn: boolean;
}

/**
 * Whether a power lets its representative sign in at `at` (ms), as far as the documents themselves say. Throws
 * `power_of_attorney_expired` (a first power that has ended takes the second with it),
 * `power_of_attorney_delegated` and `power_of_attorney_scope`, which names the codes that would do.
 */
export function judgePower({ power, first }: VerifiedPower, policy: PowerPolicy, at: number): void {
  judgeTerms({ ...power, isHandedOn: first !== undefined }, policy, at);
  if (first !== undefined) expectTerm(first.power, at);
}

/** As `judgePower`, of one power's own terms: one that was handed on lasts no longer than the first. */
export function judgeTerms(terms: PowerTerms, { acceptedPowers, allowDelegation }: PowerPolicy, at: number) {
  const { number, isHandedOn } = terms;
  if (isHandedOn && !allowDelegation) throw new SealgateError('power_of_attorney_delegated', { number });
  expectTerm(terms, at);
  expectScope(terms, acceptedPowers);
}

function expectTerm(
  { number, notBefore, notAfter }: Pick<PowerTerms, 'number' | 'notBefore' | 'notAfter'>,
  at: number,
): void {
  if (at >= notBefore && at < notAfter) return;
  throw new SealgateError('power_of_attorney_expired', {
    number,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
  });
}
