import { hash } from 'node:crypto';
import { Reader } from '../asn1/reader.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './identifier.ts';

/** SubjectPublicKeyInfo as it stands in the certificate; the octets are never re-encoded for hashing or comparing. */
export interface PublicKeyInfo {
  readonly der: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  /** Content of the BIT STRING. */
  readonly key: Uint8Array;
}

/** Why a key cannot be used: it breaks its own rules, or its kind is not known here. */
export interface UnusableKey {
  readonly family: 'unusable';
  readonly reason: 'malformed' | 'unknown';
  /** Name or identifier of the kind, for the refusal. */
  readonly kind: string;
}

/** Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). Throws an EncodingError. */
export function readPublicKeyInfo(reader: Reader): PublicKeyInfo {
  const start = reader.mark();
  const fields = reader.sequence();
  const algorithm = readAlgorithmIdentifier(fields);
  const key = fields.octetsOfBitString();
  fields.finish();
  return { der: reader.since(start), algorithm, key };
}

/** SubjectPublicKeyInfo from octets of its own. Throws an EncodingError. */
export function parsePublicKeyInfo(der: Uint8Array): PublicKeyInfo {
  const reader = Reader.der(der);
  const info = readPublicKeyInfo(reader);
  reader.finish();
  return info;
}

const digests = new WeakMap<PublicKeyInfo, string>();

/** SHA-256 of a SubjectPublicKeyInfo, base64; computed once for each object. */
export function digestOfKey(key: PublicKeyInfo): string {
  let known = digests.get(key);
  if (known === undefined) {
    known = hash('sha256', key.der, 'base64');
    digests.set(key, known);
  }
  return known;
}
