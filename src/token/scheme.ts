import { type DigestAlgorithm, digestLengths, digestOids } from '../algorithm/digest.ts';
import { mgf1Oid, signatureOids } from '../algorithm/oids.ts';
import { contextConstructed } from '../asn1/tag.ts';
import {
  encode,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../asn1/writer.ts';
import type { SignatureScheme } from './signer.ts';

/** The kind of key that a scheme needs. */
export type KeyFamily = 'rsa' | 'ec' | 'ed25519' | 'gost256' | 'gost512';

/** A signature scheme, taken apart. */
export interface SchemeParts {
  readonly family: KeyFamily;
  readonly padding?: 'pkcs1' | 'pss';
  /** The hash that is signed; Ed25519 hashes by itself. */
  readonly digest?: DigestAlgorithm;
}

const parts = {
  'rsa-pkcs1-sha256': { family: 'rsa', padding: 'pkcs1', digest: 'sha256' },
  'rsa-pkcs1-sha384': { family: 'rsa', padding: 'pkcs1', digest: 'sha384' },
  'rsa-pkcs1-sha512': { family: 'rsa', padding: 'pkcs1', digest: 'sha512' },
  'rsa-pss-sha256': { family: 'rsa', padding: 'pss', digest: 'sha256' },
  'rsa-pss-sha384': { family: 'rsa', padding: 'pss', digest: 'sha384' },
  'rsa-pss-sha512': { family: 'rsa', padding: 'pss', digest: 'sha512' },
  'ecdsa-sha256': { family: 'ec', digest: 'sha256' },
  'ecdsa-sha384': { family: 'ec', digest: 'sha384' },
  'ecdsa-sha512': { family: 'ec', digest: 'sha512' },
  ed25519: { family: 'ed25519' },
  'gost2012-256': { family: 'gost256', digest: 'streebog256' },
  'gost2012-512': { family: 'gost512', digest: 'streebog512' },
} as const satisfies Record<SignatureScheme, SchemeParts>;

/** What `scheme` is made of. */
export function partsOf(scheme: SignatureScheme): SchemeParts {
  return parts[scheme];
}

const pkcs1Oids = {
  sha256: signatureOids.rsaWithSha256,
  sha384: signatureOids.rsaWithSha384,
  sha512: signatureOids.rsaWithSha512,
} as const;
const ecdsaOids = {
  sha256: signatureOids.ecdsaWithSha256,
  sha384: signatureOids.ecdsaWithSha384,
  sha512: signatureOids.ecdsaWithSha512,
} as const;

/** SHA-2 hashes that schemes use. */
export type Sha2 = keyof typeof pkcs1Oids;

/** DER AlgorithmIdentifier of a hash, without parameters (RFC 5754, section 2; GOST likewise). */
export function digestIdentifier(digest: DigestAlgorithm): Uint8Array {
  return encodeSequence(encodeOid(digestOids[digest]));
}

/**
 * DER AlgorithmIdentifier of a signature: with-digest identifiers throughout. Parameters are NULL for
 * PKCS#1 (RFC 4055, section 5), absent for ECDSA (RFC 5758), Ed25519 (RFC 8410) and GOST (RFC 9215, section 2).
 */
export function signatureIdentifier(scheme: SignatureScheme): Uint8Array {
  const { family, padding, digest } = partsOf(scheme);
  switch (family) {
    case 'rsa':
      return padding === 'pss'
        ? encodeSequence(encodeOid(signatureOids.rsaPss), pssParameters(digest as Sha2))
        : encodeSequence(encodeOid(pkcs1Oids[digest as Sha2]), encodedNull);
    case 'ec':
      return encodeSequence(encodeOid(ecdsaOids[digest as Sha2]));
    case 'ed25519':
      return encodeSequence(encodeOid(signatureOids.ed25519));
    case 'gost256':
      return encodeSequence(encodeOid(signatureOids.gost2012With256));
    case 'gost512':
      return encodeSequence(encodeOid(signatureOids.gost2012With512));
  }
}

/** RSASSA-PSS-params with everything but the trailer written out (RFC 4055, section 3.1). */
function pssParameters(digest: Sha2): Uint8Array {
  const hash = encodeSequence(encodeOid(digestOids[digest]), encodedNull);
  const mask = encodeSequence(encodeOid(mgf1Oid), hash);
  return encodeSequence(
    encode(contextConstructed(0), hash),
    encode(contextConstructed(1), mask),
    encode(contextConstructed(2), encodeUnsigned(Uint8Array.of(digestLengths[digest]))),
  );
}

/** DER DigestInfo of RFC 8017, section 9.2, for tokens that pad PKCS#1 but do not hash. */
export function digestInfo(digest: Sha2, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeSequence(encodeOid(digestOids[digest]), encodedNull), encodeOctetString(value));
}
