import { currentAlgorithms } from './algorithm/policy.ts';
import { type Authorisation, authorise, type Claimant, claimantOf } from './authorisation/authorise.ts';
import type { AuthorisationContext } from './authorisation/context.ts';
import { addPower } from './authorisation/power.ts';
import { thumbprintOf } from './carrier/carrier.ts';
import type { Certificate } from './certificate/certificate.ts';
import type { CertificateMemory } from './certificate/memory.ts';
import type { Policy } from './client/registration.ts';
import { isFailure, SealgateError } from './error.ts';
import { Findings } from './evidence/findings.ts';
import type { VerifiedLogin, VerifyLogin } from './login.ts';
import { Budget } from './path/budget.ts';
import type { LinkCache } from './path/cache.ts';
import { validPaths } from './path/find.ts';
import { profiles } from './path/profile.ts';
import type { ValidPath } from './path/valid-path.ts';
import type { PresentedPower, VerifiedPower } from './power-of-attorney/verify.ts';
import { type QualificationPolicy, qualify, signInQualification } from './qualified/qualify.ts';
import { Checks } from './report/check.ts';
import { checkRevocation } from './revocation/check.ts';
import { type RevocationClaim, revocationClaim } from './revocation/evidence.ts';
import { policyOf } from './revocation/policy-settings.ts';
import type { RevocationSources } from './revocation/sources.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from './signature/verify.ts';
import type { TrustView } from './trust-list/view.ts';

/** What logins are verified against. */
export interface VerificationContext {
  /** The trust in force now; a view is never changed but replaced. */
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  readonly links?: LinkCache;
  /** Certificates of those who sign in often, parsed once. */
  readonly certificates?: CertificateMemory;
  /** Register, powers of attorney and carriers; without it the organisation's certificate is all that counts. */
  readonly authorisation?: AuthorisationContext;
}

/** Claim `acr` of a certificate that nobody asked to be qualified. */
const certificateAcr = 'urn:sealgate:acr:certificate';
/** Proof of possession of a key (RFC 8176); that a PIN or a device stood behind it cannot be seen from here. */
const keyProof = ['pop'] as const;

/**
 * The verification of a login, in the one direction: signature, path, qualification, revocation, and for whom the
 * signer acts. What can be settled here comes first; the network is asked last, and only about a path that holds.
 */
export function loginVerifier(context: VerificationContext): VerifyLogin {
  return async ({ challenge, message, client, at, powerOfAttorney, isConnecting = false, ...told }) => {
    const { recognised, findings = new Findings() } = told;
    const { checks } = findings;
    const authorisation = context.authorisation && findings.asking(context.authorisation);
    const { policy } = client;
    const signature = verifySignature(
      message,
      challenge.content,
      rulesOf(policy),
      checks,
      [],
      parserOf(context),
    );
    checkSigningTime(signature, at, policy.clockSkewSeconds, checks);
    const { signer: certificate } = signature;
    const claimant = claimantOf(certificate, checks);
    if (authorisation === undefined) expectOrganisation(claimant);
    const proven = await provePath(context, signature, policy, at, findings, checks, () => {
      if (claimant.kind === 'person') return;
      const subject = `ogrn:${claimant.identity.ogrn}`;
      recognised?.({ subject, certificateThumbprint: thumbprintOf(certificate) });
    });
    if (authorisation === undefined) return resultOf(certificate, claimant, proven, undefined, checks);
    const request = {
      claimant,
      certificate,
      policy,
      power: powerOfAttorney,
      chosen: challenge.organisation?.inn,
      prove: (other: VerifiedSignature) => provePath(context, other, policy, at, findings, new Checks()),
      isConnecting,
      at,
      checks,
    };
    const authorised = await authorise(request, authorisation);
    return resultOf(certificate, claimant, proven, authorised, checks);
  };
}

/**
 * Verifies a power of attorney and takes it into its principal's account. Throws as `addPower` does.
 */
export type VerifyPower = (
  presented: PresentedPower,
  policy: Policy,
  at: number,
  /** The organisation that adds it, `ogrn:…`; another's power is refused. */
  subject?: string,
) => Promise<VerifiedPower>;

/** The verification of powers by the same trust as logins. Throws where the context has no authorisation. */
export function powerVerifier(context: VerificationContext): VerifyPower {
  const { authorisation } = context;
  if (authorisation === undefined) throw new Error('powers of attorney are verified with an authorisation');
  return (presented, policy, at, subject) =>
    addPower(
      authorisation,
      presented,
      (signature) => provePath(context, signature, policy, at, new Findings(), new Checks()),
      at,
      subject,
    );
}

function expectOrganisation(claimant: Claimant): void {
  if (claimant.kind === 'organisation') return;
  throw new SealgateError('organisation_missing', { missing: ['ogrn', 'innLegalEntity'] });
}

function parserOf({ certificates }: VerificationContext): ((der: Uint8Array) => Certificate) | undefined {
  return certificates === undefined ? undefined : (der) => certificates.parse(der);
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

function qualificationOf({ minimumClass }: Policy): QualificationPolicy {
  return { ...signInQualification, minimumClass };
}

/** The verdict says that nobody asked. */
function unqualified(checks: Checks): string {
  const details = { reason: 'not asked for' };
  checks.add({ stage: 'qualification', name: 'qualification.profile', outcome: 'skipped', details });
  return certificateAcr;
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
  findings: Findings,
  checks: Checks,
  onPath: () => void = () => {},
): Promise<ProvenPath> {
  const view = trust();
  findings.trusted(view, signature.signer, signature.certificates);
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
    onPath();
    try {
      const acr = policy.requireQualified
        ? qualify(step.value, view, qualificationOf(policy), checks).acr
        : unqualified(checks);
      return {
        acr,
        revocation: await proveCurrent(step.value, signature, sources, policy, at, findings, checks),
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
  policy: Policy,
  at: number,
  findings: Findings,
  checks: Checks,
): Promise<RevocationClaim> {
  const current = await checkRevocation({
    path,
    sources,
    policy: policyOf(policy.revocation),
    at,
    algorithms: currentAlgorithms,
    pool: signature.certificates,
    message: { lists: signature.crls, answers: signature.ocspResponses },
    report: checks,
    witness: findings,
  });
  return revocationClaim(current.evidence, at);
}

function resultOf(
  certificate: Certificate,
  claimant: Claimant,
  { acr, revocation }: ProvenPath,
  authorised: Authorisation | undefined,
  checks: Checks,
): VerifiedLogin {
  const { signer: person } = claimant;
  const power = authorised?.power?.power;
  return {
    organisation: authorised?.organisation ?? organisationOf(claimant),
    signer: {
      name: person.name,
      ...(person.title === undefined ? {} : { position: person.title }),
      ...(person.inn === undefined ? {} : { inn: person.inn }),
      ...(person.snils === undefined ? {} : { snils: person.snils }),
    },
    certificateThumbprint: thumbprintOf(certificate),
    certificate,
    acr,
    amr: keyProof,
    revocation,
    ...(authorised === undefined
      ? {}
      : {
          authority: { basis: authorised.basis, ...(power === undefined ? {} : { power: power.number }) },
          conditions: authorised.conditions,
        }),
    ...(power === undefined ? {} : { validUntil: power.notAfter }),
    checks: checks.list,
  };
}

function organisationOf(claimant: Claimant): VerifiedLogin['organisation'] {
  if (claimant.kind === 'person') throw new Error('a person without an organisation was let through');
  const { inn, ogrn, name } = claimant.identity;
  return { inn, ogrn, name: name.text };
}
