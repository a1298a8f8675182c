import type { webcrypto } from 'node:crypto';
import { CryptoKey as CryptoKeyBase } from 'webcrypto-core';
import { digestOids } from '../algorithm/digest.ts';
import { keyOids } from '../algorithm/oids.ts';
import { parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { Reader } from '../asn1/reader.ts';
import {
  encodeBitString,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../asn1/writer.ts';
import type { GostCurve } from '../gost/curve.ts';
import {
  type GostKeyAlgorithm,
  type GostParameterSet,
  gostKeyAlgorithm,
  gostParameterSetByOid,
  gostParameterSets,
} from './gost-algorithm.ts';

/** A GOST key in memory. `octets`: of a public key X ‖ Y, of a private key the number; both little-endian. */
export class GostCryptoKey extends CryptoKeyBase {
  declare algorithm: GostKeyAlgorithm;
  readonly octets: Uint8Array;

  constructor(
    algorithm: GostKeyAlgorithm,
    type: 'public' | 'private',
    octets: Uint8Array,
    extractable: boolean,
    usages: readonly webcrypto.KeyUsage[],
  ) {
    super();
    this.algorithm = algorithm;
    this.type = type;
    this.octets = octets;
    this.extractable = extractable;
    this.usages = [...usages];
  }
}

/** The curve behind a key. */
export function curveOf({ namedCurve }: GostKeyAlgorithm): GostCurve {
  return gostParameterSets[namedCurve].curve;
}

/** AlgorithmIdentifier of a key: key type and parameters (RFC 9215, section 4.2). */
export function encodeKeyAlgorithm(namedCurve: GostParameterSet): Uint8Array {
  const { oid, bits, namesDigest } = gostParameterSets[namedCurve];
  const digest = bits === 256 ? digestOids.streebog256 : digestOids.streebog512;
  const parameters = encodeSequence(encodeOid(oid), ...(namesDigest ? [encodeOid(digest)] : []));
  return encodeSequence(encodeOid(keyOidOf(bits)), parameters);
}

function keyOidOf(bits: 256 | 512): string {
  return bits === 256 ? keyOids.gost2012With256 : keyOids.gost2012With512;
}

/** SubjectPublicKeyInfo of a public key. */
export function encodePublicKey(key: GostCryptoKey): Uint8Array {
  return encodeSequence(
    encodeKeyAlgorithm(key.algorithm.namedCurve),
    encodeBitString(encodeOctetString(key.octets)),
  );
}

/** Key type and octets of a SubjectPublicKeyInfo. Throws an EncodingError, or a RangeError where it is no GOST key. */
export function decodePublicKey(spki: Uint8Array): { algorithm: GostKeyAlgorithm; octets: Uint8Array } {
  const info = parsePublicKeyInfo(spki);
  const algorithm = keyAlgorithmOf(info.algorithm.oid, info.algorithm.parameters);
  const octets = Reader.der(info.key).octetString();
  if (octets.length !== 2 * curveOf(algorithm).size) throw new RangeError('key of false length');
  return { algorithm, octets: Uint8Array.from(octets) };
}

/**
 * PKCS #8 of a private key: the octets stand little-endian in the OCTET STRING itself, as OpenSSL's engine
 * writes them and every reader that was tried takes them.
 */
export function encodePrivateKey(key: GostCryptoKey): Uint8Array {
  return encodeSequence(
    encodeUnsigned(Uint8Array.of(0)),
    encodeKeyAlgorithm(key.algorithm.namedCurve),
    encodeOctetString(key.octets),
  );
}

/** Key type and octets of a PKCS #8 private key; some tools nest a second OCTET STRING. */
export function decodePrivateKey(pkcs8: Uint8Array): { algorithm: GostKeyAlgorithm; octets: Uint8Array } {
  const fields = Reader.der(pkcs8).sequence();
  fields.smallInteger();
  const identifier = fields.sequence();
  const algorithm = keyAlgorithmOf(identifier.oid(), identifier.isAtEnd ? undefined : identifier.any());
  const content = fields.octetString();
  const { size: length } = curveOf(algorithm);
  const octets = content.length === length ? content : Reader.der(content).octetString();
  if (octets.length !== length) throw new RangeError('key of false length');
  return { algorithm, octets: Uint8Array.from(octets) };
}

function keyAlgorithmOf(keyOid: string, parameters: Uint8Array | undefined): GostKeyAlgorithm {
  if (parameters === undefined) throw new RangeError('GOST key without parameters');
  const curveOid = Reader.der(parameters).sequence().oid();
  const namedCurve = gostParameterSetByOid(curveOid);
  if (namedCurve === undefined) throw new RangeError(`unknown parameter set ${curveOid}`);
  if (keyOid !== keyOidOf(gostParameterSets[namedCurve].bits)) throw new RangeError(`no GOST key: ${keyOid}`);
  return gostKeyAlgorithm(namedCurve);
}
