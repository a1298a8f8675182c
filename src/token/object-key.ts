import { keyOids } from '../algorithm/oids.ts';
import { EncodingError } from '../asn1/error.ts';
import { declareOids } from '../asn1/oid.ts';
import { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isFailure } from '../error.ts';
import { certificateTypeX509, keyType, objectClass } from './cryptoki.ts';
import type { ObjectAttributes, TokenObject } from './protocol.ts';
import {
  curveByOid,
  curveSize,
  isSameKey,
  readPublicKey,
  rsaKey,
  type TokenPublicKey,
} from './public-key.ts';

/** The parameters of the hash of 1994, which mark a key of GOST R 34.10-2001 (RFC 4357, section 11.2). */
const { gost94Parameters } = declareOids({ gost94Parameters: '1.2.643.2.2.30.1' });

/** A certificate object, read. */
export interface CertificateObject {
  readonly handle: string;
  readonly label: string;
  /** CKA_ID in hexadecimal; empty where the token gives none. */
  readonly id: string;
  readonly certificate: Certificate;
  readonly key: TokenPublicKey;
}

/** CKA_ID in hexadecimal; empty where the token gives none. */
export function idOf({ id }: ObjectAttributes): string {
  return hex(id);
}

/** Certificates that cannot be read, and those with keys of other kinds, are passed over: a token may hold anything. */
export function readCertificateObject({ handle, attributes }: TokenObject): CertificateObject[] {
  const { class: kind, certType, value, label = '' } = attributes;
  if (kind !== objectClass.certificate || value === undefined) return [];
  if (certType !== undefined && certType !== certificateTypeX509) return [];
  return passOver(() => {
    const certificate = parseCertificate(value);
    return [{ handle, label, id: idOf(attributes), certificate, key: readPublicKey(certificate.publicKey) }];
  });
}

/** The key of a public key object; undefined for kinds that we do not sign with, and for broken ones. */
export function publicKeyOfObject(attributes: ObjectAttributes): TokenPublicKey | undefined {
  return passOver(() => {
    const key = readKeyAttributes(attributes);
    return key === undefined ? [] : [key];
  })[0];
}

function passOver<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof EncodingError || isFailure(error)) return [];
    throw error;
  }
}

/**
 * Whether a private key object tells by itself that `key` is its public half: by CKA_PUBLIC_KEY_INFO, by the RSA
 * modulus, or by the EC point that some tokens show there. Undefined where it tells nothing.
 */
export function isOwnPublicKey(attributes: ObjectAttributes, key: TokenPublicKey): boolean | undefined {
  const { publicKeyInfo, modulus, keyType: kind } = attributes;
  if (kind === keyType.rsa && modulus !== undefined) {
    return key.type === 'rsa' && hex(rsaModulus(modulus)) === hex(key.modulus);
  }
  const told = passOver(() => (publicKeyInfo === undefined ? [] : [readPublicKey(publicKeyInfo)]))[0];
  const own =
    told ?? (kind === keyType.ec || kind === keyType.edwards ? publicKeyOfObject(attributes) : undefined);
  return own && isSameKey(own, key);
}

function rsaModulus(modulus: Uint8Array): Uint8Array {
  const key = rsaKey(modulus, new Uint8Array());
  return key.type === 'rsa' ? key.modulus : modulus;
}

/**
 * Whether a private key object is of the kind and size of a public key. The parameter set of a GOST key does not count:
 * some makers name another one in the private half, of the same curve or not.
 */
export function isFit(own: ObjectAttributes, key: TokenPublicKey): boolean {
  switch (own.keyType) {
    case keyType.rsa:
      return key.type === 'rsa';
    case keyType.ec:
      return (
        key.type === 'ec' &&
        (own.paramsECDSA === undefined ||
          oidOf(own.paramsECDSA) === undefined ||
          curveByOid(oidOf(own.paramsECDSA) ?? '') === key.curve)
      );
    case keyType.edwards:
      return key.type === 'ed25519';
    case keyType.gost:
    case keyType.gost512:
      return (
        key.type === 'gost' && key.bits === (own.keyType === keyType.gost ? 256 : 512) && isGost2012(own)
      );
    default:
      return false;
  }
}

/** CKK_GOSTR3410 means 2001 as well as 2012; the hash's parameters tell them apart. */
function isGost2012(attributes: ObjectAttributes): boolean {
  return attributes.gostR3411Params === undefined || oidOf(attributes.gostR3411Params) !== gost94Parameters;
}

function readKeyAttributes(attributes: ObjectAttributes): TokenPublicKey | undefined {
  const { keyType: kind, modulus, publicExponent, paramsECDSA, pointEC, gostR3410Params, value } = attributes;
  switch (kind) {
    case keyType.rsa:
      return modulus && publicExponent && rsaKey(modulus, publicExponent);
    case keyType.ec: {
      const curve = paramsECDSA && curveByOid(oidOf(paramsECDSA) ?? '');
      if (curve === undefined || pointEC === undefined) return undefined;
      return { type: 'ec', curve, point: unwrapped(pointEC, 2 * curveSize(curve) + 1) };
    }
    case keyType.edwards: {
      if (paramsECDSA === undefined || pointEC === undefined) return undefined;
      const isEd25519 =
        oidOf(paramsECDSA) === keyOids.ed25519 || Buffer.from(paramsECDSA).includes('edwards25519');
      return isEd25519 ? { type: 'ed25519', point: unwrapped(pointEC, 32) } : undefined;
    }
    case keyType.gost:
    case keyType.gost512: {
      const parameterSet = gostR3410Params && oidOf(gostR3410Params);
      if (parameterSet === undefined || value === undefined || !isGost2012(attributes)) return undefined;
      const bits = kind === keyType.gost ? 256 : 512;
      return { type: 'gost', bits, parameterSet, point: unwrapped(value, bits / 4) };
    }
    default:
      return undefined;
  }
}

/** The OID that a parameter attribute holds in DER; undefined where it holds something else. */
function oidOf(parameters: Uint8Array): string | undefined {
  return parameters[0] === tag.oid ? Reader.der(parameters).oid() : undefined;
}

/** A point as it is, or out of the OCTET STRING in which PKCS#11 wants EC points and some drivers put GOST ones. */
function unwrapped(point: Uint8Array, size: number): Uint8Array {
  const octets = point.length === size ? point : Reader.der(point).octetString();
  if (octets.length !== size) throw new EncodingError('point has the wrong length', 0);
  return octets;
}

function hex(octets: Uint8Array | undefined): string {
  return octets === undefined ? '' : Buffer.from(octets).toString('hex');
}
