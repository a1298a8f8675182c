import { currentAlgorithms } from '../algorithm/policy.ts';
import { type Budget, isExhausted } from '../budget/budget.ts';
import { inSlices } from '../budget/slices.ts';
import { isFailure, type SealgateError } from '../error.ts';
import type { Findings } from '../evidence/findings.ts';
import { searchPaths } from '../issuer/search.ts';
import type { IssuerSource } from '../issuer/source.ts';
import type { LinkCache } from '../path/cache.ts';
import { profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/valid-path.ts';
import { type QualificationPolicy, qualify, signInQualification } from '../qualified/qualify.ts';
import type { Policy } from '../relying-party/registration.ts';
import type { Checks } from '../report/check.ts';
import { Patience } from '../revocation/check/patience.ts';
import { checkRevocation } from '../revocation/check.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
import { type MessageValues, readValues } from '../revocation/message-values.ts';
import { policyOf } from '../revocation/policy-settings.ts';
import type { RevocationSources } from '../revocation/sources.ts';
import type { VerifiedSignature } from '../signature/verify.ts';
import type { TrustView } from '../trust-list/view.ts';

/** What paths are proven against. */
export interface TrustContext {
  /** The trust in force now; a view is never changed but replaced. */
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  /** Where issuers are asked for that are not at hand; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource;
  readonly links?: LinkCache;
}

/** One sign-in, as far as it is the same for all paths that are proven for it. */
export interface ProofContext {
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly findings: Findings;
  readonly patience: Patience;
  readonly budget: Budget;
}

/** A path that holds in every respect. */
export interface ProvenPath {
  /** Claim `acr`. */
  readonly acr: string;
  readonly current: CurrentPath;
}

/** Claim `acr` of a certificate that nobody asked to be qualified. */
const certificateAcr = 'urn:sealgate:acr:certificate';

/** How long a sign-in under `policy` waits for the network, from now on. */
export function patienceOf({ revocation }: Policy): Patience {
  return new Patience(policyOf(revocation).patience);
}

/**
 * Finds a path that holds in every respect. One that qualification or revocation refuses gives way to the next
 * within the same budget, and whatever is asked of the network shares one patience; where no path is left, the
 * refusal of the likeliest tells the most. `onPath` is called for each path that is valid as such.
 */
export async function provePath(
  context: TrustContext,
  signature: VerifiedSignature,
  proof: ProofContext,
  checks: Checks,
  onPath: () => void = () => {},
): Promise<ProvenPath> {
  const { policy, at, findings, patience, budget } = proof;
  const { signer, certificates, crls: lists, ocspResponses: answers } = signature;
  const view = context.trust();
  findings.trusted(view, signer, certificates);
  const paths = searchPaths({
    target: signer,
    pool: certificates,
    intermediates: view.intermediates,
    anchors: view.anchors,
    at,
    profile: profiles['qualified-gost'],
    budget,
    cache: context.links,
    report: checks,
    patience,
    issuers:
      context.issuers &&
      findings.askingIssuers(context.issuers, (found) =>
        findings.trusted(view, signer, [...certificates, ...found]),
      ),
  });
  let values: MessageValues | undefined;
  let refusal: SealgateError | undefined;
  for (let step = await paths.next(); ; step = await paths.next()) {
    if (step.done) throw refusal ?? step.value;
    onPath();
    try {
      const acr = policy.requireQualified
        ? qualify(step.value, view, qualificationOf(policy), checks).acr
        : unqualified(checks);
      values ??= await inSlices(readValues({ lists, answers }, budget), budget.share);
      return { acr, current: await proveCurrent(context, step.value, signature, values, proof, checks) };
    } catch (error) {
      if (!isFailure(error) || isExhausted(error)) throw error;
      refusal ??= error;
    }
  }
}

function qualificationOf({ minimumClass }: Policy): QualificationPolicy {
  return { ...signInQualification, minimumClass };
}

/** The verdict says that nobody asked. */
function unqualified(checks: Checks): string {
  const details = { reason: 'not asked for' };
  checks.add({ stage: 'qualification', name: 'qualification.profile', outcome: 'skipped', details });
  return certificateAcr;
}

function proveCurrent(
  { sources }: TrustContext,
  path: ValidPath,
  signature: VerifiedSignature,
  message: MessageValues,
  { policy, at, findings, patience, budget }: ProofContext,
  checks: Checks,
): Promise<CurrentPath> {
  return checkRevocation({
    path,
    sources,
    policy: policyOf(policy.revocation),
    patience,
    at,
    algorithms: currentAlgorithms,
    pool: signature.certificates,
    budget,
    message,
    report: checks,
    consulted: findings.consulted,
  });
}
