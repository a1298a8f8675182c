import { currentAlgorithms } from '../algorithm/policy.ts';
import { type Authorisation, authorise, type Claimant, claimantOf } from '../authorisation/authorise.ts';
import type { AuthorisationContext } from '../authorisation/context.ts';
import { addPower } from '../authorisation/power.ts';
import { Budget } from '../budget/budget.ts';
import { powerLimits } from '../budget/limits.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { CertificateMemory } from '../certificate/memory.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { ChallengeOrganisation } from '../challenge/text.ts';
import { SealgateError } from '../error.ts';
import { Findings } from '../evidence/findings.ts';
import type { PresentedPower, VerifiedPower } from '../power-of-attorney/verify.ts';
import { isNameOf } from '../register/name.ts';
import type { Policy } from '../relying-party/registration.ts';
import { Checks } from '../report/check.ts';
import { revocationClaim } from '../revocation/evidence.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from '../signature/verify.ts';
import { unpaddedInn } from '../subject/identifier.ts';
import { pathToWatch } from '../watch/watched-path.ts';
import type { VerifiedLogin, VerifyLogin } from './login.ts';
import { type ProvenPath, patienceOf, provePath, type TrustContext } from './prove-path.ts';

/** What logins are verified against. */
export interface VerificationContext extends TrustContext {
  /** Certificates of those who sign in often, parsed once; filled with proven paths only. */
  readonly certificates?: CertificateMemory;
  /** Register, powers of attorney and carriers; without it the organisation's certificate is all that counts. */
  readonly authorisation?: AuthorisationContext;
}

/** Proof of possession of a key (RFC 8176); that a PIN or a device stood behind it cannot be seen from here. */
const keyProof = ['pop'] as const;

/** Claims of a sign-in that no person made: a system of the organisation signed by itself. */
const systemAcr = 'urn:sealgate:acr:system';
const systemProof = [...keyProof, 'system'] as const;

/**
 * The verification of a login, in the one direction: signature, path, qualification, revocation, and for whom the
 * signer acts. What can be settled here comes first; the network is asked last, and only about a path that holds.
 */
export function loginVerifier(context: VerificationContext): VerifyLogin {
  return async ({
    challenge,
    message,
    client,
    at,
    budget,
    powerOfAttorney,
    isConnecting = false,
    ...told
  }) => {
    const { recognised, findings = new Findings() } = told;
    const { checks } = findings;
    const authorisation = context.authorisation && findings.asking(context.authorisation);
    const { policy } = client;
    const trust = trustFor(context, client.id);
    const signature = verifySignature(
      message,
      challenge.content,
      rulesOf(policy),
      checks,
      budget,
      [],
      parserOf(context),
    );
    checkSigningTime(signature, at, policy.clockSkewSeconds, checks);
    const { signer: certificate } = signature;
    const claimant = claimantOf(certificate, checks, policy.allowSystems);
    if (authorisation === undefined) expectOrganisation(claimant);
    const proof = { policy, at, findings, patience: patienceOf(policy), budget };
    const { organisation: asked } = challenge;
    const recognise = (subject: string, isProven: boolean) =>
      recognised?.({ subject, certificateThumbprint: thumbprintOf(certificate), isProven });
    const proven = await provePath(trust, signature, proof, checks, () => {
      findings.pathFound();
      if (claimant.kind === 'person') return;
      recognise(`ogrn:${claimant.identity.ogrn}`, false);
      expectAsked(asked, claimant.identity);
    });
    findings.pathProven(proven.current.path.certificates);
    remember(proven, context.certificates);
    if (authorisation === undefined) {
      compareNames(asked, organisationOf(claimant), checks);
      return resultOf(certificate, claimant, proven, undefined, policy, checks);
    }
    const request = {
      claimant,
      certificate,
      policy,
      power: powerOfAttorney,
      chosen: asked?.inn === undefined ? undefined : plainInn(asked.inn),
      relyingParty: challenge.relyingParty,
      prove: (other: VerifiedSignature) => provePath(trust, other, proof, new Checks()),
      recognise: (subject: string) => recognise(subject, true),
      isConnecting,
      budget,
      at,
      checks,
    };
    const authorised = await authorise(request, authorisation);
    compareNames(asked, authorised.organisation, checks);
    return resultOf(certificate, claimant, proven, authorised, policy, checks);
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
  return (presented, policy, at, subject) => {
    const budget = new Budget(powerLimits);
    const proof = { policy, at, findings: new Findings(), patience: patienceOf(policy), budget };
    const proofs = {
      prove: (signature: VerifiedSignature) => provePath(context, signature, proof, new Checks()),
      requiresQualified: policy.requireQualified,
      budget,
      at,
    };
    return addPower(authorisation, presented, proofs, policy, subject);
  };
}

function expectOrganisation(claimant: Claimant): void {
  if (claimant.kind === 'organisation') return;
  throw new SealgateError('organisation_missing', { missing: ['ogrn', 'innLegalEntity'] });
}

/**
 * Refuses a certificate of another organisation than the text names that was signed: whoever signed it meant that
 * one. A natural person's certificate names none, and the power of attorney has to be of the one that is meant.
 */
function expectAsked(asked: ChallengeOrganisation | undefined, { inn }: { readonly inn: string }): void {
  if (asked?.inn === undefined || plainInn(asked.inn) === plainInn(inn)) return;
  throw new SealgateError('organisation_mismatch', {
    differences: [{ field: 'inn', certificate: inn, signedText: asked.inn }],
  });
}

/** An organisation's INN without the zeros that fill it up to twelve digits; a person's as it is. */
function plainInn(inn: string): string {
  return unpaddedInn(inn) ?? inn;
}

/** Names decide nothing, but a text that names the organisation otherwise is worth a word. */
function compareNames(
  asked: ChallengeOrganisation | undefined,
  { name }: Pick<VerifiedLogin['organisation'], 'name'>,
  checks: Checks,
): void {
  if (asked?.name === undefined || isNameOf(asked.name, [name]) || isNameOf(name, [asked.name])) return;
  const differences = [{ field: 'name', certificate: name, signedText: asked.name }];
  checks.warning('organisation', 'organisation.signed-text', { differences });
}

/** The same trust; issuers are asked for in the name of that relying party. */
function trustFor(context: VerificationContext, client: string | undefined): TrustContext {
  const { issuers } = context;
  return issuers === undefined || client === undefined
    ? context
    : { ...context, issuers: issuers.requestedBy(client) };
}

function parserOf({ certificates }: VerificationContext): ((der: Uint8Array) => Certificate) | undefined {
  return certificates === undefined ? undefined : (der) => certificates.parse(der);
}

/** The root as well: many messages bring it along. */
function remember({ current: { path } }: ProvenPath, memory: CertificateMemory | undefined): void {
  for (const certificate of [...path.certificates, path.anchor.certificate])
    if (certificate !== undefined) memory?.remember(certificate);
}

function rulesOf(policy: Policy): SignatureRules {
  return {
    algorithms: { ...currentAlgorithms, acceptsMislabelledGost: policy.acceptMislabelledGost },
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

function resultOf(
  certificate: Certificate,
  claimant: Claimant,
  { acr, current }: ProvenPath,
  authorised: Authorisation | undefined,
  policy: Policy,
  checks: Checks,
): VerifiedLogin {
  const { signer: person } = claimant;
  const verified = authorised?.power;
  const power = verified?.power;
  const isSystem = person.kind === 'system';
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
    acr: isSystem ? systemAcr : acr,
    amr: isSystem ? systemProof : keyProof,
    revocation: revocationClaim(current.evidence, current.path.at),
    watch: pathToWatch(current, policy.requireQualified, current.path.at),
    ...(authorised === undefined
      ? {}
      : {
          authority: { basis: authorised.basis, ...(power === undefined ? {} : { power: power.number }) },
          conditions: authorised.conditions,
        }),
    ...(verified === undefined ? {} : { power: verified.name, validUntil: verified.power.notAfter }),
    checks: checks.list,
  };
}

function organisationOf(claimant: Claimant): VerifiedLogin['organisation'] {
  if (claimant.kind === 'person') throw new Error('a person without an organisation was let through');
  const { inn, ogrn, name } = claimant.identity;
  return { inn, ogrn, name: name.text };
}
