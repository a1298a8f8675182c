import type { GostCurve } from './curve.ts';

/** Hash functions: GOST R 34.11-2012 (Streebog), and GOST R 34.11-94 with the CryptoPro parameters for old documents. */
export type GostDigest = 'streebog256' | 'streebog512' | 'gost94';

/** Hashes data that comes in pieces. */
export interface GostHasher {
  update(piece: Uint8Array): this;
  /** The digest of all pieces; the hasher then starts anew. */
  digest(): Uint8Array;
}

/**
 * Why a public key cannot be used: it has a false length, is infinity (both coordinates zero), has a coordinate that
 * is not less than the prime, is no point of the curve, or a point outside of the group that the base point generates.
 * The first that applies, in this order.
 */
export type GostKeyFlaw = 'length' | 'infinity' | 'range' | 'not-on-curve' | 'wrong-order';

/**
 * GOST R 34.10-2012 and its hash functions; signatures of GOST R 34.10-2001 are the same mathematics over another
 * digest. Octets are in the order in which certificates and CMS have them (RFC 9215, sections 4 and 5): a digest as
 * the hash function gives it, a public key x ‖ y with both little-endian, a private key little-endian, a signature
 * s ‖ r with both big-endian.
 */
export interface GostEngine {
  readonly name: 'native' | 'typescript';
  /** Hash over the concatenation of `data`. */
  digest(algorithm: GostDigest, ...data: readonly Uint8Array[]): Uint8Array;
  hasher(algorithm: GostDigest): GostHasher;
  /**
   * Whether the signature over the digest holds under the key. False as well for a key that `checkPublicKey` finds
   * fault with, for r or s out of range, and for a digest or signature of false length; nothing is thrown.
   */
  verify(curve: GostCurve, digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  /** What is wrong with a public key, or undefined. */
  checkPublicKey(curve: GostCurve, publicKey: Uint8Array): GostKeyFlaw | undefined;
  /**
   * Signs a digest. The nonce follows from key and digest (RFC 6979 with HMAC over Streebog), and from `entropy`
   * (section 3.6 there), which is fresh unless given; with an empty one the same call always gives the same signature,
   * alike in every engine. Throws RangeError for a digest or private key of false length, or a key not between 0 and q.
   */
  sign(curve: GostCurve, digest: Uint8Array, privateKey: Uint8Array, entropy?: Uint8Array): Uint8Array;
  /** The public key of a private one. Throws RangeError as `sign`. */
  publicKey(curve: GostCurve, privateKey: Uint8Array): Uint8Array;
}
