import { hash } from 'node:crypto';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { type PublicKeyInfo, readPublicKeyInfo } from '../algorithm/public-key-info.ts';
import { EncodingError } from '../asn1/error.ts';
import { type EncodingQuirk, Reader } from '../asn1/reader.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { compareOctets } from '../asn1/writer.ts';
import { SealgateError } from '../error.ts';
import { type Extensions, type ExtensionType, noExtensions, readExtensions } from './extension.ts';
import { attributeOids, type Name, readName } from './name.ts';

/** Larger certificates are refused unread; the largest real ones stay below 16 KiB. */
export const largestCertificate = 64 * 1024;

/** Longest serial number in octets; RFC 5280, section 4.1.2.2, allows 20, and some authorities overstep that a little. */
const longestSerialNumber = 64;

/** A departure from DER or from RFC 5280 that real certificates show and that is accepted by name. */
export type CertificateQuirk = EncodingQuirk | 'generalized-time-before-2050';

/** From this moment on dates are written as GeneralizedTime, before it as UTCTime (RFC 5280, section 4.1.2.5). */
const firstGeneralizedTime = Date.UTC(2050, 0, 1);

/** The fields of RFC 5280, section 4.1, as they stand in the encoding; octets are views of it. */
export interface CertificateFields {
  readonly der: Uint8Array;
  /** TBSCertificate: the octets that are signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since the epoch; both ends belong to the term (RFC 5280, section 4.1.2.5). */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: Extensions;
  /** What was accepted by name; grows while extensions are decoded. */
  readonly quirks: ReadonlySet<CertificateQuirk>;
}

/** An X.509 certificate, parsed and nothing more: nothing in it has been verified. */
export class Certificate {
  readonly fields: CertificateFields;
  private readonly decoded = new Map<string, unknown>();
  private fingerprint: string | undefined;
  private selfIssued: boolean | undefined;

  constructor(fields: CertificateFields) {
    this.fields = fields;
  }

  get der(): Uint8Array {
    return this.fields.der;
  }
  get issuer(): Name {
    return this.fields.issuer;
  }
  get subject(): Name {
    return this.fields.subject;
  }
  get notBefore(): number {
    return this.fields.notBefore;
  }
  get notAfter(): number {
    return this.fields.notAfter;
  }
  get publicKey(): PublicKeyInfo {
    return this.fields.publicKey;
  }

  /** SHA-256 over the whole certificate, lower-case hexadecimal. */
  get sha256(): string {
    this.fingerprint ??= hash('sha256', this.fields.der, 'hex');
    return this.fingerprint;
  }

  /** Serial number as lower-case hexadecimal, the way support lines and authorities quote it. */
  get serialNumberHex(): string {
    return Buffer.from(this.fields.serialNumber).toString('hex');
  }

  /**
   * What people call it: the organisation's name or, without one, the common name; its serial number where it has
   * neither. The whole subject would show SNILS and INN wherever a failure is told.
   */
  get shortName(): string {
    return shortNameIn(this.fields.subject) ?? this.serialNumberHex;
  }

  /** What people call its issuer, likewise; its own serial number, under which the issuer knows it, without a name. */
  get shortIssuerName(): string {
    return shortNameIn(this.fields.issuer) ?? this.serialNumberHex;
  }

  /** Names the certificate in failures: what people call it, and the number by which its authority finds it. */
  get naming(): { readonly certificate: string; readonly serialNumber: string } {
    return { certificate: this.shortName, serialNumber: this.serialNumberHex };
  }

  /** Subject and issuer are the same name (RFC 5280, section 3.2); says nothing of the signature. Throws `certificate_malformed`. */
  get isSelfIssued(): boolean {
    this.selfIssued ??= this.namesAreEqual();
    return this.selfIssued;
  }

  private namesAreEqual(): boolean {
    try {
      return this.fields.issuer.equals(this.fields.subject);
    } catch (error) {
      throw malformed(error, 'subject');
    }
  }

  /** Value of an extension, decoded once; undefined where it is absent. Throws `certificate_malformed`. */
  extension<T>(type: ExtensionType<T>): T | undefined {
    if (this.decoded.has(type.oid)) return this.decoded.get(type.oid) as T | undefined;
    const extension = this.fields.extensions.get(type.oid);
    const value = extension === undefined ? undefined : this.decode(type, extension.value);
    this.decoded.set(type.oid, value);
    return value;
  }

  private decode<T>(type: ExtensionType<T>, value: Uint8Array): T {
    try {
      return type.decode(value, this.fields.quirks as Set<EncodingQuirk>);
    } catch (error) {
      throw malformed(error, type.name);
    }
  }
}

/** The organisation or, without one, the common name; undefined where a name has neither or cannot be read. */
function shortNameIn(name: Name): string | undefined {
  try {
    return name.text(attributeOids.organisation) ?? name.text(attributeOids.commonName);
  } catch {
    return undefined;
  }
}

/**
 * Parses one DER certificate; the octets are kept, not copied, and must not be changed afterwards.
 * Throws `certificate_malformed` with the rule that is broken and where.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > largestCertificate) {
    throw new SealgateError('certificate_malformed', {
      rule: `larger than ${largestCertificate} octets`,
      offset: 0,
    });
  }
  try {
    const quirks = new Set<CertificateQuirk>();
    const reader = Reader.der(der, quirks as Set<EncodingQuirk>);
    const certificate = new Certificate(readCertificate(reader, der, quirks));
    reader.finish();
    return certificate;
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(error: unknown, where?: string): unknown {
  if (!(error instanceof EncodingError)) return error;
  const { rule, offset } = error;
  return new SealgateError('certificate_malformed', { rule, offset, where }, { cause: error });
}

function readCertificate(reader: Reader, der: Uint8Array, quirks: Set<CertificateQuirk>): CertificateFields {
  const outer = reader.sequence();
  const start = outer.mark();
  const tbs = outer.sequence();
  const signed = readToBeSigned(tbs, quirks);
  const tbsOctets = outer.since(start);
  const signatureAlgorithm = readAlgorithmIdentifier(outer);
  const signature = outer.octetsOfBitString();
  outer.finish();
  // RFC 5280, section 4.1.1.2: the field outside the signature must be the one inside.
  if (compareOctets(signatureAlgorithm.der, signed.innerAlgorithm.der) !== 0) {
    outer.refuse('signature algorithm differs inside and outside of the signed part');
  }
  const { innerAlgorithm: _, ...fields } = signed;
  return { der, tbs: tbsOctets, signatureAlgorithm, signature, quirks, ...fields };
}

function readToBeSigned(tbs: Reader, quirks: Set<CertificateQuirk>) {
  const version = readVersion(tbs);
  const serialNumber = tbs.integer();
  if (serialNumber.length > longestSerialNumber)
    tbs.refuse(`serial number is longer than ${longestSerialNumber} octets`);
  const innerAlgorithm = readAlgorithmIdentifier(tbs);
  const issuer = readName(tbs);
  const validity = tbs.sequence();
  const notBefore = readDate(validity, quirks);
  const notAfter = readDate(validity, quirks);
  validity.finish();
  const subject = readName(tbs);
  const publicKey = readPublicKeyInfo(tbs);
  for (const identifier of [context(1), context(2)]) {
    if (tbs.peek() !== identifier) continue;
    if (version === 1) tbs.refuse('unique identifier in a certificate of version 1');
    tbs.bitString(identifier);
  }
  const wrapper = tbs.optionalConstructed(contextConstructed(3));
  if (wrapper !== undefined && version !== 3) tbs.refuse('extensions in a certificate before version 3');
  const extensions = wrapper === undefined ? noExtensions : readExtensions(wrapper);
  wrapper?.finish();
  tbs.finish();
  return {
    version,
    serialNumber,
    innerAlgorithm,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    extensions,
  };
}

function readDate(validity: Reader, quirks: Set<CertificateQuirk>): number {
  const isGeneralized = validity.peek() === tag.generalizedTime;
  const date = validity.time();
  if (isGeneralized && date < firstGeneralizedTime) quirks.add('generalized-time-before-2050');
  return date;
}

function readVersion(tbs: Reader): 1 | 2 | 3 {
  const wrapper = tbs.optionalConstructed(contextConstructed(0));
  if (wrapper === undefined) return 1;
  const version = wrapper.smallInteger();
  wrapper.finish();
  if (version !== 1 && version !== 2)
    wrapper.refuse(version === 0 ? 'default version is encoded' : 'version is unknown');
  return version === 1 ? 2 : 3;
}
