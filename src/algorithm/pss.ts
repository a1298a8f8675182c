import { Reader } from '../asn1/reader.ts';
import { contextConstructed, tag } from '../asn1/tag.ts';
import { type DigestAlgorithm, digestByOid } from './digest.ts';
import { hasNoParameters, readAlgorithmIdentifier } from './identifier.ts';
import { mgf1Oid } from './oids.ts';

/** RSASSA-PSS-params (RFC 4055, section 3.1) with MGF1, of a signature or of a key. */
export interface PssParameters {
  readonly digest: DigestAlgorithm;
  /** The hash function inside MGF1. */
  readonly maskDigest: DigestAlgorithm;
  /** Octets of salt; in a key the least that a signature may have (section 3.3). */
  readonly saltLength: number;
}

/** The values that stand where RSASSA-PSS-params leaves a field out. */
const defaults: PssParameters = { digest: 'sha1', maskDigest: 'sha1', saltLength: 20 };

/** Longest salt that is looked at, in octets; longer ones cannot fit the longest accepted RSA modulus. */
const longestSalt = 1024;

/**
 * Reads RSASSA-PSS-params. Undefined where a hash function is unknown, the mask is not MGF1, the trailer is another
 * than the only one there is, or the salt is too long; throws an EncodingError where it is no such encoding.
 */
export function readPssParameters(encoding: Uint8Array): PssParameters | undefined {
  const fields = Reader.der(encoding).sequence();
  const hashField = fields.optionalConstructed(contextConstructed(0));
  const digest = hashField === undefined ? defaults.digest : readDigest(hashField);
  const maskField = fields.optionalConstructed(contextConstructed(1));
  const maskDigest = maskField === undefined ? defaults.maskDigest : readMask(maskField);
  const saltField = fields.optionalConstructed(contextConstructed(2));
  const saltLength = saltField?.smallInteger(tag.integer) ?? defaults.saltLength;
  saltField?.finish();
  const trailerField = fields.optionalConstructed(contextConstructed(3));
  const trailer = trailerField?.smallInteger() ?? 1;
  trailerField?.finish();
  fields.finish();
  if (digest === undefined || maskDigest === undefined || trailer !== 1 || saltLength > longestSalt)
    return undefined;
  return { digest, maskDigest, saltLength };
}

/**
 * Whether a signature with parameters `used` keeps to what its key is bound to: the same hash functions, and at least
 * as much salt (RFC 4055, section 3.3).
 */
export function keepsTo(used: PssParameters, bound: PssParameters): boolean {
  return (
    used.digest === bound.digest &&
    used.maskDigest === bound.maskDigest &&
    used.saltLength >= bound.saltLength
  );
}

function readDigest(field: Reader): DigestAlgorithm | undefined {
  const identifier = readAlgorithmIdentifier(field);
  field.finish();
  return hasNoParameters(identifier) ? digestByOid(identifier.oid) : undefined;
}

function readMask(field: Reader): DigestAlgorithm | undefined {
  const identifier = readAlgorithmIdentifier(field);
  field.finish();
  if (identifier.oid !== mgf1Oid || identifier.parameters === undefined) return undefined;
  return readDigest(Reader.der(identifier.parameters));
}
