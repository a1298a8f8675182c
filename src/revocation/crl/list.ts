import { hash, randomBytes } from 'node:crypto';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../../algorithm/identifier.ts';
import { EncodingError } from '../../asn1/error.ts';
import { type EncodingQuirk, Reader } from '../../asn1/reader.ts';
import { contextConstructed, tag } from '../../asn1/tag.ts';
import { compareOctets } from '../../asn1/writer.ts';
import { authorityInfoAccess, freshestCrl } from '../../certificate/distribution-point.ts';
import {
  type Extensions,
  type ExtensionType,
  noExtensions,
  readExtensions,
} from '../../certificate/extension.ts';
import { authorityKeyIdentifier } from '../../certificate/key-identifier.ts';
import { type Name, readName } from '../../certificate/name.ts';
import { Signed } from '../signed.ts';
import { RevokedEntries } from './entries.ts';
import { type EntryIndex, emptyIndex, indexEntries } from './entry-index.ts';
import { crlNumber, deltaCrlIndicator, issuingDistributionPoint } from './extension.ts';

/** The fields of RFC 5280, section 5.1; octets are views of the encoding. */
export interface ListFields {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: 1 | 2;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: Extensions;
  /** Content of revokedCertificates; empty where the field is absent. */
  readonly revoked: Uint8Array;
}

/** What has been found out about the octets of a list already, so that it is not done twice. */
export interface ListDigest {
  readonly index: EntryIndex;
  readonly sha256: string;
}

const knownExtensions = new Set([
  crlNumber.oid,
  deltaCrlIndicator.oid,
  issuingDistributionPoint.oid,
  authorityKeyIdentifier.oid,
  freshestCrl.oid,
  authorityInfoAccess.oid,
  '2.5.29.18',
]);

/** A certificate revocation list, parsed and indexed; nothing in it has been verified. */
export class CertificateList {
  readonly fields: ListFields;
  readonly entries: RevokedEntries;
  /** Signature of the list, and the keys it was found to hold or not to hold under. */
  readonly signed: Signed;
  readonly number: bigint | undefined;
  /** Number of the full list that a delta list adds to; undefined in a full list. */
  readonly baseNumber: bigint | undefined;
  readonly scope: ReturnType<typeof issuingDistributionPoint.decode> | undefined;
  readonly authorityKey: ReturnType<typeof authorityKeyIdentifier.decode> | undefined;
  /** Where delta lists for this one are published. */
  readonly freshest: ReturnType<typeof freshestCrl.decode>;
  /** Where the certificate of the list's issuer may be had (RFC 5280, section 5.2.7). */
  readonly access: ReturnType<typeof authorityInfoAccess.decode>;
  /** First critical extension, of the list or an entry, that is not known here. */
  readonly unknownCritical: string | undefined;
  private fingerprint: string | undefined;

  constructor(fields: ListFields, quirks: Set<EncodingQuirk>, done?: ListDigest) {
    const { extensions } = fields;
    const read = <T>(type: ExtensionType<T>): T | undefined => {
      const extension = extensions.get(type.oid);
      return extension === undefined ? undefined : type.decode(extension.value, quirks);
    };
    this.fields = fields;
    this.signed = new Signed(fields.tbs, fields.signatureAlgorithm, fields.signature);
    this.number = read(crlNumber);
    this.baseNumber = read(deltaCrlIndicator);
    this.scope = read(issuingDistributionPoint);
    this.authorityKey = read(authorityKeyIdentifier);
    this.freshest = read(freshestCrl) ?? [];
    this.access = read(authorityInfoAccess) ?? [];
    this.entries = new RevokedEntries(fields.revoked, done?.index ?? indexAtOnce(fields));
    this.fingerprint = done?.sha256;
    this.unknownCritical =
      [...extensions.values()].find(({ oid, isCritical }) => isCritical && !knownExtensions.has(oid))?.oid ??
      this.entries.index.unknownCritical;
    if (this.entries.namesIssuers && this.scope?.isIndirect !== true) {
      throw new EncodingError('entries name issuers in a list that is not indirect', 0);
    }
    if (this.baseNumber !== undefined && (this.number === undefined || this.number < this.baseNumber)) {
      throw new EncodingError('delta list is numbered before its base', 0);
    }
  }

  get der(): Uint8Array {
    return this.fields.der;
  }
  get issuer(): Name {
    return this.fields.issuer;
  }
  get thisUpdate(): number {
    return this.fields.thisUpdate;
  }
  get nextUpdate(): number | undefined {
    return this.fields.nextUpdate;
  }
  get isDelta(): boolean {
    return this.baseNumber !== undefined;
  }

  /** SHA-256 over the whole list, lower-case hexadecimal; takes about 1 ms a megabyte when first asked for. */
  get sha256(): string {
    this.fingerprint ??= hash('sha256', this.fields.der, 'hex');
    return this.fingerprint;
  }
}

/** The index of the entries of a list, step by step. Throws an EncodingError. */
export function indexOf({ revoked, version }: ListFields): Generator<number, EntryIndex> {
  return indexEntries(revoked, version === 2, randomBytes(4).readInt32LE());
}

function indexAtOnce(fields: ListFields): EntryIndex {
  if (fields.revoked.length === 0) return emptyIndex;
  const steps = indexOf(fields);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Parses one DER list, strictly, entries included; the octets are kept, not copied. Throws an EncodingError.
 * Takes about 0.3 µs an entry: large lists go through `loadCertificateList`.
 */
export function parseCertificateList(der: Uint8Array): CertificateList {
  const quirks = new Set<EncodingQuirk>();
  return new CertificateList(readListFields(der, quirks), quirks);
}

/** Reads everything but the entries, whose octets are left to `indexOf`. Throws an EncodingError. */
export function readListFields(der: Uint8Array, quirks: Set<EncodingQuirk>): ListFields {
  const reader = Reader.der(der, quirks);
  const outer = reader.sequence();
  const start = outer.mark();
  const signed = readToBeSigned(outer.sequence());
  const tbs = outer.since(start);
  const signatureAlgorithm = readAlgorithmIdentifier(outer);
  const signature = outer.octetsOfBitString();
  outer.finish();
  reader.finish();
  // RFC 5280, section 5.1.1.2: the field outside the signature must be the one inside.
  if (compareOctets(signatureAlgorithm.der, signed.innerAlgorithm.der) !== 0) {
    outer.refuse('signature algorithm differs inside and outside of the signed part');
  }
  const { innerAlgorithm: _, ...fields } = signed;
  return { der, tbs, signatureAlgorithm, signature, ...fields };
}

function readToBeSigned(tbs: Reader) {
  const version = readVersion(tbs);
  const innerAlgorithm = readAlgorithmIdentifier(tbs);
  const issuer = readName(tbs);
  if (issuer.relativeNames.length === 0) tbs.refuse('list has no issuer');
  const thisUpdate = tbs.time();
  const nextUpdate = isTime(tbs.peek()) ? tbs.time() : undefined;
  const revoked = tbs.peek() === tag.sequence ? readRevoked(tbs) : new Uint8Array();
  const wrapper = tbs.optionalConstructed(contextConstructed(0));
  if (wrapper !== undefined && version === 1) wrapper.refuse('extensions in a list of version 1');
  const extensions = wrapper === undefined ? noExtensions : readExtensions(wrapper);
  wrapper?.finish();
  tbs.finish();
  return { version, innerAlgorithm, issuer, thisUpdate, nextUpdate, extensions, revoked };
}

function readVersion(tbs: Reader): 1 | 2 {
  if (tbs.peek() !== tag.integer) return 1;
  if (tbs.smallInteger() !== 1) tbs.refuse('version of the list is not 2');
  return 2;
}

function isTime(identifier: number): boolean {
  return identifier === tag.utcTime || identifier === tag.generalizedTime;
}

function readRevoked(tbs: Reader): Uint8Array {
  const content = tbs.content(tag.sequence);
  // RFC 5280, section 5.1.2.6: without revoked certificates the field is absent.
  if (content.length === 0) tbs.refuse('list of revoked certificates is empty');
  return content;
}
