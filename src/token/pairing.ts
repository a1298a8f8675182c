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
  encodePublicKey,
  isSameKey,
  readPublicKey,
  rsaKey,
  type TokenPublicKey,
} from './public-key.ts';

/** The parameters of the hash of 1994, which mark a key of GOST R 34.10-2001 (RFC 4357, section 11.2). */
const { gost94Parameters } = declareOids({ gost94Parameters: '1.2.643.2.2.30.1' });

/** A key of the token: the parts of it that the session sees. */
export interface TokenKey {
  /** CKA_ID in hexadecimal; empty where the token gives none. */
  readonly id: string;
  readonly label: string;
  /** Absent where neither a public key object nor a certificate tells it. */
  readonly publicKey?: TokenPublicKey;
  /** DER SubjectPublicKeyInfo: the certificate's own octets where there is a certificate. */
  readonly spki?: Uint8Array;
  /** Handle of the private key; absent before a login, and where there is none. */
  readonly privateKey?: string;
  /** Whether the PIN is wanted at each signature. */
  readonly alwaysAuthenticate: boolean;
  readonly certificates: readonly TokenCertificate[];
}

/** A certificate of the token. */
export interface TokenCertificate {
  readonly label: string;
  readonly id: string;
  readonly certificate: Certificate;
}

/** What a token holds, put together. */
export interface TokenContents {
  readonly keys: readonly TokenKey[];
  /** Certificates whose key the session does not see: of other people, of authorities, or with the key hidden. */
  readonly loose: readonly TokenCertificate[];
}

/**
 * Puts certificates, public and private keys of a token together. Kind and parameters have to agree; the RSA modulus
 * pairs by itself, otherwise certificate and public key pair by key, and public and private key by CKA_ID, which
 * the writer sets. A certificate without a public key object pairs with the private key by CKA_ID alone; the check
 * of each signature against the certificate's key then finds a false pair.
 */
export function pairObjects(objects: readonly TokenObject[]): TokenContents {
  const certificates = objects.flatMap(readCertificateObject);
  const publics = objects
    .filter(({ attributes }) => attributes.class === objectClass.publicKey)
    .map(({ attributes }) => ({ attributes, key: tokenPublicKeyOf(attributes) }));
  const privates = objects.filter(({ attributes }) => attributes.class === objectClass.privateKey);
  const paired = new Set<TokenCertificate>();
  const usedPublics = new Set<ObjectAttributes>();

  const keys: TokenKey[] = privates.map(({ handle, attributes }) => {
    const half = publics.find(
      ({ attributes: other, key }) => key !== undefined && isPair(attributes, other, key),
    );
    if (half !== undefined) usedPublics.add(half.attributes);
    const known = half?.key;
    const own = certificates.filter(({ id, key }) =>
      known !== undefined
        ? isSameKey(key, known)
        : isFit(attributes, key) && (isRsaPair(attributes, key) || id === hex(attributes.id)),
    );
    for (const { certificate } of own) paired.add(certificate);
    return keyOf(
      attributes,
      known ?? own[0]?.key,
      own.map(({ certificate }) => certificate),
      handle,
    );
  });
  for (const { attributes, key } of publics) {
    if (usedPublics.has(attributes) || key === undefined) continue;
    const own = certificates.filter((candidate) => isSameKey(candidate.key, key));
    for (const { certificate } of own) paired.add(certificate);
    keys.push(
      keyOf(
        attributes,
        key,
        own.map(({ certificate }) => certificate),
      ),
    );
  }
  const loose = certificates
    .map(({ certificate }) => certificate)
    .filter((certificate) => !paired.has(certificate));
  return { keys, loose };
}

function keyOf(
  attributes: ObjectAttributes,
  publicKey: TokenPublicKey | undefined,
  certificates: readonly TokenCertificate[],
  privateKey?: string,
): TokenKey {
  const spki = certificates[0]?.certificate.publicKey.der ?? (publicKey && encodePublicKey(publicKey));
  return {
    id: hex(attributes.id),
    label: attributes.label ?? certificates[0]?.label ?? '',
    alwaysAuthenticate: attributes.alwaysAuth === true,
    certificates,
    ...(publicKey !== undefined && { publicKey }),
    ...(spki !== undefined && { spki }),
    ...(privateKey !== undefined && { privateKey }),
  };
}

interface ReadCertificate {
  readonly certificate: TokenCertificate;
  readonly id: string;
  readonly key: TokenPublicKey;
}

/** Certificates that cannot be read, and keys of other kinds, are passed over: a token may hold anything. */
function readCertificateObject({ attributes }: TokenObject): ReadCertificate[] {
  const { class: kind, certType, value } = attributes;
  if (kind !== objectClass.certificate || value === undefined) return [];
  if (certType !== undefined && certType !== certificateTypeX509) return [];
  return passOver(() => {
    const certificate = parseCertificate(value);
    const id = hex(attributes.id);
    const label = attributes.label ?? '';
    return [{ certificate: { label, id, certificate }, id, key: readPublicKey(certificate.publicKey) }];
  });
}

function passOver<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof EncodingError || isFailure(error)) return [];
    throw error;
  }
}

/** Whether a public key object is the other half of a private one. */
function isPair(own: ObjectAttributes, other: ObjectAttributes, key: TokenPublicKey): boolean {
  if (!isFit(own, key)) return false;
  if (own.modulus !== undefined) return isRsaPair(own, key);
  return own.id !== undefined && hex(own.id) === hex(other.id);
}

function isRsaPair(own: ObjectAttributes, key: TokenPublicKey): boolean {
  return key.type === 'rsa' && own.modulus !== undefined && hex(rsaModulus(own.modulus)) === hex(key.modulus);
}

function rsaModulus(modulus: Uint8Array): Uint8Array {
  const key = rsaKey(modulus, new Uint8Array());
  return key.type === 'rsa' ? key.modulus : modulus;
}

/** Whether kind and parameters of a private key object agree with a public key. */
function isFit(own: ObjectAttributes, key: TokenPublicKey): boolean {
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
        key.type === 'gost' &&
        key.bits === (own.keyType === keyType.gost ? 256 : 512) &&
        isGost2012(own) &&
        (own.gostR3410Params === undefined || oidOf(own.gostR3410Params) === key.parameterSet)
      );
    default:
      return false;
  }
}

/** CKK_GOSTR3410 means 2001 as well as 2012; the hash's parameters tell them apart. */
function isGost2012(attributes: ObjectAttributes): boolean {
  return attributes.gostR3411Params === undefined || oidOf(attributes.gostR3411Params) !== gost94Parameters;
}

/** The key of a public key object; undefined for kinds that we do not sign with, and for broken ones. */
function tokenPublicKeyOf(attributes: ObjectAttributes): TokenPublicKey | undefined {
  return passOver(() => {
    const key = readKeyAttributes(attributes);
    return key === undefined ? [] : [key];
  })[0];
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
