import { currentAlgorithms } from '../algorithm/policy.ts';
import { inSlices } from '../budget/slices.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { SealgateError } from '../error.ts';
import { firstThatHolds } from '../issuer/first.ts';
import { searchPaths } from '../issuer/search.ts';
import { profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/validation.ts';
import { type QualifiedCertificate, qualify, signInQualification } from '../qualified/qualify.ts';
import type { Checks } from '../report/check.ts';
import { type CurrentPath, checkRevocation } from '../revocation/check.ts';
import { type MessageValues, readValues } from '../revocation/message-values.ts';
import { policyOf } from '../revocation/policy-settings.ts';
import type { VerifiedSignature } from '../signature/verify.ts';
import type { SignerContext, SignerQuestion } from './context.ts';

/** A signer whose certificate holds in every respect. */
export interface ProvenSigner {
  /** Undefined where the relying party does not ask for it. */
  readonly qualified: QualifiedCertificate | undefined;
  readonly current: CurrentPath;
}

/** The valid paths of whoever signed, likeliest first, as `searchPaths` finds them. */
export function candidatePaths(
  { trust, links: cache, issuers }: SignerContext,
  { signer: target, certificates: pool }: VerifiedSignature,
  { at, budget, patience, trail }: SignerQuestion,
  report: Checks,
): AsyncGenerator<ValidPath, SealgateError> {
  const view = trust();
  const found: Certificate[] = [];
  trail.asked.push({ view, target, pool, found });
  const { intermediates, anchors } = view;
  const profile = profiles['qualified-gost'];
  return searchPaths({
    ...{ target, pool, intermediates, anchors, at, profile },
    ...{ budget, cache, report, patience, issuers, found },
  });
}

/**
 * The first of `paths` that holds in every respect: qualified where the relying party asks for it, which is settled
 * here, and then not revoked, for which the network may be asked. Revocation comes last, because addresses are followed
 * only of certificates that are trusted otherwise. Where no path is left, throws the refusal of the likeliest, as
 * `qualify` and `checkRevocation` do, or what the search ended with.
 */
export function proveCandidates(
  { trust, sources }: SignerContext,
  paths: AsyncGenerator<ValidPath, SealgateError>,
  signature: VerifiedSignature,
  { policy, at, budget, patience, trail }: SignerQuestion,
  checks: Checks,
): Promise<ProvenSigner> {
  const { certificates: pool, crls: lists, ocspResponses: answers } = signature;
  let message: MessageValues | undefined;
  return firstThatHolds(paths, async (path) => {
    const qualified = policy.requireQualified ? qualifiedEnd(path, trust, policy, checks) : unasked(checks);
    message ??= await inSlices(readValues({ lists, answers }, budget), budget.share);
    const current = await checkRevocation({
      ...{ path, sources, patience, at, pool, budget, message },
      policy: policyOf(policy.revocation),
      algorithms: currentAlgorithms,
      report: checks,
      consulted: trail.consulted,
    });
    return { qualified, current };
  });
}

/** Proves whoever signed. Throws as `proveCandidates` does. */
export function proveSigner(
  context: SignerContext,
  signature: VerifiedSignature,
  question: SignerQuestion,
  checks: Checks,
): Promise<ProvenSigner> {
  const paths = candidatePaths(context, signature, question, checks);
  return proveCandidates(context, paths, signature, question, checks);
}

function qualifiedEnd(
  path: ValidPath,
  trust: SignerContext['trust'],
  { minimumClass }: SignerQuestion['policy'],
  checks: Checks,
): QualifiedCertificate {
  return qualify(path, trust(), { ...signInQualification, minimumClass }, checks);
}

/** The verdict says that nobody asked. */
function unasked(checks: Checks): undefined {
  const details = { reason: 'not asked for' };
  checks.add({ stage: 'qualification', name: 'qualification.profile', outcome: 'skipped', details });
}
