import type { webcrypto } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { AlgorithmError, OperationError, ProviderCrypto } from 'webcrypto-core';
import type { GostCurve } from '../gost/curve.ts';
import { gost } from '../gost/engine.ts';
import {
  type GostKeyAlgorithm,
  gostAlgorithmName,
  gostKeyAlgorithm,
  isGostParameterSet,
  type StreebogName,
} from './gost-algorithm.ts';
import {
  curveOf,
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  GostCryptoKey,
} from './gost-key.ts';

const digests = { 'STREEBOG-256': 'streebog256', 'STREEBOG-512': 'streebog512' } as const;

/**
 * GOST R 34.10-2012 for WebCrypto: `generateKey`, `sign`, `verify`, `importKey` and `exportKey` in the formats
 * `spki` and `pkcs8`, on the engine of src/gost. Signatures are s ‖ r (RFC 9215, section 2), as X.509 and CMS
 * carry them. The hash follows from the key; naming another one is an error.
 */
export class GostProvider extends ProviderCrypto {
  readonly name = gostAlgorithmName;
  readonly usages: { privateKey: webcrypto.KeyUsage[]; publicKey: webcrypto.KeyUsage[] } = {
    privateKey: ['sign'],
    publicKey: ['verify'],
  };

  override async onGenerateKey(
    algorithm: webcrypto.Algorithm,
    extractable: boolean,
    usages: webcrypto.KeyUsage[],
  ): Promise<webcrypto.CryptoKeyPair> {
    const name = 'namedCurve' in algorithm ? String(algorithm.namedCurve) : '';
    if (!isGostParameterSet(name)) throw new OperationError(`namedCurve: unknown parameter set ${name}`);
    const keyAlgorithm = gostKeyAlgorithm(name);
    const curve = curveOf(keyAlgorithm);
    const privateOctets = newPrivateKey(curve);
    const publicOctets = gost.publicKey(curve, privateOctets);
    return {
      privateKey: new GostCryptoKey(
        keyAlgorithm,
        'private',
        privateOctets,
        extractable,
        usages.filter((usage) => usage === 'sign'),
      ),
      publicKey: new GostCryptoKey(
        keyAlgorithm,
        'public',
        publicOctets,
        true,
        usages.filter((usage) => usage === 'verify'),
      ),
    };
  }

  override async onSign(
    algorithm: webcrypto.Algorithm,
    key: webcrypto.CryptoKey,
    data: ArrayBuffer,
  ): Promise<ArrayBuffer> {
    const own = ownKey(key, 'private');
    checkHash(algorithm, own.algorithm);
    const digest = gost.digest(digests[own.algorithm.hash.name], new Uint8Array(data));
    return bufferOf(gost.sign(curveOf(own.algorithm), digest, own.octets));
  }

  override async onVerify(
    algorithm: webcrypto.Algorithm,
    key: webcrypto.CryptoKey,
    signature: ArrayBuffer,
    data: ArrayBuffer,
  ): Promise<boolean> {
    const own = ownKey(key, 'public');
    checkHash(algorithm, own.algorithm);
    const digest = gost.digest(digests[own.algorithm.hash.name], new Uint8Array(data));
    return gost.verify(curveOf(own.algorithm), digest, new Uint8Array(signature), own.octets);
  }

  override async onExportKey(format: webcrypto.KeyFormat, key: webcrypto.CryptoKey): Promise<ArrayBuffer> {
    if (format === 'spki') return bufferOf(encodePublicKey(ownKey(key, 'public')));
    if (format === 'pkcs8') return bufferOf(encodePrivateKey(ownKey(key, 'private')));
    throw new OperationError(`format: ${format} is not defined for GOST keys`);
  }

  override async onImportKey(
    format: webcrypto.KeyFormat,
    keyData: webcrypto.JsonWebKey | webcrypto.BufferSource,
    algorithm: webcrypto.Algorithm,
    extractable: boolean,
    usages: webcrypto.KeyUsage[],
  ): Promise<webcrypto.CryptoKey> {
    const octets = octetsOf(keyData);
    if (octets === undefined || (format !== 'spki' && format !== 'pkcs8')) {
      throw new OperationError(`format: ${format} is not defined for GOST keys`);
    }
    const isPublic = format === 'spki';
    const decoded = (isPublic ? decodePublicKey : decodePrivateKey)(octets);
    const named = 'namedCurve' in algorithm ? String(algorithm.namedCurve) : decoded.algorithm.namedCurve;
    if (named !== decoded.algorithm.namedCurve) throw new AlgorithmError('namedCurve differs from the key');
    checkHash(algorithm, decoded.algorithm);
    if (isPublic) {
      const flaw = gost.checkPublicKey(curveOf(decoded.algorithm), decoded.octets);
      if (flaw !== undefined) throw new OperationError(`keyData: ${flaw}`);
    }
    return new GostCryptoKey(
      decoded.algorithm,
      isPublic ? 'public' : 'private',
      decoded.octets,
      extractable,
      usages,
    );
  }
}

function ownKey(key: webcrypto.CryptoKey, type: 'public' | 'private'): GostCryptoKey {
  if (!(key instanceof GostCryptoKey) || key.type !== type)
    throw new OperationError(`key: no ${type} GOST key`);
  return key;
}

/** Calls may name a hash, as they have to for ECDSA; it has to be the one that the key's size asks for. */
function checkHash(algorithm: webcrypto.Algorithm, key: GostKeyAlgorithm): void {
  if (!('hash' in algorithm) || algorithm.hash === undefined) return;
  const { hash } = algorithm as { hash: string | { name: string } };
  const name = (typeof hash === 'string' ? hash : hash.name).toUpperCase() as StreebogName;
  if (name !== key.hash.name) throw new AlgorithmError(`hash: ${name} does not fit the key`);
}

function octetsOf(data: webcrypto.JsonWebKey | webcrypto.BufferSource): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (!ArrayBuffer.isView(data)) return undefined;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function bufferOf(octets: Uint8Array): ArrayBuffer {
  return Uint8Array.from(octets).buffer;
}

/** A number from 1 to q - 1, little-endian; whatever is out of range is drawn again, so that none is likelier. */
function newPrivateKey({ size, parameters: { q } }: GostCurve): Uint8Array {
  const excess = size * 8 - q.toString(2).length;
  for (;;) {
    const octets = randomBytes(size);
    octets[size - 1] = octets[size - 1]! >> excess;
    const value = BigInt(`0x${Buffer.from(octets).reverse().toString('hex')}`);
    if (value > 0n && value < q) return octets;
    octets.fill(0);
  }
}
