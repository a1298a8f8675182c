import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlgorithmPolicy } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { purposeOids } from '../../src/certificate/constraints.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import { genericAlgorithms, profiles } from '../../src/path/profile.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { readManifest } from './manifest.ts';
import { type Strictness, strictFlaw } from './strict-purpose.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Case {
  readonly id: string;
  readonly end_entity: string;
  readonly intermediates: readonly string[];
  readonly trust_anchor: string;
  readonly trust_anchor_constraints_enforced: boolean;
  readonly at: string;
  readonly key_purpose: 'any' | 'serverAuth' | 'clientAuth';
  readonly strict: boolean;
  readonly weak_digest_allowed: boolean;
  readonly expected: 'valid' | 'invalid';
  readonly errors?: readonly string[];
  readonly user_constrained_policy_set?: readonly string[];
  readonly source: string;
}

/** The manifest tells strict cases, and the name of a case which of the two strict profiles of the source it means. */
function strictnessOf({ strict, source }: Case): Strictness | undefined {
  if (!strict) return undefined;
  return source.endsWith('strict-leaf.test') ? 'leaf' : 'path';
}

/** What is wrong by the strict profile of a case with a path that holds. */
function flawOf(test: Case, path: ValidPath, anchor: Certificate): string | undefined {
  const strictness = strictnessOf(test);
  if (strictness === undefined || test.key_purpose === 'any') return undefined;
  const judged = test.trust_anchor_constraints_enforced ? anchor : undefined;
  return strictFlaw(path.certificates, test.key_purpose, strictness, judged);
}

function algorithmsOf(test: Case): AlgorithmPolicy {
  const digests = new Set(genericAlgorithms.digests);
  if (test.weak_digest_allowed) digests.add('sha1');
  return { ...genericAlgorithms, digests, minimumRsaBits: 1024 };
}

/** Where we come to another result than the source, on purpose. */
const exceptions: readonly { readonly reason: string; applies(test: Case, why: string): boolean }[] = [
  {
    reason:
      'Microsoft’s application policies are critical, and nothing here processes them. The source passes over them ' +
      'where there is an extended key usage; RFC 5280, section 4.2, has an unknown critical extension refused.',
    applies: ({ expected }, why) => expected === 'valid' && why.includes('1.3.6.1.4.1.311.21.10'),
  },
  {
    reason:
      'The certificate has more names of more kinds, against more constraints, than one check here may compare ' +
      '(1,048,576 comparisons). The source counts each kind by itself.',
    applies: ({ expected }, why) => expected === 'valid' && why.includes('"limit":"nameComparisons"'),
  },
];

function judge(folder: string, test: Case): { readonly result: string; readonly why: string } {
  const load = (file: string) => parseCertificate(readFileSync(join(folder, file)));
  try {
    const anchor = load(test.trust_anchor);
    const path = findPath({
      target: load(test.end_entity),
      pool: test.intermediates.map(load),
      anchors: [anchorOf(anchor, { enforcesExtensions: test.trust_anchor_constraints_enforced })],
      at: Date.parse(test.at),
      profile: profiles.rfc5280,
      budget: new Budget(),
      algorithms: algorithmsOf(test),
      purposes: test.key_purpose === 'any' ? [] : [purposeOids[test.key_purpose]],
    });
    const flaw = flawOf(test, path, anchor);
    if (flaw !== undefined) return { result: 'invalid', why: flaw };
    const policies = path.policies.join();
    const expected = [...(test.user_constrained_policy_set ?? path.policies)].sort().join();
    return policies === expected
      ? { result: 'valid', why: '' }
      : { result: 'valid with other policies', why: `${policies} instead of ${expected}` };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { result: 'invalid', why: `${error.code} ${JSON.stringify(error.details)}` };
  }
}

/** BoringSSL's cases for certificate chains. */
export const suite: Suite = {
  name: 'chains',
  recognises: (folder) =>
    readManifest<{ tests?: Partial<Case>[] }>(folder)?.tests?.[0]?.trust_anchor_constraints_enforced !==
    undefined,
  *run(folder): Iterable<CaseResult> {
    for (const test of readManifest<{ tests: Case[] }>(folder)?.tests ?? []) {
      const { result, why } = judge(folder, test);
      const exception = exceptions.find(({ applies }) => applies(test, why));
      if (result === test.expected) yield { id: test.id, outcome: 'passed' };
      else if (exception !== undefined) yield { id: test.id, outcome: 'skipped', reason: exception.reason };
      else {
        const reason = `${result}, expected ${test.expected} (${test.errors?.join('; ') ?? ''}): ${why}`;
        yield { id: test.id, outcome: 'failed', reason };
      }
    }
  },
};
