import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlgorithmPolicy } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf, type TrustAnchor } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath, validPaths } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { type CertificateList, parseCertificateList } from '../../src/revocation/crl/list.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { crlStatusOfPath } from '../revocation/path-status.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

/** One test of the manifest, under one of its settings. */
export interface PkitsCase {
  readonly id: string;
  readonly subtest: number | null;
  readonly trust_anchor: string;
  readonly intermediates: readonly string[];
  readonly end_entity: string;
  readonly other_certs: readonly string[];
  readonly crls: readonly string[];
  readonly settings: {
    readonly initial_policy_set: readonly string[];
    readonly initial_explicit_policy: boolean;
    readonly initial_policy_mapping_inhibit: boolean;
    readonly initial_any_policy_inhibit: boolean;
  };
  readonly expected: 'valid' | 'invalid';
  readonly user_constrained_policy_set: readonly string[] | null;
}

/** The manifest of the suite. */
export interface PkitsManifest {
  readonly suite: string;
  readonly validation_time: string;
  readonly tests: readonly PkitsCase[];
}

/** Where the suite's files come from: the folder, or what was made of it. */
export interface PkitsFiles {
  certificate(file: string): Certificate;
  list(file: string): CertificateList;
}

/** Files of the folder itself, each parsed once; what cannot be parsed throws at each use. */
export function filesIn(folder: string): PkitsFiles {
  const certificates = new Map<string, Certificate>();
  return {
    certificate(file) {
      const known = certificates.get(file) ?? parseCertificate(readFileSync(join(folder, file)));
      certificates.set(file, known);
      return known;
    },
    list: (file) => parseCertificateList(readFileSync(join(folder, file))),
  };
}

/** Those that can be read; PKITS has files that break their own encoding on purpose. */
function readableOf<T>(files: readonly string[], read: (file: string) => T): T[] {
  return files.flatMap((file) => {
    try {
      return [read(file)];
    } catch (error) {
      if (isFailure(error) || error instanceof Error) return [];
      throw error;
    }
  });
}

/** Result of one case: `valid` with the policy set, or `invalid` with the reason. */
export interface PkitsVerdict {
  readonly result: 'valid' | 'invalid';
  readonly policies: readonly string[];
  readonly why: string;
}

/** Judges one case with path validation and revocation by its lists. */
export function judge(
  test: PkitsCase,
  files: PkitsFiles,
  at: number,
  algorithms: AlgorithmPolicy,
): PkitsVerdict {
  let why = 'no path';
  try {
    const anchor = anchorOf(files.certificate(test.trust_anchor));
    const pool = readableOf([...test.intermediates, ...test.other_certs], (file) => files.certificate(file));
    const lists = readableOf(test.crls, (file) => files.list(file));
    const budget = new Budget();
    const shared = { pool, anchors: [anchor], at, budget, profile: profiles.rfc5280, algorithms };
    const paths = validPaths({
      ...shared,
      target: files.certificate(test.end_entity),
      policies: {
        initialPolicies: new Set(test.settings.initial_policy_set),
        requiresExplicitPolicy: test.settings.initial_explicit_policy,
        inhibitsMapping: test.settings.initial_policy_mapping_inhibit,
        inhibitsAnyPolicy: test.settings.initial_any_policy_inhibit,
      },
    });
    for (let step = paths.next(); ; step = paths.next()) {
      if (step.done) {
        if (why === 'no path') why = `${step.value.code} ${JSON.stringify(step.value.details)}`;
        return { result: 'invalid', policies: [], why };
      }
      const unproven = unprovenIn(step.value, anchor, pool, lists, algorithms);
      if (unproven === undefined) return { result: 'valid', policies: step.value.policies, why: '' };
      why = unproven;
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { result: 'invalid', policies: [], why: `${error.code} ${JSON.stringify(error.details)}` };
  }
}

function unprovenIn(
  path: ValidPath,
  anchor: TrustAnchor,
  pool: readonly Certificate[],
  lists: readonly CertificateList[],
  algorithms: AlgorithmPolicy,
): string | undefined {
  const answers = crlStatusOfPath({
    path,
    lists,
    candidates: pool,
    validateIssuer: (target) => pathOrNone(target, anchor, pool, path.at, algorithms),
    algorithms,
    freshness: strictFreshness,
    budget: new Budget(),
  });
  const bad = answers.find(({ status }) => status !== 'good');
  if (bad === undefined) return undefined;
  return bad.status === 'undetermined' ? `status unknown: ${JSON.stringify(bad.problems)}` : bad.status;
}

function pathOrNone(
  target: Certificate,
  anchor: TrustAnchor,
  pool: readonly Certificate[],
  at: number,
  algorithms: AlgorithmPolicy,
): ValidPath | undefined {
  try {
    const budget = new Budget();
    return findPath({ target, pool, anchors: [anchor], at, budget, profile: profiles.rfc5280, algorithms });
  } catch {
    return undefined;
  }
}

/** Whether a verdict is what the suite expects, and why not. */
export function compare(test: PkitsCase, verdict: PkitsVerdict): CaseResult {
  const id = test.subtest === null ? test.id : `${test.id}.${test.subtest}`;
  if (verdict.result !== test.expected) {
    return {
      id,
      outcome: 'failed',
      reason: `${verdict.result}, expected ${test.expected}: ${verdict.why}`,
    };
  }
  const found = verdict.policies.join();
  const expected = [...(test.user_constrained_policy_set ?? [])].sort().join();
  return test.expected === 'valid' && found !== expected
    ? { id, outcome: 'failed', reason: `policies ${found}, expected ${expected}` }
    : { id, outcome: 'passed' };
}

/** Whether `folder` holds a part of PKITS. */
export function isPkits(folder: string): boolean {
  return readManifest<Partial<PkitsManifest>>(folder)?.suite?.startsWith('NIST PKITS') === true;
}

/** NIST PKITS with its settings, its lists and its expected policy sets. */
export const suite: Suite = {
  name: 'pkits',
  recognises: isPkits,
  *run(folder): Iterable<CaseResult> {
    const manifest = readManifest<PkitsManifest>(folder);
    if (manifest === undefined) return;
    const files = filesIn(folder);
    const at = Date.parse(manifest.validation_time);
    for (const test of manifest.tests)
      yield compare(test, judge(test, files, at, profiles.rfc5280.algorithms));
  },
};
