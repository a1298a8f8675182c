import { publicKeyOf } from '../algorithm/public-key.ts';
import { resolveSignatureAlgorithm, signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, keyUsageBits } from '../certificate/constraints.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../certificate/key-identifier.ts';
import { certificatePolicies } from '../certificate/policy.ts';
import { privateKeyUsagePeriod } from '../certificate/private-key-usage-period.ts';
import { safeText } from '../failure/value.ts';
import type { Paint } from '../terminal/table.ts';

/** A certificate's fields for people and, as JSON, for programs; nothing in it has been verified. */
export interface ShownCertificate {
  readonly version: number;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly publicKey: string;
  readonly signatureAlgorithm: string;
  readonly isAuthority: boolean;
  readonly keyUsage?: readonly string[];
  readonly purposes?: readonly string[];
  readonly policies?: readonly string[];
  readonly privateKeyUntil?: string;
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  readonly extensions: readonly { readonly oid: string; readonly critical: boolean }[];
  readonly quirks: readonly string[];
  readonly sha256: string;
}

/** Throws `certificate_malformed` where an extension cannot be read. */
export function showCertificate(certificate: Certificate): ShownCertificate {
  const { fields } = certificate;
  const usage = certificate.extension(keyUsage);
  const purposes = certificate.extension(extendedKeyUsage);
  const policies = certificate.extension(certificatePolicies);
  const privateKeyEnd = certificate.extension(privateKeyUsagePeriod)?.notAfter;
  const subjectKey = certificate.extension(subjectKeyIdentifier);
  const authorityKey = certificate.extension(authorityKeyIdentifier)?.keyIdentifier;
  return {
    version: fields.version,
    subject: certificate.subject.toString(),
    issuer: certificate.issuer.toString(),
    serialNumber: certificate.serialNumberHex,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
    publicKey: keyName(certificate),
    signatureAlgorithm: algorithmName(certificate),
    isAuthority: certificate.extension(basicConstraints)?.isAuthority ?? false,
    ...(usage === undefined ? {} : { keyUsage: keyUsageBits.filter((bit) => usage.has(bit)) }),
    ...(purposes === undefined ? {} : { purposes: [...purposes] }),
    ...(policies === undefined ? {} : { policies: policies.map(({ policy }) => policy) }),
    ...(privateKeyEnd === undefined ? {} : { privateKeyUntil: new Date(privateKeyEnd).toISOString() }),
    ...(subjectKey === undefined ? {} : { subjectKeyIdentifier: hex(subjectKey) }),
    ...(authorityKey === undefined ? {} : { authorityKeyIdentifier: hex(authorityKey) }),
    extensions: [...fields.extensions.values()].map(({ oid, isCritical }) => ({ oid, critical: isCritical })),
    quirks: [...fields.quirks],
    sha256: certificate.sha256,
  };
}

/** The fields as lines: name and value. */
export function certificateLines(shown: ShownCertificate, paint: Paint): string {
  const { extensions, ...others } = shown;
  const rows = Object.entries(others).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  const width = Math.max(...rows.map(([name]) => name.length), 'extensions'.length);
  const lines = rows.map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    return `${paint.dim(name.padEnd(width))}  ${safeText(text, 2000)}`;
  });
  const listed = extensions.map(({ oid, critical }) => (critical ? `${oid} (critical)` : oid));
  return [...lines, `${paint.dim('extensions'.padEnd(width))}  ${listed.join(', ')}`].join('\n');
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

function keyName(certificate: Certificate): string {
  const { oid } = certificate.publicKey.algorithm;
  try {
    const key = publicKeyOf(certificate.publicKey);
    switch (key.family) {
      case 'rsa':
        return `RSA, ${key.bits} bits`;
      case 'dsa':
        return `DSA, ${key.bits} bits`;
      case 'ec':
        return `ECDSA, ${key.curve}`;
      case 'ed25519':
        return 'Ed25519';
      case 'gost2001':
        return `GOST R 34.10-2001, ${key.curve.name}`;
      case 'gost2012':
        return `GOST R 34.10-2012 (${key.bits}), ${key.curve.name}`;
      case 'unusable':
        return key.kind;
    }
  } catch {
    return oid;
  }
}

function algorithmName({ fields: { signatureAlgorithm } }: Certificate): string {
  try {
    const algorithm = resolveSignatureAlgorithm(signatureAlgorithm);
    return algorithm === undefined ? signatureAlgorithm.oid : signatureAlgorithmName(algorithm);
  } catch {
    return signatureAlgorithm.oid;
  }
}
