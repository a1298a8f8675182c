import { currentAlgorithms } from '../algorithm/policy.ts';
import { subjectOf } from '../assertion/claims.ts';
import {
  type Authorisation,
  authorise,
  type Claimant,
  claimantOf,
  representationOf,
} from '../authorisation/authorise.ts';
import type { AuthorisationContext } from '../authorisation/context.ts';
import { addPower } from '../authorisation/power.ts';
import { Budget } from '../budget/budget.ts';
import { powerLimits } from '../budget/limits.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { CertificateMemory } from '../certificate/memory.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { ChallengeOrganisation } from '../challenge/text.ts';
import { SealgateError } from '../error.ts';
import type { Trail } from '../evidence/trail.ts';
import { firstOf, startingWith } from '../issuer/first.ts';
import { defined } from '../optional.ts';
import type { PresentedPower, VerifiedPower } from '../power-of-attorney/verify.ts';
import { isNameOf } from '../register/name.ts';
import type { Policy } from '../relying-party/registration.ts';
import type { Checks } from '../report/check.ts';
import { revocationClaim } from '../revocation/evidence.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from '../signature/verify.ts';
import { patienceOf, type SignerContext, type SignerQuestion } from '../signer/context.ts';
import { candidatePaths, type ProvenSigner, proveCandidates } from '../signer/prove.ts';
import { SignerTrail } from '../signer/trail.ts';
import { unpaddedInn } from '../subject/identifier.ts';
import { pathToWatch } from '../watch/watched-path.ts';
import type { LockOutQuestion, VerifiedLogin, VerifyLogin } from './verified-login.ts';

/** What logins are verified against. */
export interface VerificationContext extends SignerContext {
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

/** Claim `acr` of a certificate that nobody asked to be qualified. */
const certificateAcr = 'urn:sealgate:acr:certificate';

/**
 * The verification of a login, in the one direction; each stage takes the proof of the one before:
 *
 * - `VerifiedSignature`: this very text was signed with the key of the message's certificate.
 * - `ValidPath`: the first one to a trust anchor. From now on an authority vouches for what the certificate says.
 * - `OrganisationIdentity`: whom it names. It is read here, before qualification, so that whoever is locked out costs
 *   nothing more, and so that a refusal by what follows tells in the audit whose certificate it was.
 * - `QualifiedCertificate`: settled with what is at hand, so it comes before the network.
 * - `CurrentPath`: nothing of it is revoked. Where a path fails in one of these two, the next one is tried.
 * - `Authorisation`: for whom the signer acts, and by what right; registers of others are asked last.
 */
export function loginVerifier(context: VerificationContext): VerifyLogin {
  return async (input) => {
    const { challenge, message, client, at, budget, lockOut, trail } = input;
    const { checks } = trail;
    const { policy } = client;
    const authorisation = context.authorisation && trail.asking(context.authorisation);
    const signers = signersFor(context, client.id, trail);
    const question = { policy, at, budget, patience: patienceOf(policy), trail: trail.signers };

    const parse = parserOf(context);
    const signature = verifySignature(message, challenge.content, rulesOf(policy), checks, budget, [], parse);
    checkSigningTime(signature, at, policy.clockSkewSeconds, checks);

    const paths = candidatePaths(signers, signature, question, checks);
    const valid = await firstOf(paths);
    trail.pathFound();
    const claimant = claimantOf(valid, checks, policy.allowSystems);
    const { signer: certificate } = signature;
    const themselves = signsForThemselves(claimant, input) ? selfOf(claimant.signer) : undefined;
    if (themselves !== undefined) recognise(trail, certificate, subjectOf(themselves), false, lockOut);
    else if (authorisation === undefined) expectOrganisation(claimant);
    if (claimant.kind === 'organisation') {
      recognise(trail, certificate, `ogrn:${claimant.identity.ogrn}`, false, lockOut);
      expectAsked(challenge.organisation, claimant.identity);
    }

    const proven = await proveCandidates(signers, startingWith(valid, paths), signature, question, checks);
    trail.pathProven(proven.current.path.certificates);
    remember(proven, context.certificates);

    if (themselves !== undefined) {
      recognise(trail, certificate, subjectOf(themselves), true, lockOut);
      const result = resultOf(certificate, claimant, proven, themselves, undefined, checks);
      return { ...result, authority: { basis: 'person' } };
    }
    const authorised =
      authorisation &&
      (await authoriseSigner(signers, authorisation, question, input, claimant, certificate));
    const organisation = authorised?.organisation ?? organisationOf(claimant);
    compareNames(challenge.organisation, organisation, checks);
    return resultOf(certificate, claimant, proven, organisation, authorised, checks);
  };
}

/** The last stage: for whom the signer acts, who may be locked out as well, and by what right. */
async function authoriseSigner(
  context: SignerContext,
  authorisation: AuthorisationContext,
  question: SignerQuestion,
  { challenge, powerOfAttorney: power, isConnecting = false, lockOut, trail }: Parameters<VerifyLogin>[0],
  claimant: Claimant,
  certificate: Certificate,
): Promise<Authorisation> {
  const { organisation: asked, relyingParty } = challenge;
  const request = {
    ...{ claimant, certificate, power, relyingParty, isConnecting },
    chosen: asked?.inn === undefined ? undefined : plainInn(asked.inn),
    proof: { context, question },
    checks: trail.checks,
  };
  if (claimant.kind === 'organisation') {
    recognise(trail, certificate, `ogrn:${claimant.identity.ogrn}`, true, lockOut);
  }
  const representation = await representationOf(request, authorisation);
  recognise(trail, certificate, `ogrn:${representation.organisation.ogrn}`, true, lockOut);
  return authorise(request, representation, authorisation);
}

/** Notes who it is, and refuses whoever is locked out. */
function recognise(
  trail: Trail,
  certificate: Certificate,
  subject: string,
  isProven: boolean,
  question: LockOutQuestion | undefined,
): void {
  const certificateThumbprint = thumbprintOf(certificate);
  trail.recognised = { subject, certificateThumbprint, isProven };
  if (question === undefined) return;
  const { lockOuts, client, address, at } = question;
  lockOuts.expectOpen({ client, subject, certificate: certificateThumbprint, address }, at);
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
    const question = { policy, at, budget, patience: patienceOf(policy), trail: new SignerTrail() };
    const view = context.trust();
    const signers = { ...context, trust: () => view };
    return addPower(authorisation, presented, { context: signers, question }, subject);
  };
}

/**
 * Whether a natural person signs for nobody but themselves: the relying party lets them in, no organisation is named,
 * and none is decided by what only organisations have.
 */
function signsForThemselves(
  claimant: Claimant,
  { challenge, client: { policy }, powerOfAttorney }: Parameters<VerifyLogin>[0],
): boolean {
  if (claimant.kind !== 'person' || powerOfAttorney !== undefined) return false;
  const isForOrganisations = policy.requireRegistered || policy.requireConnectedCarrier;
  return policy.allowPersons && !isForOrganisations && challenge.organisation === undefined;
}

/** A natural person in the place of an organisation, by their own INN. Throws `organisation_missing` without one. */
function selfOf({ name, inn }: Claimant['signer']): VerifiedLogin['organisation'] {
  if (inn === undefined) throw new SealgateError('organisation_missing', { missing: ['inn'] });
  return { inn, name };
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

/**
 * The trust in force now, for the whole request: a list that is imported meanwhile must not have a path found by one
 * view and qualified by another. Issuers are asked for in the name of that relying party, and what they gave is noted.
 */
function signersFor(
  { trust, sources, links, issuers }: VerificationContext,
  client: string | undefined,
  trail: Trail,
): SignerContext {
  const asked = client === undefined ? issuers : issuers?.requestedBy(client);
  const view = trust();
  return { trust: () => view, sources, ...defined({ links, issuers: asked && trail.askingIssuers(asked) }) };
}

function parserOf({ certificates }: VerificationContext): ((der: Uint8Array) => Certificate) | undefined {
  return certificates === undefined ? undefined : (der) => certificates.parse(der);
}

/** The root as well: many messages bring it along. */
function remember({ current: { path } }: ProvenSigner, memory: CertificateMemory | undefined): void {
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
  { qualified, current }: ProvenSigner,
  organisation: VerifiedLogin['organisation'],
  authorised: Authorisation | undefined,
  checks: Checks,
): VerifiedLogin {
  const { name, title: position, inn, snils, kind } = claimant.signer;
  const isSystem = kind === 'system';
  return {
    organisation,
    signer: { name, ...defined({ position, inn, snils }) },
    certificateThumbprint: thumbprintOf(certificate),
    certificate,
    acr: isSystem ? systemAcr : (qualified?.acr ?? certificateAcr),
    amr: isSystem ? systemProof : keyProof,
    revocation: revocationClaim(current.evidence, current.path.at),
    watch: pathToWatch(current, qualified !== undefined, current.path.at),
    ...(authorised && rightOf(authorised)),
    checks: checks.list,
  };
}

function rightOf({
  basis,
  power: verified,
  conditions,
}: Authorisation): Pick<VerifiedLogin, 'authority' | 'conditions' | 'power' | 'validUntil'> {
  const authority = { basis, ...defined({ power: verified?.power.number }) };
  return {
    ...{ authority, conditions },
    ...defined({ power: verified?.name, validUntil: verified?.power.notAfter }),
  };
}

function organisationOf(claimant: Claimant): VerifiedLogin['organisation'] {
  if (claimant.kind === 'person') throw new Error('a person without an organisation was let through');
  const { inn, ogrn, name } = claimant.identity;
  return { inn, ogrn, name: name.text };
}
