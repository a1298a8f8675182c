import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import { isFailure, type SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { validPaths } from '../path/find.ts';
import type { PolicySettings } from '../path/input.ts';
import { type ProfileName, profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/valid-path.ts';
import { Checks } from '../report/check.ts';
import { type Verdict, verdictOf } from '../report/verdict.ts';
import { checkRevocation } from '../revocation/check.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
import { usualFetch } from '../revocation/fetch/fetcher.ts';
import { strictPolicy } from '../revocation/policy.ts';
import { createSources, type RevocationSources, usualSources } from '../revocation/sources.ts';

/** What the validation of a certificate depends on; encodings are DER. */
export interface CertificateQuestion {
  readonly certificate: Uint8Array;
  readonly anchors: readonly Uint8Array[];
  /** Certificates that may lie on the path, unordered. */
  readonly untrusted: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly profile: ProfileName;
  readonly policies?: PolicySettings | undefined;
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

/** The verdict on a certificate, as JSON has it. */
export interface CertificateVerdict extends Verdict {
  /** ISO 8601. */
  readonly at: string;
  readonly profile: ProfileName;
  /** Absent where the certificate cannot be read. */
  readonly certificate?: CertificateFacts;
  /** From the certificate up to the one below the anchor; absent where no path holds. */
  readonly path?: readonly CertificateFacts[];
  readonly anchor?: string;
  /** The policies under which the path holds; `2.5.29.32.0` is any. */
  readonly policies?: readonly string[];
  /** `unchecked` where neither lists nor answers were given. */
  readonly revocation: 'unchecked' | 'good' | 'undetermined';
}

let offline: RevocationSources | undefined;

/** Sources that hold nothing and fetch nothing: lists and answers come with the question. */
function noSources(): RevocationSources {
  offline ??= createSources({ ...usualSources, fetch: { ...usualFetch, allowedHosts: [] } });
  return offline;
}

/**
 * Validates a certificate by what is given and nothing else: path, and revocation where lists or answers are there.
 * Where these refuse one path the next is tried. Never throws for what is in the encodings: it becomes the verdict.
 */
export async function validateCertificate(question: CertificateQuestion): Promise<CertificateVerdict> {
  const checks = new Checks();
  const hasRevocation = question.lists.length > 0 || question.answers.length > 0;
  const common = { at: new Date(question.at).toISOString(), profile: question.profile };
  let certificate: Certificate | undefined;
  try {
    certificate = parseCertificate(question.certificate);
    const path = await firstCurrentPath(question, certificate, checks, hasRevocation);
    return {
      ...verdictOf(checks.list, undefined, question.language),
      ...common,
      certificate: factsOf(certificate),
      path: path.certificates.map(factsOf),
      anchor: path.anchor.name.toString(),
      policies: path.policies,
      revocation: hasRevocation ? 'good' : 'unchecked',
    };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return {
      ...verdictOf(checks.list, error, question.language),
      ...common,
      ...(certificate === undefined ? {} : { certificate: factsOf(certificate) }),
      revocation: hasRevocation ? 'undetermined' : 'unchecked',
    };
  }
}

async function firstCurrentPath(
  question: CertificateQuestion,
  target: Certificate,
  checks: Checks,
  hasRevocation: boolean,
): Promise<ValidPath> {
  const pool = question.untrusted.flatMap((der) => readableOrNone(der, checks));
  const profile = profiles[question.profile];
  const paths = validPaths({
    target,
    pool,
    anchors: question.anchors.map((der) => anchorOf(parseCertificate(der))),
    at: question.at,
    profile,
    policies: question.policies,
    report: checks,
  });
  let refusal: SealgateError | undefined;
  for (let step = paths.next(); ; step = paths.next()) {
    if (step.done) throw refusal ?? step.value;
    if (!hasRevocation) {
      const details = { reason: 'no-revocation-data' };
      checks.add({ stage: 'revocation', name: 'revocation.status', outcome: 'skipped', details });
      return step.value;
    }
    try {
      return (await checkGiven(question, step.value, pool, checks)).path;
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
    }
  }
}

function checkGiven(
  { lists, answers, at, profile }: CertificateQuestion,
  path: ValidPath,
  pool: readonly Certificate[],
  report: Checks,
): Promise<CurrentPath> {
  return checkRevocation({
    path,
    sources: noSources(),
    policy: strictPolicy,
    at,
    algorithms: profiles[profile].algorithms,
    pool,
    message: { lists, answers },
    report,
  });
}

/** A certificate of the pool that cannot be read is of no use, which the report says. */
function readableOrNone(der: Uint8Array, checks: Checks): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (!isFailure(error)) throw error;
    checks.add({
      stage: 'path',
      name: 'path.candidate',
      outcome: 'failed',
      code: error.code,
      details: error.details,
    });
    return [];
  }
}

function factsOf(certificate: Certificate): CertificateFacts {
  return {
    subject: certificate.subject.toString(),
    issuer: certificate.issuer.toString(),
    serialNumber: certificate.serialNumberHex,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
    sha256: certificate.sha256,
  };
}
