import { hash } from 'node:crypto';
import { declareOids } from '../asn1/oid.ts';
import { gost } from '../gost/engine.ts';

/** Hash functions by name. Those that no policy accepts for signatures are here so that a refusal can name them. */
export type DigestAlgorithm =
  | 'md5'
  | 'sha1'
  | 'sha224'
  | 'sha256'
  | 'sha384'
  | 'sha512'
  | 'sha3-224'
  | 'sha3-256'
  | 'sha3-384'
  | 'sha3-512'
  | 'gost94'
  | 'streebog256'
  | 'streebog512';

/** Identifiers of hash functions (RFC 5754; RFC 8702 and NIST CSOR for SHA-3; RFC 9215, section 3; RFC 4357 for gost94). */
export const digestOids: Readonly<Record<DigestAlgorithm, string>> = declareOids({
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  'sha3-224': '2.16.840.1.101.3.4.2.7',
  'sha3-256': '2.16.840.1.101.3.4.2.8',
  'sha3-384': '2.16.840.1.101.3.4.2.9',
  'sha3-512': '2.16.840.1.101.3.4.2.10',
  gost94: '1.2.643.2.2.9',
  streebog256: '1.2.643.7.1.1.2.2',
  streebog512: '1.2.643.7.1.1.2.3',
});

const byOid = new Map(Object.entries(digestOids).map(([name, oid]) => [oid, name as DigestAlgorithm]));

/** Length of the output in octets. */
export const digestLengths: Readonly<Record<DigestAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha3-224': 28,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
  gost94: 32,
  streebog256: 32,
  streebog512: 64,
};

/** Name of the hash function behind an identifier, or undefined. */
export function digestByOid(oid: string): DigestAlgorithm | undefined {
  return byOid.get(oid);
}

/** Hash of `data`; GOST digests in the octet order of libraries, not of the RFC's print. */
export function digest(algorithm: DigestAlgorithm, data: Uint8Array): Uint8Array {
  switch (algorithm) {
    case 'gost94':
    case 'streebog256':
    case 'streebog512':
      return gost.digest(algorithm, data);
    default:
      return hash(algorithm, data, 'buffer');
  }
}

const remembered = new WeakMap<Uint8Array, Map<DigestAlgorithm, Uint8Array>>();

/**
 * As `digest`, for octets that are asked about again: a document with many signers, a certificate that many name. What
 * was computed is remembered as long as this very object lives, so its octets must not be changed.
 */
export function digestOnce(algorithm: DigestAlgorithm, octets: Uint8Array): Uint8Array {
  return rememberedDigest(algorithm, octets) ?? rememberDigest(algorithm, octets, digest(algorithm, octets));
}

/** What `digestOnce` remembers of these very octets. */
export function rememberedDigest(algorithm: DigestAlgorithm, octets: Uint8Array): Uint8Array | undefined {
  return remembered.get(octets)?.get(algorithm);
}

/** Has `digestOnce` remember a value that was computed otherwise; returns it. */
export function rememberDigest(
  algorithm: DigestAlgorithm,
  octets: Uint8Array,
  value: Uint8Array,
): Uint8Array {
  const known = remembered.get(octets) ?? new Map<DigestAlgorithm, Uint8Array>();
  remembered.set(octets, known.set(algorithm, value));
  return value;
}
