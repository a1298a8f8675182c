import { currentAlgorithms } from './algorithm/policy.ts';
import type { Certificate } from './certificate/certificate.ts';
import type { Policy } from './client/registration.ts';
import { isFailure, SealgateError } from './error.ts';
import type { VerifiedLogin, VerifyLogin } from './login.ts';
import { identityOf, type OrganisationIdentity } from './organisation/identity.ts';
import { Budget } from './path/budget.ts';
import type { LinkCache } from './path/cache.ts';
import { validPaths } from './path/find.ts';
import { profiles } from './path/profile.ts';
import type { ValidPath } from './path/valid-path.ts';
import { qualify } from './qualified/qualify.ts';
import { Checks } from './report/check.ts';
import { checkRevocation } from './revocation/check.ts';
import { type RevocationClaim, revocationClaim } from './revocation/evidence.ts';
import { type RevocationPolicy, strictPolicy } from './revocation/policy.ts';
import type { RevocationSources } from './revocation/sources.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from './signature/verify.ts';
import type { TrustView } from './trust-list/view.ts';

/** What logins are verified against. */
export interface VerificationContext {
  /** The trust in force now; a view is never changed but replaced. */
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  readonly links?: LinkCache;
}

/** Claim `acr` of a certificate that nobody asked to be qualified. */
const certificateAcr = 'urn:sealgate:acr:certificate';
/** Proof of possession of a key (RFC 8176); that a PIN or a device stood behind it cannot be seen from here. */
const keyProof = ['pop'] as const;

/**
 * The verification of a login, in the one direction: signature, path, qualification, identity, revocation. What can
 * be settled here comes first; the network is asked last, and only about a path that holds.
 */
export function loginVerifier(context: VerificationContext): VerifyLogin {
  return async ({ challenge, message, client, at }) => {
    const checks = new Checks();
    const { policy } = client;
    const signature = verifySignature(message, challenge.content, rulesOf(policy), checks);
    checkSigningTime(signature, at, policy.clockSkewSeconds, checks);
    const identity = identityOf(signature.signer);
    const proven = await provePath(context, signature, policy, at, checks);
    return resultOf(signature.signer, identity, proven, checks);
  };
}

function rulesOf(policy: Policy): SignatureRules {
  return {
    algorithms: currentAlgorithms,
    requiresSignedAttributes: true,
    requiresSigningCertificate: !policy.allowMissingSigningCertificate,
    acceptsUtf16Content: policy.allowUtf16Content,
  };
}

/** The signing time is the signer's claim; one far off tells of a wrong clock, which makes other failures likely. */
function checkSigningTime(
  { signingTime }: VerifiedSignature,
  at: number,
  allowed: number,
  checks: Checks,
): void {
  if (signingTime === undefined) return;
  const difference = Math.round(Math.abs(signingTime - at) / 1000);
  if (difference > allowed) {
    const signedAt = new Date(signingTime);
    throw new SealgateError('clock_skewed', { difference, allowed, signedAt, at: new Date(at) });
  }
  checks.passed('signature', 'signature.time', { difference });
}

interface ProvenPath {
  readonly acr: string;
  readonly revocation: RevocationClaim;
}

/**
 * Finds a path that holds in every respect. One that qualification or revocation refuses gives way to the next
 * within the same budget; where none is left, the refusal of the likeliest path tells the most.
 */
async function provePath(
  { trust, sources, links }: VerificationContext,
  signature: VerifiedSignature,
  policy: Policy,
  at: number,
  checks: Checks,
): Promise<ProvenPath> {
  const view = trust();
  const paths = validPaths({
    target: signature.signer,
    pool: signature.certificates,
    intermediates: view.intermediates,
    anchors: view.anchors,
    at,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
    cache: links,
    report: checks,
  });
  let refusal: SealgateError | undefined;
  for (let step = paths.next(); ; step = paths.next()) {
    if (step.done) throw refusal ?? step.value;
    try {
      const acr = policy.requireQualified ? qualify(step.value, view, undefined, checks).acr : certificateAcr;
      return {
        acr,
        revocation: await proveCurrent(step.value, signature, sources, strictPolicy, at, checks),
      };
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
    }
  }
}

async function proveCurrent(
  path: ValidPath,
  signature: VerifiedSignature,
  sources: RevocationSources,
  policy: RevocationPolicy,
  at: number,
  checks: Checks,
): Promise<RevocationClaim> {
  const current = await checkRevocation({
    path,
    sources,
    policy,
    at,
    algorithms: currentAlgorithms,
    pool: signature.certificates,
    message: { lists: signature.crls, answers: signature.ocspResponses },
    report: checks,
  });
  return revocationClaim(current.evidence, at);
}

function resultOf(
  signer: Certificate,
  { inn, ogrn, name, signer: person }: OrganisationIdentity,
  { acr, revocation }: ProvenPath,
  checks: Checks,
): VerifiedLogin {
  return {
    organisation: { inn, ogrn, name: name.text },
    signer: {
      name: person.name,
      ...(person.title === undefined ? {} : { position: person.title }),
      ...(person.inn === undefined ? {} : { inn: person.inn }),
      ...(person.snils === undefined ? {} : { snils: person.snils }),
    },
    certificateThumbprint: Buffer.from(signer.sha256, 'hex').toString('base64url'),
    acr,
    amr: keyProof,
    revocation,
    checks: checks.list,
  };
}
