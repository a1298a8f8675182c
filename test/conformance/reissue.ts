import { signatureOids } from '../../src/algorithm/oids.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  encodeBitString,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/writer.ts';
import { type GostCurve, gostCurveByOid } from '../../src/gost/curve.ts';
import { gost } from '../../src/gost/engine.ts';

/** A GOST key pair in place of another key. */
export interface GostPair {
  readonly curve: GostCurve;
  /** Little-endian. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo (RFC 9215, section 4). */
  readonly spki: Uint8Array;
}

/** Parameter sets in turn, so that a suite uses several: CryptoPro-XchA, TC26-256-A, TC26-512-A, TC26-512-C. */
const curveOids = ['1.2.643.2.2.36.0', '1.2.643.7.1.2.1.1.1', '1.2.643.7.1.2.1.2.1', '1.2.643.7.1.2.1.2.3'];

function keyAlgorithm(curve: GostCurve): Uint8Array {
  const oid = curve.bits === 256 ? '1.2.643.7.1.1.1.1' : '1.2.643.7.1.1.1.2';
  const digest = curve.bits === 256 ? '1.2.643.7.1.1.2.2' : '1.2.643.7.1.1.2.3';
  const isNamedAfterDigest = curve.oid.startsWith('1.2.643.2.2.');
  const parameters = encodeSequence(encodeOid(curve.oid), ...(isNamedAfterDigest ? [encodeOid(digest)] : []));
  return encodeSequence(encodeOid(oid), parameters);
}

/** The pair that stands for a key, the same for the same octets: `original` is its SubjectPublicKeyInfo. */
export function gostPairFor(original: Uint8Array): GostPair {
  const seed = gost.digest('streebog512', original);
  const curve = gostCurveByOid(curveOids[seed[0]! % curveOids.length]!);
  if (curve === undefined) throw new Error('a parameter set is missing');
  const privateKey = seed.slice(0, curve.size);
  // Below every group order in use, whose highest octet is at least 0x3f.
  privateKey[curve.size - 1]! &= 0x1f;
  const point = gost.publicKey(curve, privateKey);
  return {
    curve,
    privateKey,
    spki: encodeSequence(keyAlgorithm(curve), encodeBitString(encodeOctetString(point))),
  };
}

/** AlgorithmIdentifier of signatures with a pair (RFC 9215, section 3: no parameters). */
function signatureAlgorithm({ curve }: GostPair): Uint8Array {
  return encodeSequence(
    encodeOid(curve.bits === 256 ? signatureOids.gost2012With256 : signatureOids.gost2012With512),
  );
}

function seal(
  body: readonly Uint8Array[],
  signer: GostPair,
  isSpoilt: boolean,
  algorithm: Uint8Array = signatureAlgorithm(signer),
): Uint8Array {
  const signed = encodeSequence(...body);
  const digest = gost.digest(signer.curve.bits === 256 ? 'streebog256' : 'streebog512', signed);
  const signature = gost.sign(signer.curve, digest, signer.privateKey, new Uint8Array());
  if (isSpoilt) signature[0]! ^= 1;
  return encodeSequence(signed, algorithm, encodeBitString(signature));
}

/** The encodings of the fields of the signed part of a certificate or list. */
export function signedFields(der: Uint8Array): Uint8Array[] {
  const signed = Reader.der(der).sequence().sequence();
  const fields: Uint8Array[] = [];
  while (!signed.isAtEnd) fields.push(signed.raw());
  return fields;
}

/** How far a version field in front shifts the others. */
function shift(fields: readonly Uint8Array[]): number {
  return fields[0]![0] === contextConstructed(0) ? 1 : 0;
}

/** SubjectPublicKeyInfo of a certificate. */
export function spkiOf(der: Uint8Array): Uint8Array {
  const fields = signedFields(der);
  return fields[shift(fields) + 5]!;
}

/** The certificate with another key and signature; names, extensions, serial number and dates stay octet by octet. */
export function reissueCertificate(
  der: Uint8Array,
  key: GostPair,
  signer: GostPair,
  isSpoilt: boolean,
): Uint8Array {
  const fields = signedFields(der);
  fields[shift(fields) + 1] = signatureAlgorithm(signer);
  fields[shift(fields) + 5] = key.spki;
  return seal(fields, signer, isSpoilt);
}

/** The certificate re-issued with NULL as parameters of the signature algorithm, as the Bank of Russia writes them. */
export function withSignatureParameters(der: Uint8Array, key: GostPair, signer: GostPair): Uint8Array {
  const fields = signedFields(der);
  const oid = Reader.der(signatureAlgorithm(signer)).sequence().raw();
  const algorithm = encodeSequence(oid, encodedNull);
  fields[shift(fields) + 1] = algorithm;
  fields[shift(fields) + 5] = key.spki;
  return seal(fields, signer, false, algorithm);
}

/** The revocation list with another signature. */
export function reissueList(der: Uint8Array, signer: GostPair, isSpoilt: boolean): Uint8Array {
  const fields = signedFields(der);
  const algorithm = fields[0]![0] === tag.integer ? 1 : 0;
  fields[algorithm] = signatureAlgorithm(signer);
  return seal(fields, signer, isSpoilt);
}
