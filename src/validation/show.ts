import { hash } from 'node:crypto';
import type { AlgorithmIdentifier } from '../algorithm/identifier.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm, signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import { EncodingError } from '../asn1/error.ts';
import type { EncodingQuirk } from '../asn1/reader.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, keyUsageBits } from '../certificate/constraints.ts';
import type { ExtensionType } from '../certificate/extension.ts';
import { nameOfExtension } from '../certificate/extension-name.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../certificate/key-identifier.ts';
import { readPartly } from '../certificate/partly.ts';
import { certificatePolicies } from '../certificate/policy.ts';
import { privateKeyUsagePeriod } from '../certificate/private-key-usage-period.ts';
import { safeText } from '../failure/value.ts';
import { defined } from '../optional.ts';
import type { Paint } from '../terminal/table.ts';

/**
 * A certificate's fields for people and, as JSON, for programs; nothing in it has been verified. Of a broken one only
 * those that can be read.
 */
export interface ShownCertificate {
  readonly version?: number;
  readonly subject?: string;
  readonly issuer?: string;
  readonly serialNumber?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly publicKey?: string;
  readonly signatureAlgorithm?: string;
  readonly isAuthority: boolean;
  readonly keyUsage?: readonly string[];
  readonly purposes?: readonly string[];
  readonly policies?: readonly string[];
  readonly privateKeyUntil?: string;
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  /** `name` is the OID again where the extension has no name here. */
  readonly extensions: readonly {
    readonly oid: string;
    readonly name: string;
    readonly critical: boolean;
  }[];
  readonly quirks: readonly string[];
  /** Rules that are broken, with the part that breaks them; empty for a certificate that can be used. */
  readonly broken: readonly string[];
  readonly sha256: string;
}

/** Shows one certificate, DER. Never throws for what is in it. */
export function showCertificate(der: Uint8Array): ShownCertificate {
  const { fields, failure } = readPartly(der);
  const { version, subject, issuer, serialNumber, notBefore, notAfter, publicKey, signatureAlgorithm } =
    fields;
  const broken = failure === undefined ? [] : [ruleOf(failure.details)];
  const quirks = new Set<EncodingQuirk>();
  const read = <T>(type: ExtensionType<T>): T | undefined => {
    const value = fields.extensions?.get(type.oid)?.value;
    try {
      return value === undefined ? undefined : type.decode(value, quirks);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      broken.push(ruleOf({ rule: error.rule, where: type.name }));
      return undefined;
    }
  };
  const usage = read(keyUsage);
  const purposes = read(extendedKeyUsage);
  const shown = {
    version,
    subject: subject?.toString(),
    issuer: issuer?.toString(),
    serialNumber: hexOf(serialNumber),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    publicKey: publicKey && keyName(publicKey),
    signatureAlgorithm: signatureAlgorithm && algorithmName(signatureAlgorithm),
    isAuthority: read(basicConstraints)?.isAuthority ?? false,
    keyUsage: usage && keyUsageBits.filter((bit) => usage.has(bit)),
    purposes: purposes && [...purposes],
    policies: read(certificatePolicies)?.map(({ policy }) => policy),
    privateKeyUntil: timeOf(read(privateKeyUsagePeriod)?.notAfter),
    subjectKeyIdentifier: hexOf(read(subjectKeyIdentifier)),
    authorityKeyIdentifier: hexOf(read(authorityKeyIdentifier)?.keyIdentifier),
  };
  return {
    ...defined(shown),
    isAuthority: shown.isAuthority,
    extensions: [...(fields.extensions?.values() ?? [])].map(({ oid, isCritical }) => ({
      oid,
      name: nameOfExtension(oid),
      critical: isCritical,
    })),
    quirks: [...new Set([...(fields.quirks ?? []), ...quirks])],
    broken,
    sha256: hash('sha256', der, 'hex'),
  };
}

function ruleOf({ rule, where }: { readonly rule?: unknown; readonly where?: unknown }): string {
  return where === undefined ? String(rule) : `${where}: ${rule}`;
}

/** The fields as lines: name and value. */
export function certificateLines(shown: ShownCertificate, paint: Paint): string {
  const { extensions, broken, ...others } = shown;
  const rows = Object.entries(others).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  const width = Math.max(...rows.map(([name]) => name.length), 'extensions'.length);
  const line = (name: string, text: string) => `${paint.dim(name.padEnd(width))}  ${safeText(text, 2000)}`;
  const listed = extensions.map(({ name, critical }) => (critical ? `${name} (critical)` : name));
  return [
    ...rows.map(([name, value]) => line(name, Array.isArray(value) ? value.join(', ') : String(value))),
    line('extensions', listed.join(', ')),
    ...broken.map((rule) => paint.bad(line('broken', rule))),
  ].join('\n');
}

function timeOf(moment: number | undefined): string | undefined {
  return moment === undefined ? undefined : new Date(moment).toISOString();
}

function hexOf(octets: Uint8Array | undefined): string | undefined {
  return octets && Buffer.from(octets).toString('hex');
}

function keyName(info: PublicKeyInfo): string {
  try {
    const key = publicKeyOf(info);
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
    return info.algorithm.oid;
  }
}

function algorithmName(identifier: AlgorithmIdentifier): string {
  try {
    const algorithm = resolveSignatureAlgorithm(identifier);
    return algorithm === undefined ? identifier.oid : signatureAlgorithmName(algorithm);
  } catch {
    return identifier.oid;
  }
}
