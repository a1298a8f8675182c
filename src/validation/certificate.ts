import { Budget } from '../budget/budget.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isFailure } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { ProfileName } from '../path/profile.ts';
import { Checks } from '../report/check.ts';
import { type Verdict, verdictOf } from '../report/verdict.ts';
import {
  checksRevocation,
  contextOfAnchors,
  firstCurrentPath,
  type GivenEvidence,
  type PathStatus,
  readAnchors,
  readGiven,
  type ValidationContext,
} from './context.ts';

/** What the validation of a certificate depends on; encodings are DER. */
export interface CertificateQuestion extends GivenEvidence {
  readonly certificate: Uint8Array;
  readonly anchors: readonly Uint8Array[];
  readonly language: Language;
}

/** A certificate in a few facts. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly sha256: string;
}

/** What became of a certificate's path. */
export interface PathFacts {
  /** From the certificate up to the one below the anchor; absent where no path holds. */
  readonly path?: readonly CertificateFacts[];
  readonly anchor?: string;
  /** The policies under which the path holds; `2.5.29.32.0` is any. */
  readonly policies?: readonly string[];
  /** `unchecked` where neither lists nor answers were given. */
  readonly revocation: 'unchecked' | 'good' | 'undetermined';
  /**
   * ISO 8601: the time of the oldest list or answer that `good` rests on. Lists and answers inside of a document prove
   * that time and nothing later; whoever signed chose them.
   */
  readonly revocationAsOf?: string;
}

/** The verdict on a certificate, as JSON has it. */
export interface CertificateVerdict extends Verdict, PathFacts {
  /** ISO 8601. */
  readonly at: string;
  readonly profile: ProfileName;
  /** Absent where the certificate cannot be read. */
  readonly certificate?: CertificateFacts;
}

/**
 * Validates a certificate by what is given and nothing else: path, and revocation where lists or answers are there.
 * Where these refuse one path the next is tried. Never throws for what is in the encodings: it becomes the verdict.
 */
export async function validateCertificate(question: CertificateQuestion): Promise<CertificateVerdict> {
  const checks = new Checks();
  const budget = new Budget();
  const context = async () =>
    contextOfAnchors(
      readAnchors(question.anchors),
      await readGiven(question, budget),
      question,
      budget,
      checks,
    );
  return judgeCertificate(question.certificate, context, question, checks);
}

/** Validates a certificate on any context; `contextOf` may reject with failures, which become the verdict. */
export async function judgeCertificate(
  der: Uint8Array,
  contextOf: () => Promise<ValidationContext>,
  {
    at,
    profile,
    language,
  }: { readonly at: number; readonly profile: ProfileName; readonly language: Language },
  checks: Checks,
): Promise<CertificateVerdict> {
  const common = { at: new Date(at).toISOString(), profile };
  let certificate: Certificate | undefined;
  let isAsked = false;
  try {
    const context = await contextOf();
    isAsked = checksRevocation(context);
    context.budget.spend('octets', der.length);
    certificate = parseCertificate(der);
    const facts = await pathFacts(context, certificate, checks);
    const verdict = verdictOf(checks.list, undefined, language);
    return { ...verdict, ...common, certificate: factsOf(certificate), ...facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return {
      ...verdictOf(checks.list, error, language),
      ...common,
      ...(certificate === undefined ? {} : { certificate: factsOf(certificate) }),
      revocation: isAsked ? 'undetermined' : 'unchecked',
    };
  }
}

/** Proves a certificate's path and tells it. Throws as `firstCurrentPath` does. */
export async function pathFacts(
  context: ValidationContext,
  certificate: Certificate,
  checks: Checks,
): Promise<PathFacts> {
  return factsOfPath(context, await firstCurrentPath(context, certificate, checks));
}

/** A path that was proven in a few facts. */
export function factsOfPath(context: ValidationContext, { path, revocationAsOf }: PathStatus): PathFacts {
  const { certificates, anchor, policies } = path;
  return {
    path: certificates.map(factsOf),
    anchor: anchor.name.toString(),
    policies,
    revocation: checksRevocation(context) ? 'good' : 'unchecked',
    ...(revocationAsOf === undefined ? {} : { revocationAsOf: new Date(revocationAsOf).toISOString() }),
  };
}

/** A certificate in a few facts, for reports. */
export function factsOf(certificate: Certificate): CertificateFacts {
  return {
    subject: certificate.subject.toString(),
    issuer: certificate.issuer.toString(),
    serialNumber: certificate.serialNumberHex,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
    sha256: certificate.sha256,
  };
}
