import { currentAlgorithms } from '../algorithm/policy.ts';
import { type Budget, isExhausted } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { AuthorityTerm } from '../failure/authority-terms.ts';
import type { Difference } from '../failure/value.ts';
import { namedOrganisation, personOf, type Signer } from '../organisation/identity.ts';
import { Checks } from '../report/check.ts';
import type { CurrentPath } from '../revocation/check.ts';
import { type SignatureRules, type VerifiedSignature, verifySignature } from '../signature/verify.ts';
import type { SignerContext, SignerQuestion } from '../signer/context.ts';
import { proveSigner } from '../signer/prove.ts';
import { maskedIdentifier } from '../subject/identifier.ts';
import type { NamedPerson, PowerOfAttorney, Principal } from './document.ts';
import { type PowerName, powerName } from './name.ts';
import { readPower } from './read.ts';

/** A power of attorney as it comes: the document, and its detached signature (CMS). */
export interface PresentedPower {
  readonly document: Uint8Array;
  readonly signature: Uint8Array;
}

declare const brand: unique symbol;

/** A power of attorney that was read, and whose signature covers it. It says nothing yet of whoever signed. */
export interface OpenedPower {
  readonly [brand]: 'opened';
  readonly power: PowerOfAttorney;
  readonly signature: VerifiedSignature;
  readonly presented: PresentedPower;
}

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
  readonly [brand]: 'verified';
  readonly name: PowerName;
  readonly power: PowerOfAttorney;
  /** The organisation in whose name it lets somebody act. */
  readonly principal: Principal;
  /** The power that it was handed on from. */
  readonly first: VerifiedPower | undefined;
  readonly issuer: PowerIssuer;
  /** Whether its signer's certificate was shown to be qualified, and that of the first one too. */
  readonly isQualified: boolean;
  /** Whether its principal's account has it already. */
  readonly isKept: boolean;
  readonly presented: PresentedPower;
}

/** How the signers of powers are proven: against what, and for which request. */
export interface SignerProof {
  readonly context: SignerContext;
  readonly question: SignerQuestion;
}

/** CAdES-BES is the least that is accepted: the signature has to name its certificate. */
const rules: SignatureRules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/**
 * Verifies that the signature of a power covers its document; `power` is what it says, where it has been read already.
 * Throws `power_of_attorney_invalid` with what failed and the code behind it, and `budget_exhausted`.
 */
export async function openPower(
  presented: PresentedPower,
  budget: Budget,
  power: PowerOfAttorney = readPower(presented.document),
): Promise<OpenedPower> {
  budget.spend('octets', presented.document.length);
  const signature = await blaming(power.number, 'power-signature', async () =>
    verifySignature(presented.signature, presented.document, rules, new Checks(), budget),
  );
  return { power, signature, presented } as OpenedPower;
}

/** What was found out of a power when it was taken in. */
export interface VerifiedBefore {
  readonly isQualified: boolean;
}

/**
 * Verifies that whoever signed a power may give it: a head of its principal, or the representative of `first`, from
 * which it was handed on.
 *
 * One that was verified `before` is verified again whole, as long as its signer's certificate is in its term, so that a
 * revocation since then counts. After that nobody tells of revocations any more, and what was found while it was in its
 * term stands: a power outlives the certificate that signed it. Who signed it is read from its signature each time.
 *
 * Throws `power_of_attorney_invalid` with what failed and the code behind it, `power_of_attorney_mismatch` where another
 * organisation or person signed it, `budget_exhausted`, and what `proveSigner` throws with a status of 503: that
 * something outside is down says nothing about the power.
 */
export async function verifyPower(
  { power, signature, presented }: OpenedPower,
  first: VerifiedPower | undefined,
  { context, question }: SignerProof,
  before?: VerifiedBefore,
): Promise<VerifiedPower> {
  const { number } = power;
  const { signer: certificate } = signature;
  const { person, principal } = giverOf(power, certificate, first);
  const isOver =
    before !== undefined &&
    question.at >= certificate.notAfter &&
    (before.isQualified || !question.policy.requireQualified);
  const { current } = isOver
    ? { current: undefined }
    : await blaming(number, 'power-issuer', () => proveSigner(context, signature, question, new Checks()));
  const verified: Omit<VerifiedPower, typeof brand> = {
    name: powerName(power, `ogrn:${principal.ogrn}`),
    ...{ power, principal, first, presented },
    issuer: { person, certificate, current },
    isQualified: before?.isQualified === true || question.policy.requireQualified,
    isKept: before !== undefined,
  };
  return verified as VerifiedPower;
}

/** Who signed a power and in whose name, where that person is one who may give it. */
function giverOf(
  power: PowerOfAttorney,
  certificate: Certificate,
  first: VerifiedPower | undefined,
): { readonly person: Signer; readonly principal: Principal } {
  const { number, giver, representative } = power;
  if (giver.kind === 'principal') {
    const person = expectHead(certificate, giver.principal, number);
    expectOther(person, representative, number);
    return { person, principal: giver.principal };
  }
  const person = personOrBlame(certificate, number);
  expectPerson(person, giver.representative, number);
  expectOther(person, representative, number);
  if (first === undefined || first.power.number !== giver.first) throw invalid(number, 'power-first-missing');
  expectWithin(power, first, giver.representative);
  // One that comes back to whoever gave the first gives them nothing.
  expectOther(first.issuer.person, representative, number);
  return { person, principal: first.principal };
}

/**
 * Nobody gives powers to themselves: such a document says no more than its signer's own certificate. One number that
 * both have makes them one person; whoever signs in has every number that the power names.
 */
function expectOther(signer: Signer, { inn, snils }: NamedPerson, number: string): void {
  const isSame = (inn !== undefined && inn === signer.inn) || (snils !== undefined && snils === signer.snils);
  if (isSame) throw invalid(number, 'power-self-given');
}

/** Throws `power_of_attorney_mismatch` where the power names another representative than this signer. */
export function expectRepresentative({ power }: Pick<VerifiedPower, 'power'>, signer: Signer): void {
  expectPerson(signer, power.representative, power.number);
}

async function blaming<T>(number: string, problem: AuthorityTerm, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw blamed(number, problem, error);
  }
}

function personOrBlame(signer: Certificate, number: string): Signer {
  try {
    return personOf(signer);
  } catch (error) {
    throw blamed(number, 'power-issuer', error);
  }
}

/** The refusal of a power for `error`; one that tells of something outside, or of ourselves, is what it is. */
function blamed(number: string, problem: AuthorityTerm, error: unknown): unknown {
  if (!isFailure(error) || isExhausted(error) || (error.failure.status ?? 0) >= 500) return error;
  const details = { number, problem, reason: error.code };
  return new SealgateError('power_of_attorney_invalid', details, { cause: error });
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
    const named = namedOrganisation(signer);
    // A seal names nobody who could head the organisation.
    return named.signer.kind === 'system' ? undefined : named;
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
