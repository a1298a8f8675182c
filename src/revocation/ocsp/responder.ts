import { digestOnce } from '../../algorithm/digest.ts';
import type { AlgorithmPolicy } from '../../algorithm/policy.ts';
import { Reader } from '../../asn1/reader.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Budget } from '../../budget/budget.ts';
import { type Certificate, parseCertificate } from '../../certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, purposeOids } from '../../certificate/constraints.ts';
import type { ExtensionType } from '../../certificate/extension.ts';
import { subjectAltName } from '../../certificate/general-name.ts';
import { certificatePolicies } from '../../certificate/policy.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { isWithin } from '../../certificate/term.ts';
import { isFailure } from '../../error.ts';
import type { Freshness } from '../freshness.ts';
import { isProvenInTerm, type PastTime } from '../past-time.ts';
import type { Problem } from '../problem.ts';
import { type Payment, Signed } from '../signed.ts';
import type { IdIssuer } from './certificate-id.ts';
import { ocspOids } from './oids.ts';
import type { OcspAnswer, ResponderId } from './response.ts';

/** What the judgement of a signer depends on. */
export interface ResponderQuestion {
  /** The validated authority that issued the certificate which the answer is about. */
  readonly issuer: IdIssuer & { readonly certificate?: Certificate | undefined };
  /** Certificates that may be a delegated responder's, beside those in the answer. */
  readonly candidates: readonly Certificate[];
  readonly answer: OcspAnswer;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where `at` is a time gone by. */
  readonly past?: PastTime | undefined;
  /** The issuer is the trust anchor of the path, whose key is trusted whatever the term of its certificate. */
  readonly isIssuerAnchor?: boolean;
  readonly algorithms: AlgorithmPolicy;
  readonly freshness: Freshness;
  readonly payment: Payment;
  /** Whether a delegated responder without the no-check extension is itself known to be current. Asked last. */
  readonly isResponderCurrent: (responder: Certificate) => boolean;
}

/** Marks a responder whose own revocation is not looked at (RFC 6960, section 4.2.2.2.1). */
export const noCheck: ExtensionType<true> = {
  oid: ocspOids.noCheck,
  name: 'id-pkix-ocsp-nocheck',
  decode(value) {
    const reader = Reader.der(value);
    reader.null();
    reader.finish();
    return true;
  },
};

/**
 * What is wrong with the signer of an answer: it has to be the authority that issued the certificate, or a responder
 * that this very authority appointed (RFC 6960, section 4.2.2.2). Undefined where nothing is. Somebody is first shown
 * to be entitled, and only then the answer is verified under his key. Throws `budget_exhausted`.
 */
export function* signerProblem(question: ResponderQuestion): Generator<undefined, Problem | undefined> {
  const { answer, issuer, algorithms, at, past, freshness, payment } = question;
  if (answer.producedAt > (past?.validationTime ?? at) + freshness.tolerance) {
    return { problem: 'not-yet-valid', details: { producedAt: new Date(answer.producedAt) } };
  }
  if (!isResponder(answer.responder, issuer)) return yield* delegateProblem(question, noCertificate);
  const problem = yield* answer.signed.problemUnder(issuer.publicKey, algorithms, payment);
  if (problem === undefined) return producedOutside(issuer.certificate, answer) ?? unprovenOfIssuer(question);
  // A responder may bear the name of the authority and have a key of its own.
  return yield* delegateProblem(question, problem);
}

/** Most certificates of one responder that are tried: a message may bring very many. */
const mostDelegates = 8;

const noCertificate: Problem = {
  problem: 'responder-unauthorised',
  details: { rule: 'no certificate of the responder' },
};

function isResponder(id: ResponderId, { name, publicKey }: IdIssuer): boolean {
  if (id.kind === 'name') return isSameName(id.name, name);
  return compareOctets(id.hash, digestOnce('sha1', publicKey.key)) === 0;
}

function producedOutside(signer: Certificate | undefined, { producedAt }: OcspAnswer): Problem | undefined {
  if (signer === undefined || isWithin(producedAt, signer)) return undefined;
  return {
    problem: 'responder-unauthorised',
    details: { rule: 'answer was made outside of the term of its signer' },
  };
}

function unprovenOfIssuer({ answer, issuer, isIssuerAnchor, past }: ResponderQuestion): Problem | undefined {
  const { certificate } = issuer;
  if (past === undefined || certificate === undefined || isIssuerAnchor === true) return undefined;
  return isProvenInTerm(answer.der, certificate, past) ? undefined : { problem: 'existence-unproven' };
}

function* delegateProblem(
  question: ResponderQuestion,
  otherwise: Problem,
): Generator<undefined, Problem | undefined> {
  let closest = otherwise;
  const { budget } = question.payment;
  const known = [...certificatesOf(question.answer, budget), ...question.candidates];
  budget.spend('nameComparisons', known.length);
  const delegates = known.filter(({ subject, publicKey }) =>
    isResponder(question.answer.responder, { name: subject, publicKey }),
  );
  for (const delegate of delegates.slice(0, mostDelegates)) {
    const problem = yield* problemOfDelegate(delegate, question);
    if (problem === undefined) return undefined;
    closest = problem;
  }
  return closest;
}

const parsed = new WeakMap<OcspAnswer, readonly Certificate[]>();

/** The certificates in an answer; read once, because an answer is asked about at every login while it is fresh. */
function certificatesOf(answer: OcspAnswer, budget: Budget): readonly Certificate[] {
  let certificates = parsed.get(answer);
  if (certificates === undefined) {
    for (const { length } of answer.certificates) budget.spend('octets', length);
    certificates = answer.certificates.flatMap(readable);
    parsed.set(answer, certificates);
  }
  return certificates;
}

/** A certificate that cannot be read is of no use, and another one may be the responder's. */
function readable(der: Uint8Array): readonly Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (isFailure(error, 'certificate_malformed')) return [];
    throw error;
  }
}

/** RFC 6960, section 4.2.2.2: appointed by the authority that issued the certificate, with its very key. */
function* problemOfDelegate(
  delegate: Certificate,
  question: ResponderQuestion,
): Generator<undefined, Problem | undefined> {
  try {
    return yield* flawOfDelegate(delegate, question);
  } catch (error) {
    if (!isFailure(error, 'certificate_malformed')) throw error;
    return {
      problem: 'responder-unauthorised',
      details: { rule: 'certificate of the responder is malformed' },
    };
  }
}

function* flawOfDelegate(
  delegate: Certificate,
  question: ResponderQuestion,
): Generator<undefined, Problem | undefined> {
  const { issuer, answer, algorithms, at, past, payment } = question;
  const refuse = (rule: string): Problem => ({ problem: 'responder-unauthorised', details: { rule } });
  if (!isSameName(delegate.issuer, issuer.name)) return refuse('responder is of another authority');
  if (!mayAnswer(delegate)) return refuse('certificate of the responder is not for signing OCSP answers');
  if (past === undefined && !isWithin(at, delegate))
    return refuse('certificate of the responder is out of its term');
  if (past !== undefined && !isProvenInTerm(answer.der, delegate, past))
    return { problem: 'existence-unproven' };
  const outside = producedOutside(delegate, answer);
  if (outside !== undefined) return outside;
  const ofDelegate = yield* signedPart(delegate).problemUnder(issuer.publicKey, algorithms, payment);
  if (ofDelegate !== undefined) return refuse('certificate of the responder is not signed by the authority');
  const ofAnswer = yield* answer.signed.problemUnder(delegate.publicKey, algorithms, payment);
  if (ofAnswer !== undefined) return ofAnswer;
  if (delegate.extension(noCheck) === true || question.isResponderCurrent(delegate)) return undefined;
  return refuse('certificate of the responder is not known to be current');
}

const signedParts = new WeakMap<Certificate, Signed>();

function signedPart(certificate: Certificate): Signed {
  let signed = signedParts.get(certificate);
  if (signed === undefined) {
    const { tbs, signatureAlgorithm, signature } = certificate.fields;
    signed = new Signed(tbs, signatureAlgorithm, signature);
    signedParts.set(certificate, signed);
  }
  return signed;
}

/** The purpose has to be there by name: anyExtendedKeyUsage does not appoint a responder. */
function mayAnswer(delegate: Certificate): boolean {
  const usage = delegate.extension(keyUsage);
  return (
    delegate.extension(extendedKeyUsage)?.has(purposeOids.ocspSigning) === true &&
    (usage === undefined || usage.has('digitalSignature') || usage.has('nonRepudiation')) &&
    !hasUnknownCritical(delegate)
  );
}

const understood: ReadonlySet<string> = new Set([
  keyUsage.oid,
  extendedKeyUsage.oid,
  noCheck.oid,
  basicConstraints.oid,
  subjectAltName.oid,
  certificatePolicies.oid,
]);

function hasUnknownCritical(delegate: Certificate): boolean {
  return [...delegate.fields.extensions.values()].some(
    ({ oid, isCritical }) => isCritical && !understood.has(oid),
  );
}
