import { currentAlgorithms } from '../algorithm/policy.ts';
import { type Budget, isExhausted } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { AuthorityTerm } from '../failure/authority-terms.ts';
import type { Difference } from '../failure/value.ts';
import { identityOf, personOf, type Signer } from '../organisation/identity.ts';
import { Checks } from '../report/check.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from '../signature/verify.ts';
import { maskedIdentifier } from '../subject/identifier.ts';
import type { NamedPerson, PowerOfAttorney, Principal } from './document.ts';
import { readPower } from './read.ts';

/** A power of attorney as it comes: the document, and its detached signature (CMS). */
export interface PresentedPower {
  readonly document: Uint8Array;
  readonly signature: Uint8Array;
}

declare const proof: unique symbol;

/** Whoever signed a power. */
export interface PowerIssuer {
  readonly person: Signer;
  readonly certificate: Certificate;
  /** The certificate's path, proven now; undefined once its term is over, after which nobody tells of a revocation. */
  readonly current: CurrentPath | undefined;
}

/**
 * A power of attorney whose signature holds: signed by a head of its principal, or, where it was handed on, by the
 * representative of the first one; never by the person whom it names as its representative. Only this module makes
 * one. It says nothing of term, withdrawal and scope, nor whether the head is one by the register.
 */
export interface VerifiedPower {
  readonly [proof]: true;
  readonly power: PowerOfAttorney;
  /** The organisation in whose name it lets somebody act. */
  readonly principal: Principal;
  /** The power that it was handed on from. */
  readonly first: VerifiedPower | undefined;
  /** Undefined as long as it was only read from an account; see `verifyAgain`. */
  readonly issuer: PowerIssuer | undefined;
  /** Whether its signer's certificate was shown to be qualified, and that of the first one too. */
  readonly isQualified: boolean;
  readonly presented: PresentedPower;
}

type PowerFacts = {
  readonly [K in keyof VerifiedPower as K extends typeof proof ? never : K]: VerifiedPower[K];
};

function proven(facts: PowerFacts): VerifiedPower {
  return facts as VerifiedPower;
}

/**
 * Proves a signer's certificate as it is now: a path, qualification where that is asked for, no revocation. Handed
 * in, because the conductor knows the trust in force. Throws a SealgateError.
 */
export type ProveSigner = (signature: VerifiedSignature) => Promise<{ readonly current: CurrentPath }>;

/** How the signers of powers are proven. */
export interface SignerProof {
  readonly prove: ProveSigner;
  /** Whether `prove` asks for qualified certificates. */
  readonly requiresQualified: boolean;
  /** That of the request. */
  readonly budget: Budget;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Finds the power with that number that another was handed on from, verified; undefined where it is not known. */
export type FirstOf = (number: string) => Promise<VerifiedPower | undefined>;

/** CAdES-BES is the least that is accepted: the signature has to name its certificate. */
const rules: SignatureRules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/**
 * Verifies form and signature of a power of attorney, and that its signer may give it. Throws
 * `power_of_attorney_invalid` with what failed and the code behind it, `power_of_attorney_mismatch` where another
 * organisation or person signed it, `budget_exhausted`, and whatever `prove` throws with a status of 503: that
 * something outside is down says nothing about the power.
 */
export async function verifyPower(
  presented: PresentedPower,
  proof: SignerProof,
  firstOf: FirstOf,
): Promise<VerifiedPower> {
  const power = readPower(presented.document);
  const signature = await openSignature(presented, power, proof.budget);
  const signed = await signedBy(power, signature, firstOf, () => proof.prove(signature));
  return proven({ ...signed, power, presented, isQualified: proof.requiresQualified });
}

/**
 * Verifies a power again that was kept: whole, as long as its signer's certificate is in its term, so that a
 * revocation since then counts. After that nobody tells of revocations any more, and what was found while it was in
 * its term stands: a power outlives the certificate that signed it. Who signed it is read from its signature each
 * time. Throws as `verifyPower`.
 */
export async function verifyAgain(
  { power, presented, isQualified }: VerifiedPower,
  proof: SignerProof,
  firstOf: FirstOf,
): Promise<VerifiedPower> {
  const signature = await openSignature(presented, power, proof.budget);
  const isOver = proof.at >= signature.signer.notAfter && (isQualified || !proof.requiresQualified);
  const prove = isOver ? async () => ({ current: undefined }) : () => proof.prove(signature);
  const signed = await signedBy(power, signature, firstOf, prove);
  return proven({ ...signed, power, presented, isQualified: isQualified || proof.requiresQualified });
}

function openSignature(
  { document, signature }: PresentedPower,
  { number }: PowerOfAttorney,
  budget: Budget,
): Promise<VerifiedSignature> {
  budget.spend('octets', document.length);
  return blaming(number, 'power-signature', async () =>
    verifySignature(signature, document, rules, new Checks(), budget),
  );
}

/** Who signed a power and in whose name, once that person was found to be one who may give it. */
async function signedBy(
  power: PowerOfAttorney,
  signature: VerifiedSignature,
  firstOf: FirstOf,
  prove: () => Promise<{ readonly current: CurrentPath | undefined }>,
): Promise<Pick<PowerFacts, 'principal' | 'first'> & { readonly issuer: PowerIssuer }> {
  const { number, giver, representative } = power;
  const { signer: certificate } = signature;
  const issuedBy = async (person: Signer): Promise<PowerIssuer> => {
    const { current } = await blaming(number, 'power-issuer', prove);
    return { person, certificate, current };
  };
  if (giver.kind === 'principal') {
    const person = expectHead(certificate, giver.principal, number);
    expectOther(person, representative, number);
    return { principal: giver.principal, first: undefined, issuer: await issuedBy(person) };
  }
  const person = await personOrBlame(certificate, number);
  expectPerson(person, giver.representative, number);
  expectOther(person, representative, number);
  const first = await firstOf(giver.first);
  if (first === undefined) throw invalid(number, 'power-first-missing');
  expectWithin(power, first, giver.representative);
  // One that comes back to whoever gave the first gives them nothing.
  if (first.issuer !== undefined) expectOther(first.issuer.person, representative, number);
  return { principal: first.principal, first, issuer: await issuedBy(person) };
}

/**
 * Nobody gives powers to themselves: such a document says no more than its signer's own certificate. One number that
 * both have makes them one person; whoever signs in has every number that the power names.
 */
function expectOther(signer: Signer, { inn, snils }: NamedPerson, number: string): void {
  const isSame = (inn !== undefined && inn === signer.inn) || (snils !== undefined && snils === signer.snils);
  if (isSame) throw invalid(number, 'power-self-given');
}

/** A power as an account keeps it: verified when it came; see `verifyAgain` for relying on it. */
export function verifiedBefore(
  presented: PresentedPower,
  first: VerifiedPower | undefined,
  isQualified: boolean,
): VerifiedPower {
  const power = readPower(presented.document);
  const principal = power.giver.kind === 'principal' ? power.giver.principal : first?.principal;
  if (principal === undefined) throw invalid(power.number, 'power-first-missing');
  return proven({ power, principal, first, issuer: undefined, isQualified, presented });
}

/** Throws `power_of_attorney_mismatch` where the power names another representative than this signer. */
export function expectRepresentative({ power }: VerifiedPower, signer: Signer): void {
  expectPerson(signer, power.representative, power.number);
}

async function blaming<T>(number: string, problem: AuthorityTerm, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isFailure(error) || isExhausted(error) || (error.failure.status ?? 0) >= 500) throw error;
    const details = { number, problem, reason: error.code };
    throw new SealgateError('power_of_attorney_invalid', details, { cause: error });
  }
}

function personOrBlame(signer: Certificate, number: string): Promise<Signer> {
  return blaming(number, 'power-issuer', async () => personOf(signer));
}

function expectHead(signer: Certificate, principal: Principal, number: string): Signer {
  const identity = identityOrUndefined(signer);
  if (identity === undefined || identity.ogrn !== principal.ogrn || identity.inn !== principal.inn) {
    throw mismatch(number, {
      field: 'principal',
      certificate: identity?.ogrn ?? '',
      register: principal.ogrn,
    });
  }
  if (!principal.heads.some((head) => isPerson(identity.signer, head))) {
    const [head] = principal.heads;
    throw mismatch(number, difference('head', identity.signer, head));
  }
  return identity.signer;
}

function identityOrUndefined(signer: Certificate) {
  try {
    return identityOf(signer);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}

function expectPerson(signer: Signer, named: NamedPerson, number: string): void {
  if (!isPerson(signer, named)) throw mismatch(number, difference('representative', signer, named));
}

/** Every number that the power names has to be in the certificate as well, the same. */
function isPerson(signer: Signer, { inn, snils }: NamedPerson): boolean {
  return (inn === undefined || inn === signer.inn) && (snils === undefined || snils === signer.snils);
}

/** A power that was handed on may give no more, and last no longer, than the one it came from. */
function expectWithin(power: PowerOfAttorney, first: VerifiedPower, giver: NamedPerson): void {
  const { number } = power;
  if (first.first !== undefined) throw invalid(number, 'power-delegation-depth');
  if (first.power.delegation === 'forbidden') throw invalid(number, 'power-first-forbids');
  const { representative } = first.power;
  const isGiver =
    (representative.inn === undefined || representative.inn === giver.inn) &&
    (representative.snils === undefined || representative.snils === giver.snils);
  if (!isGiver) throw mismatch(number, difference('representative', giver, representative));
  const isLonger = power.notAfter > first.power.notAfter || power.notBefore < first.power.notBefore;
  const isWider = [...power.powers].some((code) => !first.power.powers.has(code));
  if (isLonger || isWider) throw invalid(number, 'power-first-exceeded');
}

/** Numbers of persons are shown masked: whoever reads a refusal need not learn them. */
function difference(
  field: AuthorityTerm | 'representative',
  found: Pick<Signer, 'inn' | 'snils'> | NamedPerson,
  named: NamedPerson | undefined,
): Difference {
  const shown = (person: Pick<NamedPerson, 'inn' | 'snils'> | undefined) =>
    maskedIdentifier(person?.inn ?? person?.snils ?? '');
  return { field, certificate: shown(found), register: shown(named) };
}

function mismatch(number: string, found: Difference): SealgateError {
  return new SealgateError('power_of_attorney_mismatch', { number, differences: [found] });
}

function invalid(number: string, problem: AuthorityTerm): SealgateError {
  return new SealgateError('power_of_attorney_invalid', { number, problem });
}
