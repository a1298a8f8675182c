import { type DigestAlgorithm, digestLengths } from './digest.ts';
import { type AlgorithmIdentifier, hasNoParameters } from './identifier.ts';
import { keyOids, signatureOids } from './oids.ts';
import { keepsTo, type PssParameters, readPssParameters } from './pss.ts';
import type { PublicKey } from './public-key.ts';

/** How a signature was made, with everything that its verification needs beside the key. */
export type SignatureAlgorithm =
  | { readonly family: 'rsa-pkcs1'; readonly digest: DigestAlgorithm }
  | ({ readonly family: 'rsa-pss' } & PssParameters)
  | { readonly family: 'ecdsa'; readonly digest: DigestAlgorithm }
  | { readonly family: 'dsa'; readonly digest: DigestAlgorithm }
  | { readonly family: 'ed25519' }
  | {
      readonly family: 'gost2012' | 'gost2001';
      readonly digest: DigestAlgorithm;
      /** Named GOST R 34.10-2001 by the message though its digest is Streebog-256, as some signing tools do. */
      readonly isMislabelled?: true;
    };

type Fixed = {
  readonly family: 'rsa-pkcs1' | 'ecdsa' | 'dsa' | 'gost2012' | 'gost2001';
  readonly digest: DigestAlgorithm;
};

const withDigest = new Map<string, Fixed>([
  [signatureOids.rsaWithMd5, { family: 'rsa-pkcs1', digest: 'md5' }],
  [signatureOids.rsaWithSha1, { family: 'rsa-pkcs1', digest: 'sha1' }],
  [signatureOids.rsaWithSha224, { family: 'rsa-pkcs1', digest: 'sha224' }],
  [signatureOids.rsaWithSha256, { family: 'rsa-pkcs1', digest: 'sha256' }],
  [signatureOids.rsaWithSha384, { family: 'rsa-pkcs1', digest: 'sha384' }],
  [signatureOids.rsaWithSha512, { family: 'rsa-pkcs1', digest: 'sha512' }],
  [signatureOids.rsaWithSha3With224, { family: 'rsa-pkcs1', digest: 'sha3-224' }],
  [signatureOids.rsaWithSha3With256, { family: 'rsa-pkcs1', digest: 'sha3-256' }],
  [signatureOids.rsaWithSha3With384, { family: 'rsa-pkcs1', digest: 'sha3-384' }],
  [signatureOids.rsaWithSha3With512, { family: 'rsa-pkcs1', digest: 'sha3-512' }],
  [signatureOids.ecdsaWithSha1, { family: 'ecdsa', digest: 'sha1' }],
  [signatureOids.ecdsaWithSha224, { family: 'ecdsa', digest: 'sha224' }],
  [signatureOids.ecdsaWithSha256, { family: 'ecdsa', digest: 'sha256' }],
  [signatureOids.ecdsaWithSha384, { family: 'ecdsa', digest: 'sha384' }],
  [signatureOids.ecdsaWithSha512, { family: 'ecdsa', digest: 'sha512' }],
  [signatureOids.ecdsaWithSha3With224, { family: 'ecdsa', digest: 'sha3-224' }],
  [signatureOids.ecdsaWithSha3With256, { family: 'ecdsa', digest: 'sha3-256' }],
  [signatureOids.ecdsaWithSha3With384, { family: 'ecdsa', digest: 'sha3-384' }],
  [signatureOids.ecdsaWithSha3With512, { family: 'ecdsa', digest: 'sha3-512' }],
  [signatureOids.dsaWithSha1, { family: 'dsa', digest: 'sha1' }],
  [signatureOids.dsaWithSha224, { family: 'dsa', digest: 'sha224' }],
  [signatureOids.dsaWithSha256, { family: 'dsa', digest: 'sha256' }],
  [signatureOids.gost2001With94, { family: 'gost2001', digest: 'gost94' }],
  [signatureOids.gost2012With256, { family: 'gost2012', digest: 'streebog256' }],
  [signatureOids.gost2012With512, { family: 'gost2012', digest: 'streebog512' }],
]);

/**
 * The signature algorithm that an AlgorithmIdentifier names: in certificates, lists and answers on its own, in a
 * CMS SignerInfo together with `messageDigest`, because there the identifier of the key may stand for it
 * (RFC 3370, section 3.2; RFC 5753; RFC 9215). Returns undefined where it is unknown, contradicts `messageDigest`
 * or has parameters it must not have; throws an EncodingError where the parameters are no encoding.
 */
export function resolveSignatureAlgorithm(
  identifier: AlgorithmIdentifier,
  messageDigest?: DigestAlgorithm,
): SignatureAlgorithm | undefined {
  if (identifier.oid === signatureOids.rsaPss) return resolvePss(identifier, messageDigest);
  if (identifier.oid === signatureOids.ed25519) {
    return identifier.parameters === undefined ? { family: 'ed25519' } : undefined;
  }
  if (!hasNoParameters(identifier)) return undefined;
  const fixed = withDigest.get(identifier.oid);
  if (fixed !== undefined)
    return messageDigest === undefined || messageDigest === fixed.digest ? fixed : undefined;
  return messageDigest === undefined ? undefined : resolveKeyIdentifier(identifier.oid, messageDigest);
}

/**
 * The digest that a signature algorithm's own identifier fixes, where a message announces another one. Undefined where
 * it agrees, or fixes none. Throws as `resolveSignatureAlgorithm`.
 */
export function digestContradicting(
  identifier: AlgorithmIdentifier,
  messageDigest: DigestAlgorithm,
): DigestAlgorithm | undefined {
  if (resolveSignatureAlgorithm(identifier, messageDigest) !== undefined) return undefined;
  const alone = resolveSignatureAlgorithm(identifier);
  return alone === undefined || alone.family === 'ed25519' ? undefined : alone.digest;
}

function resolveKeyIdentifier(oid: string, digest: DigestAlgorithm): SignatureAlgorithm | undefined {
  const isGostDigest = digest === 'streebog256' || digest === 'streebog512' || digest === 'gost94';
  switch (oid) {
    case keyOids.rsa:
      return isGostDigest ? undefined : { family: 'rsa-pkcs1', digest };
    case keyOids.ec:
      return isGostDigest ? undefined : { family: 'ecdsa', digest };
    case keyOids.dsa:
      return isGostDigest ? undefined : { family: 'dsa', digest };
    case keyOids.gost2012With256:
      return digest === 'streebog256' ? { family: 'gost2012', digest } : undefined;
    case keyOids.gost2012With512:
      return digest === 'streebog512' ? { family: 'gost2012', digest } : undefined;
    case keyOids.gost2001:
      if (digest === 'streebog256') return { family: 'gost2012', digest, isMislabelled: true };
      return digest === 'gost94' ? { family: 'gost2001', digest } : undefined;
    default:
      return undefined;
  }
}

function resolvePss(
  { parameters }: AlgorithmIdentifier,
  messageDigest?: DigestAlgorithm,
): SignatureAlgorithm | undefined {
  const pss = parameters === undefined ? undefined : readPssParameters(parameters);
  if (pss === undefined || (messageDigest !== undefined && messageDigest !== pss.digest)) return undefined;
  return { family: 'rsa-pss', ...pss };
}

/** Whether a signature of this algorithm can be made with a key of this kind. */
export function fitsKey(algorithm: SignatureAlgorithm, key: PublicKey): boolean {
  switch (algorithm.family) {
    case 'rsa-pkcs1':
      return key.family === 'rsa' && !key.isPssOnly;
    case 'rsa-pss':
      return key.family === 'rsa' && (key.pss === undefined || keepsTo(algorithm, key.pss));
    case 'ecdsa':
      return key.family === 'ec';
    case 'gost2012':
      return key.family === 'gost2012' && key.bits === digestLengths[algorithm.digest] * 8;
    default:
      return key.family === algorithm.family;
  }
}

/** Name for people and reports, such as `RSASSA-PSS with SHA-256`. */
export function signatureAlgorithmName(algorithm: SignatureAlgorithm): string {
  if (algorithm.family === 'ed25519') return 'Ed25519';
  return `${familyNames[algorithm.family]} with ${digestNames[algorithm.digest]}`;
}

const familyNames = {
  'rsa-pkcs1': 'RSASSA-PKCS1-v1_5',
  'rsa-pss': 'RSASSA-PSS',
  ecdsa: 'ECDSA',
  dsa: 'DSA',
  gost2012: 'GOST R 34.10-2012',
  gost2001: 'GOST R 34.10-2001',
} as const;

/** Names of hash functions for people and reports. */
export const digestNames: Readonly<Record<DigestAlgorithm, string>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha3-224': 'SHA3-224',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
  gost94: 'GOST R 34.11-94',
  streebog256: 'Streebog-256',
  streebog512: 'Streebog-512',
};
