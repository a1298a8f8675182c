import { randomBytes } from 'node:crypto';
import { digestOids } from '../algorithm/digest.ts';
import { curveOids, keyOids } from '../algorithm/oids.ts';
import { encodeOid } from '../asn1/writer.ts';
import { SealgateError } from '../error.ts';
import { type GostParameterSet, gostParameterSets } from '../webcrypto/gost-algorithm.ts';
import { keyGeneration, keyType } from './cryptoki.ts';
import type { MechanismCall, ObjectTemplate } from './protocol.ts';
import type { TokenPublicKey } from './public-key.ts';

/** Kinds of keys that can be generated. */
export const keyAlgorithms = [
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ed25519',
  'gost2012-256',
  'gost2012-512',
] as const;

export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** What the token is asked to generate. */
export interface KeyPairPlan {
  readonly algorithm: KeyAlgorithm;
  readonly mechanism: MechanismCall;
  readonly publicKey: ObjectTemplate;
  readonly privateKey: ObjectTemplate;
  /** What the private key's template has beside that on tokens that ask for it there too. */
  readonly privateParameters?: ObjectTemplate;
}

/**
 * Templates for a key pair: the private key is sensitive and cannot be extracted, both keys carry one random CKA_ID.
 * `parameterSet` is for GOST and has to be of the key's size, otherwise a RangeError is thrown; without it XchA and 512-A are taken, the sets of which
 * real subscriber certificates and most software are.
 */
export function planKeyPair(
  algorithm: KeyAlgorithm,
  label: string,
  parameterSet?: GostParameterSet,
): KeyPairPlan {
  const id = randomBytes(8);
  const both = { token: true, label, id };
  const { mechanism, kind, parameters, size } = kindOf(algorithm, parameterSet);
  return {
    algorithm,
    mechanism: { type: mechanism },
    publicKey: { ...both, keyType: kind, private: false, verify: true, ...parameters, ...size },
    privateKey: { ...both, keyType: kind, sensitive: true, extractable: false, sign: true },
    // Makers differ: for GOST some want the parameters in both templates, some refuse them in the private one.
    ...(algorithm.startsWith('gost') && { privateParameters: parameters }),
  };
}

/** The kind of key to generate where one like `key` is wanted. Throws `mechanism_unsupported` for a kind that is not. */
export function keyAlgorithmOf(key: TokenPublicKey, token: string): KeyAlgorithm {
  const name = nameLike(key);
  const known = keyAlgorithms.find((algorithm) => algorithm === name);
  if (known === undefined) throw new SealgateError('mechanism_unsupported', { mechanism: name, token });
  return known;
}

function nameLike(key: TokenPublicKey): string {
  switch (key.type) {
    case 'rsa':
      return `rsa-${key.bits}`;
    case 'ec':
      return `ec-${key.curve.replace('-', '').toLowerCase()}`;
    case 'ed25519':
      return key.type;
    case 'gost':
      return `gost2012-${key.bits}`;
  }
}

interface Kind {
  readonly mechanism: number;
  readonly kind: number;
  readonly parameters: Readonly<Record<string, Uint8Array>>;
  readonly size?: Readonly<Record<string, number | Uint8Array>>;
}

const exponent65537 = Uint8Array.of(1, 0, 1);

function kindOf(algorithm: KeyAlgorithm, parameterSet: GostParameterSet | undefined): Kind {
  switch (algorithm) {
    case 'rsa-2048':
    case 'rsa-3072':
    case 'rsa-4096': {
      const size = { modulusBits: Number(algorithm.slice(4)), publicExponent: exponent65537 };
      return { mechanism: keyGeneration.rsa, kind: keyType.rsa, parameters: {}, size };
    }
    case 'ec-p256':
      return onCurve(curveOids['P-256']);
    case 'ec-p384':
      return onCurve(curveOids['P-384']);
    case 'ec-p521':
      return onCurve(curveOids['P-521']);
    case 'ed25519':
      return {
        mechanism: keyGeneration.edwards,
        kind: keyType.edwards,
        parameters: { paramsECDSA: encodeOid(keyOids.ed25519) },
      };
    case 'gost2012-256':
      return {
        mechanism: keyGeneration.gost,
        kind: keyType.gost,
        parameters: gostParameters(256, parameterSet ?? 'CryptoPro-XchA', digestOids.streebog256),
      };
    case 'gost2012-512':
      return {
        mechanism: keyGeneration.gost512,
        kind: keyType.gost512,
        parameters: gostParameters(512, parameterSet ?? 'TC26-512-A', digestOids.streebog512),
      };
  }
}

function onCurve(oid: string): Kind {
  return { mechanism: keyGeneration.ec, kind: keyType.ec, parameters: { paramsECDSA: encodeOid(oid) } };
}

function gostParameters(bits: 256 | 512, name: GostParameterSet, hash: string): Record<string, Uint8Array> {
  const { oid, bits: size } = gostParameterSets[name];
  if (size !== bits) throw new RangeError(`${name} is no parameter set of ${bits} bits`);
  return {
    gostR3410Params: encodeOid(oid),
    gostR3411Params: encodeOid(hash),
  };
}
