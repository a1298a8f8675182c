import { digestOids } from '../algorithm/digest.ts';
import { curveOids, keyOids } from '../algorithm/oids.ts';
import { type PublicKeyInfo, parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import {
  encodeBitString,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../asn1/writer.ts';
import { SealgateError } from '../error.ts';
import type { SignatureScheme } from './signer.ts';

/** Curves on which a token key may lie. */
export type CurveName = keyof typeof curveOids;

/** A public key by what makes it that key; two encodings of one key give equal descriptions. */
export type TokenPublicKey =
  | {
      readonly type: 'rsa';
      readonly bits: number;
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
    }
  /** `point` is uncompressed: 04 ‖ x ‖ y. */
  | { readonly type: 'ec'; readonly curve: CurveName; readonly point: Uint8Array }
  | { readonly type: 'ed25519'; readonly point: Uint8Array }
  /** `point` is X‖Y, both little-endian, as in the SPKI (RFC 9215, section 4.3). `parameterSet` is an OID. */
  | {
      readonly type: 'gost';
      readonly bits: 256 | 512;
      readonly parameterSet: string;
      readonly point: Uint8Array;
    };

const curvesByOid = new Map<string, CurveName>(
  Object.entries(curveOids).map(([name, oid]) => [oid, name as CurveName]),
);

/** Name of the curve with that OID, if it is one that we sign on. */
export function curveByOid(oid: string): CurveName | undefined {
  return curvesByOid.get(oid);
}

/** Octets of one coordinate or scalar. */
export function curveSize(curve: CurveName): number {
  return { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[curve];
}

/**
 * Reads a SubjectPublicKeyInfo. Throws `algorithm_forbidden` for a key of another kind, and an EncodingError where
 * the structure is broken. Whether the point lies on its curve is not checked here.
 */
export function readPublicKey(info: PublicKeyInfo | Uint8Array): TokenPublicKey {
  const { algorithm, key } = info instanceof Uint8Array ? parsePublicKeyInfo(info) : info;
  const parameters = Reader.der(algorithm.parameters ?? new Uint8Array());
  switch (algorithm.oid) {
    case keyOids.rsa: {
      const numbers = Reader.der(key).sequence();
      return rsaKey(numbers.integer(), numbers.integer());
    }
    case keyOids.ec: {
      const curve = parameters.peek() === tag.oid ? curveByOid(parameters.oid()) : undefined;
      if (curve === undefined) break;
      return { type: 'ec', curve, point: key };
    }
    case keyOids.ed25519:
      return { type: 'ed25519', point: key };
    case keyOids.gost2012With256:
    case keyOids.gost2012With512:
      return {
        type: 'gost',
        bits: algorithm.oid === keyOids.gost2012With256 ? 256 : 512,
        parameterSet: parameters.sequence().oid(),
        point: Reader.der(key).octetString(),
      };
  }
  throw new SealgateError('algorithm_forbidden', {
    algorithm: algorithm.oid,
    where: 'token-key',
    accepted: 'RSA, EC P-256, P-384, P-521, Ed25519, GOST R 34.10-2012',
  });
}

/** An RSA key of modulus and exponent, big-endian, with or without leading zeros. */
export function rsaKey(modulus: Uint8Array, exponent: Uint8Array): TokenPublicKey {
  const significant = withoutZeros(modulus);
  const bits = significant.length === 0 ? 0 : significant.length * 8 - Math.clz32(significant[0]!) + 24;
  return { type: 'rsa', bits, modulus: significant, exponent: withoutZeros(exponent) };
}

function withoutZeros(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length && octets[start] === 0) start++;
  return octets.subarray(start);
}

/**
 * DER SubjectPublicKeyInfo of a key. GOST keys name the digest set only with the parameter sets of 2001,
 * as RFC 9215, section 4.2, says (BouncyCastle 1.72 cannot read the others, which is its fault).
 */
export function encodePublicKey(key: TokenPublicKey): Uint8Array {
  switch (key.type) {
    case 'rsa':
      return encodeSequence(
        encodeSequence(encodeOid(keyOids.rsa), encodedNull),
        encodeBitString(encodeSequence(encodeUnsigned(key.modulus), encodeUnsigned(key.exponent))),
      );
    case 'ec':
      return encodeSequence(
        encodeSequence(encodeOid(keyOids.ec), encodeOid(curveOids[key.curve])),
        encodeBitString(key.point),
      );
    case 'ed25519':
      return encodeSequence(encodeSequence(encodeOid(keyOids.ed25519)), encodeBitString(key.point));
    case 'gost': {
      const isOldSet = key.bits === 256 && key.parameterSet.startsWith('1.2.643.2.2.');
      const parameters = encodeSequence(
        encodeOid(key.parameterSet),
        ...(isOldSet ? [encodeOid(digestOids.streebog256)] : []),
      );
      const algorithm = encodeSequence(
        encodeOid(key.bits === 256 ? keyOids.gost2012With256 : keyOids.gost2012With512),
        parameters,
      );
      return encodeSequence(algorithm, encodeBitString(encodeOctetString(key.point)));
    }
  }
}

/** Whether both are the same key, whatever the optional parts of their encodings. */
export function isSameKey(a: TokenPublicKey, b: TokenPublicKey): boolean {
  if (a.type === 'rsa') {
    return b.type === 'rsa' && isEqual(a.modulus, b.modulus) && isEqual(a.exponent, b.exponent);
  }
  if (b.type === 'rsa' || a.type !== b.type || !isEqual(a.point, b.point)) return false;
  if (a.type === 'ec') return b.type === 'ec' && a.curve === b.curve;
  return a.type !== 'gost' || (b.type === 'gost' && a.bits === b.bits);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The schemes that a key of this kind signs with, the customary one first. */
export function schemesOf(key: TokenPublicKey): readonly SignatureScheme[] {
  switch (key.type) {
    case 'rsa':
      return [
        'rsa-pkcs1-sha256',
        'rsa-pkcs1-sha384',
        'rsa-pkcs1-sha512',
        'rsa-pss-sha256',
        'rsa-pss-sha384',
        'rsa-pss-sha512',
      ];
    case 'ec':
      return {
        'P-256': ['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] as const,
        'P-384': ['ecdsa-sha384', 'ecdsa-sha512', 'ecdsa-sha256'] as const,
        'P-521': ['ecdsa-sha512', 'ecdsa-sha384', 'ecdsa-sha256'] as const,
      }[key.curve];
    case 'ed25519':
      return ['ed25519'];
    case 'gost':
      return [key.bits === 256 ? 'gost2012-256' : 'gost2012-512'];
  }
}
