import type { webcrypto } from 'node:crypto';
import { type GostCurve, gostCurves } from '../gost/curve.ts';

/** Name of the signature algorithm and of its keys in WebCrypto calls. */
export const gostAlgorithmName = 'GOST R 34.10-2012';

/** Names of the hash functions in WebCrypto calls, in the manner of `SHA-256`. */
export type StreebogName = 'STREEBOG-256' | 'STREEBOG-512';

/** A GOST key as WebCrypto describes it. */
export interface GostKeyAlgorithm extends webcrypto.KeyAlgorithm {
  readonly name: typeof gostAlgorithmName;
  /** Name of the parameter set; several names may stand for one curve and are kept apart. */
  readonly namedCurve: GostParameterSet;
  readonly hash: { readonly name: StreebogName };
}

/** A set of curve parameters as keys name it. */
interface ParameterSet {
  readonly oid: string;
  readonly bits: 256 | 512;
  readonly curve: GostCurve;
  /** Whether SubjectPublicKeyInfo names the hash as well (RFC 9215, section 4.2). */
  readonly namesDigest: boolean;
}

const names = [
  'CryptoPro-A',
  'CryptoPro-B',
  'CryptoPro-C',
  'CryptoPro-XchA',
  'CryptoPro-XchB',
  'TC26-256-A',
  'TC26-256-B',
  'TC26-256-C',
  'TC26-256-D',
  'TC26-512-A',
  'TC26-512-B',
  'TC26-512-C',
] as const;

/** Parameter sets that keys are made on; the sets for examples are left out, since their keys protect nothing. */
export type GostParameterSet = (typeof names)[number];

/** All parameter sets by name. */
export const gostParameterSets = Object.fromEntries(
  names.map((name) => [name, parameterSetOf(name)]),
) as Readonly<Record<GostParameterSet, ParameterSet>>;

function parameterSetOf(name: GostParameterSet): ParameterSet {
  const curve = gostCurves.find((candidate) => candidate.name === name);
  if (curve === undefined) throw new Error(`parameter set ${name} is missing`);
  return { oid: curve.oid, bits: curve.bits, curve, namesDigest: name.startsWith('CryptoPro') };
}

/** Name of the parameter set with this identifier, or undefined. */
export function gostParameterSetByOid(oid: string): GostParameterSet | undefined {
  return names.find((name) => gostParameterSets[name].oid === oid);
}

/** Whether `name` is a parameter set of this table. */
export function isGostParameterSet(name: string): name is GostParameterSet {
  return Object.hasOwn(gostParameterSets, name);
}

/** The key algorithm that a parameter set makes; the hash follows from its size. */
export function gostKeyAlgorithm(namedCurve: GostParameterSet): GostKeyAlgorithm {
  const { bits } = gostParameterSets[namedCurve];
  return {
    name: gostAlgorithmName,
    namedCurve,
    hash: { name: bits === 256 ? 'STREEBOG-256' : 'STREEBOG-512' },
  };
}

/** Whether a key algorithm is one of GOST R 34.10-2012. */
export function isGostKeyAlgorithm(algorithm: webcrypto.KeyAlgorithm): algorithm is GostKeyAlgorithm {
  return algorithm.name === gostAlgorithmName;
}
