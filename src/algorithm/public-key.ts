import type { KeyObject } from 'node:crypto';
import { Reader } from '../asn1/reader.ts';
import { type EcCurve, type EcKey, ecdsa } from './ecdsa.ts';
import { type GostKey, readGostKey } from './gost-key.ts';
import { importHandle } from './key-handle.ts';
import { curveOids, keyOids } from './oids.ts';
import { type PssParameters, readPssParameters } from './pss.ts';
import type { PublicKeyInfo, UnusableKey } from './public-key-info.ts';

/** An RSA key. */
export interface RsaKey {
  readonly family: 'rsa';
  readonly bits: number;
  /** Whether the key is for RSASSA-PSS alone (RFC 4055, section 1.2). */
  readonly isPssOnly: boolean;
  /** What signatures of a key for RSASSA-PSS have to keep to (section 3.3); undefined where it does not say. */
  readonly pss: PssParameters | undefined;
  readonly handle: KeyObject;
}

/** A key that a signature can be verified with, told apart by family. */
export type PublicKey =
  | RsaKey
  | EcKey
  | { readonly family: 'ed25519'; readonly handle: KeyObject }
  | { readonly family: 'dsa'; readonly bits: number; readonly handle: KeyObject }
  | GostKey;

/** Longest RSA modulus in bits that any policy accepts: 16,384 bits cost the verifier as much as 30 keys of 2,048. */
export const longestRsa = 8192;

/** Public exponents are less than this; all known key generators keep to it, and a longer one doubles the work. */
const exponentLimit = 1n << 32n;

const curveNames = new Map<string, EcCurve>(
  Object.entries(curveOids).map(([name, oid]) => [oid, name as EcCurve]),
);

const imported = new WeakMap<PublicKeyInfo, PublicKey | UnusableKey>();

/**
 * The key behind a SubjectPublicKeyInfo, checked as far as its kind asks (points on their curve, RSA modulus
 * and exponent in bounds). Imported once for each PublicKeyInfo. A DSA key without parameters says nothing alone and
 * is malformed here; path validation writes it with those of its issuer (RFC 3279, section 2.3.2).
 */
export function publicKeyOf(info: PublicKeyInfo): PublicKey | UnusableKey {
  let key = imported.get(info);
  if (key === undefined) {
    key = importKey(info);
    imported.set(info, key);
  }
  return key;
}

function importKey(info: PublicKeyInfo): PublicKey | UnusableKey {
  switch (info.algorithm.oid) {
    case keyOids.rsa:
    case keyOids.rsaPss:
      return importRsa(info);
    case keyOids.ec:
      return importEc(info);
    case keyOids.ed25519:
      return importEd25519(info);
    case keyOids.dsa:
      return importDsa(info);
    case keyOids.gost2001:
    case keyOids.gost2012With256:
    case keyOids.gost2012With512:
      return readGostKey(info);
    case keyOids.gost94:
      return { family: 'unusable', reason: 'unknown', kind: 'GOST R 34.10-94' };
    default:
      return { family: 'unusable', reason: 'unknown', kind: info.algorithm.oid };
  }
}

function malformed(kind: string): UnusableKey {
  return { family: 'unusable', reason: 'malformed', kind };
}

function importRsa(info: PublicKeyInfo): PublicKey | UnusableKey {
  const isPssOnly = info.algorithm.oid === keyOids.rsaPss;
  const handle = importHandle(info.der);
  const bits = handle?.asymmetricKeyDetails?.modulusLength;
  const exponent = handle?.asymmetricKeyDetails?.publicExponent;
  if (handle === undefined || bits === undefined || exponent === undefined) return malformed('RSA');
  // An even or enormous exponent never comes from a key generator; the latter costs the verifier dearly.
  if (bits > longestRsa || exponent < 3n || exponent % 2n === 0n || exponent >= exponentLimit)
    return malformed('RSA');
  const { parameters } = info.algorithm;
  if (!isPssOnly || parameters === undefined)
    return { family: 'rsa', bits, isPssOnly, pss: undefined, handle };
  const pss = readPssParameters(parameters);
  return pss === undefined ? malformed('RSA') : { family: 'rsa', bits, isPssOnly, pss, handle };
}

function importEc(info: PublicKeyInfo): PublicKey | UnusableKey {
  const { parameters } = info.algorithm;
  if (parameters === undefined || parameters[0] !== 0x06)
    return malformed('EC with parameters that are no named curve');
  const curveOid = Reader.der(parameters).oid();
  const curve = curveNames.get(curveOid);
  if (curve === undefined) return { family: 'unusable', reason: 'unknown', kind: `EC curve ${curveOid}` };
  const key: EcKey = { family: 'ec', curve, point: info.key, der: info.der };
  return ecdsa.isPublicKey(key) ? key : malformed(`EC ${curve}`);
}

function importEd25519(info: PublicKeyInfo): PublicKey | UnusableKey {
  // RFC 8410, section 3: parameters are absent.
  if (info.algorithm.parameters !== undefined || info.key.length !== 32) return malformed('Ed25519');
  const handle = importHandle(info.der);
  return handle === undefined ? malformed('Ed25519') : { family: 'ed25519', handle };
}

function importDsa(info: PublicKeyInfo): PublicKey | UnusableKey {
  if (info.algorithm.parameters === undefined) return malformed('DSA without parameters');
  const handle = importHandle(info.der);
  const bits = handle?.asymmetricKeyDetails?.modulusLength;
  return handle === undefined || bits === undefined ? malformed('DSA') : { family: 'dsa', bits, handle };
}
