import { signatureOids } from '../algorithm/oids.ts';
import type { AlgorithmPolicy } from '../algorithm/policy.ts';
import { describeAccepted, forbiddenKey } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import type { Certificate } from '../certificate/certificate.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  keyUsageBits,
  purposeOids,
} from '../certificate/constraints.ts';
import { nameOfExtension } from '../certificate/extension-name.ts';
import { certificatePolicies, unknownQualifier } from '../certificate/policy.ts';
import { privateKeyUsagePeriod } from '../certificate/private-key-usage-period.ts';
import { isAfter } from '../certificate/term.ts';
import { inheritsParameters } from './link.ts';
import { breach, type PathProblem, problem, problemOf, rank } from './problem.ts';
import type { Profile } from './profile.ts';
import type { Role } from './rule.ts';

/** Difference, in seconds, up to which a term that has not begun may be the fault of a clock. */
const clockFault = 24 * 60 * 60;

/** Whether `certificate` is within its term at `at`. */
export function checkTerm(certificate: Certificate, at: number): PathProblem | undefined {
  const { notBefore, notAfter } = certificate;
  if (at < notBefore) {
    const difference = (notBefore - at) / 1000;
    return problem('certificate_not_yet_valid', rank.term, certificate, () => ({
      notBefore: new Date(notBefore),
      at: new Date(at),
      ...(difference <= clockFault ? { difference } : {}),
    }));
  }
  if (!isAfter(at, notAfter)) return undefined;
  return problem('certificate_expired', rank.term, certificate, () => ({
    notAfter: new Date(notAfter),
    at: new Date(at),
  }));
}

/**
 * Extensions that are critical and that nothing here processes (RFC 5280, section 4.2), and qualifiers of critical
 * policies (section 4.2.1.4).
 */
export function checkCriticalExtensions(certificate: Certificate, profile: Profile): PathProblem | undefined {
  for (const { isCritical, oid } of certificate.fields.extensions.values()) {
    if (!isCritical) continue;
    if (!profile.knownExtensions.has(oid))
      return breach(certificate, 'critical-extension', nameOfExtension(oid));
    if (oid === certificatePolicies.oid) {
      const found = certificate.extension(certificatePolicies)?.map(unknownQualifier).find(Boolean);
      if (found !== undefined) return breach(certificate, 'critical-qualifier', found);
    }
  }
  return undefined;
}

/** Whether `certificate` may issue others: RFC 5280, section 6.1.4, items k and n. */
export function checkAuthority(certificate: Certificate): PathProblem | undefined {
  // Basic constraints exist only in version 3; how else an older one could be known for an authority is not said.
  const constraints = certificate.extension(basicConstraints);
  if (constraints?.isAuthority !== true) return breach(certificate, 'not-an-authority');
  return checkCertificateSigning(certificate);
}

/** Whether the key usage, where it is stated, allows signing certificates. */
export function checkCertificateSigning(certificate: Certificate): PathProblem | undefined {
  const usage = certificate.extension(keyUsage);
  return usage === undefined || usage.has('keyCertSign')
    ? undefined
    : breach(certificate, 'key-usage-certificates');
}

/** What `purposes` are left below `certificate`; all that it does not forbid. */
export function purposesLeft(
  certificate: Certificate,
  purposes: readonly string[],
  isExplicit: boolean,
): readonly string[] {
  const stated = certificate.extension(extendedKeyUsage);
  if (isExplicit) return purposes.filter((purpose) => stated?.has(purpose) === true);
  if (stated === undefined || stated.has(purposeOids.any)) return purposes;
  return purposes.filter((purpose) => stated.has(purpose));
}

const purposeNames = new Map<string, string>(
  Object.entries(purposeOids).map(([name, oid]) => [oid, name === 'ocspSigning' ? 'OCSPSigning' : name]),
);

/** The failure of a certificate whose extended key usage leaves none of `needed`. */
export function forbiddenPurpose(certificate: Certificate, needed: readonly string[]): PathProblem {
  const name = (oid: string) => purposeNames.get(oid) ?? oid;
  return problem('certificate_usage_forbidden', rank.usage, certificate, () => ({
    allowed: [...(certificate.extension(extendedKeyUsage) ?? [])].map(name),
    needed: needed.map(name),
  }));
}

/** What only the target has to keep to: use, its own key, the term of that key. */
export function checkTarget(
  certificate: Certificate,
  profile: Profile,
  algorithms: AlgorithmPolicy,
  at: number,
): PathProblem | undefined {
  const usage = certificate.extension(keyUsage);
  const needed = profile.targetKeyUsage;
  if (needed.length > 0 && !needed.some((bit) => usage?.has(bit) === true)) {
    return problem('certificate_usage_forbidden', rank.usage, certificate, () => ({
      allowed: keyUsageBits.filter((bit) => usage?.has(bit) === true),
      needed: [...needed],
    }));
  }
  if (!profile.acceptsAuthorityAsTarget && certificate.extension(basicConstraints)?.isAuthority === true) {
    return breach(certificate, 'target-is-authority');
  }
  if (profile.privateKeyPeriod === 'enforced') {
    const period = certificate.extension(privateKeyUsagePeriod);
    if (period?.notAfter !== undefined && isAfter(at, period.notAfter))
      return privateKeyOver(certificate, period.notAfter, at);
    if (period?.notBefore !== undefined && at < period.notBefore) {
      const notBefore = new Date(period.notBefore);
      return problem('certificate_not_yet_valid', rank.term, certificate, () => ({
        notBefore,
        at: new Date(at),
      }));
    }
  }
  return checkTargetKey(certificate, algorithms);
}

function checkTargetKey(certificate: Certificate, algorithms: AlgorithmPolicy): PathProblem | undefined {
  if (inheritsParameters(certificate.publicKey)) return undefined;
  try {
    const key = publicKeyOf(certificate.publicKey);
    const isMalformed = key.family === 'unusable' && key.reason === 'malformed';
    if (isMalformed) return breach(certificate, 'public-key', key.kind);
    const used = key.family === 'unusable' ? key.kind : forbiddenKey(algorithms, key);
    if (used === undefined) return undefined;
    return problem('algorithm_forbidden', rank.rule, certificate, () => ({
      algorithm: used,
      accepted: describeAccepted(algorithms),
      where: 'certificate',
    }));
  } catch {
    return breach(certificate, 'public-key');
  }
}

/**
 * The term of an authority's key at the moment at which it issued (`issuedAt`, the notBefore of what it issued). A
 * period that ends before its own certificate begins, as four re-issued certificates of accredited authorities have
 * it, says nothing about the key and is reported by `hasVoidPeriod` instead.
 */
export function checkAuthorityKeyPeriod(certificate: Certificate, issuedAt: number): PathProblem | undefined {
  const notAfter = certificate.extension(privateKeyUsagePeriod)?.notAfter;
  if (notAfter === undefined || issuedAt <= notAfter || hasVoidPeriod(certificate)) return undefined;
  return privateKeyOver(certificate, notAfter, issuedAt);
}

/** Whether the private key usage period ends before the certificate itself begins. */
export function hasVoidPeriod(certificate: Certificate): boolean {
  const notAfter = certificate.extension(privateKeyUsagePeriod)?.notAfter;
  return notAfter !== undefined && notAfter < certificate.notBefore;
}

function privateKeyOver(certificate: Certificate, notAfter: number, at: number): PathProblem {
  return problem('private_key_period_over', rank.term, certificate, () => ({
    notAfter: new Date(notAfter),
    at: new Date(at),
  }));
}

/** The first of the profile's own rules that a certificate breaks. */
export function checkRules(
  certificate: Certificate,
  role: Role,
  issuer: Certificate | undefined,
  profile: Profile,
): PathProblem | undefined {
  for (const rule of profile.rules) {
    if (rule.roles.includes(role) && !rule.holds(certificate, role, issuer))
      return breach(certificate, rule.id, rule.source);
  }
  return undefined;
}

const gostSignatures: ReadonlySet<string> = new Set([
  signatureOids.gost2001With94,
  signatureOids.gost2012With256,
  signatureOids.gost2012With512,
]);

/** Whether a GOST signature has parameters where RFC 9215, section 3, has none; the Bank of Russia writes NULL. */
export function hasGostParameters({ fields: { signatureAlgorithm } }: Certificate): boolean {
  return signatureAlgorithm.parameters !== undefined && gostSignatures.has(signatureAlgorithm.oid);
}

/** Runs a check that reads extensions; a certificate that cannot be read is a problem like any other. */
export function readable(
  certificate: Certificate,
  check: () => PathProblem | undefined,
): PathProblem | undefined {
  try {
    return check();
  } catch (error) {
    return problemOf(error, certificate);
  }
}
