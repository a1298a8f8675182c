import { isExhausted } from '../budget/budget.ts';
import { isFailure, type SealgateError } from '../error.ts';
import type { ValidPath } from '../path/validation.ts';
import type { CheckInput } from './check/input.ts';
import { StatusCheck } from './check/status-check.ts';
import type { RevocationEvidence } from './evidence.ts';

declare const current: unique symbol;

/**
 * A valid path every certificate of which is known not to be revoked, or is let pass by a break-glass decision that
 * the evidence names. Only `checkRevocation` makes one.
 */
export interface CurrentPath {
  readonly [current]: true;
  readonly path: ValidPath;
  /** At least one piece for each certificate, in the order of the path. */
  readonly evidence: readonly [RevocationEvidence, ...RevocationEvidence[]];
}

/**
 * Checks that no certificate of a valid path is revoked, the anchor excepted. What is held and fresh settles it
 * without the network; the network is asked in the order of the policy and only at places that the path's own
 * certificates name. Throws `certificate_revoked`; `revocation_stale` where the only answers are too old;
 * `revocation_unavailable` where there are none that can be used, which includes "unknown"; `budget_exhausted`.
 */
export async function checkRevocation(input: CheckInput): Promise<CurrentPath> {
  const { path } = input;
  const check = new StatusCheck(input);
  const outcomes = await Promise.allSettled(
    path.certificates.map((certificate, at) =>
      check.settle({ certificate, authorities: path.issuers.slice(at) }),
    ),
  );
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (refused.length > 0) throw mostTelling(refused);
  return currentPath(
    path,
    outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
  );
}

function currentPath(path: ValidPath, found: readonly RevocationEvidence[]): CurrentPath {
  const covered = new Set(found.map(({ certificate }) => certificate));
  const [first, ...others] = found;
  if (first === undefined || !path.certificates.every((certificate) => covered.has(certificate))) {
    throw new Error('evidence does not cover the path');
  }
  const facts: Omit<CurrentPath, typeof current> = { path, evidence: [first, ...others] };
  return facts as CurrentPath;
}

/** A revocation settles the matter whatever else could not be found out; an error of our own comes before all. */
function mostTelling(reasons: readonly unknown[]): unknown {
  const failures: SealgateError[] = [];
  for (const reason of reasons) {
    if (!isFailure(reason)) return reason;
    failures.push(reason);
  }
  return (
    failures.find(({ code }) => code === 'certificate_revoked') ??
    failures.find(isExhausted) ??
    failures.find(({ code }) => code === 'revocation_stale') ??
    failures[0]
  );
}
