import type { webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import {
  AlgorithmIdentifier,
  CryptoEngine,
  type CryptoEngineAlgorithmOperation,
  type CryptoEngineAlgorithmParams,
  type CryptoEngineSignatureParams,
} from 'pkijs';
import { digestOids } from '../algorithm/digest.ts';
import { keyOids, signatureOids } from '../algorithm/oids.ts';
import { crypto } from './crypto.ts';
import { gostAlgorithmName, isGostKeyAlgorithm } from './gost-algorithm.ts';

interface NamedAlgorithm extends webcrypto.Algorithm {
  hash?: { name: string };
}

const ed25519Name = 'Ed25519';

const algorithmsByOid = new Map<string, NamedAlgorithm>([
  [signatureOids.gost2012With256, { name: gostAlgorithmName, hash: { name: 'STREEBOG-256' } }],
  [signatureOids.gost2012With512, { name: gostAlgorithmName, hash: { name: 'STREEBOG-512' } }],
  [keyOids.gost2012With256, { name: gostAlgorithmName, hash: { name: 'STREEBOG-256' } }],
  [keyOids.gost2012With512, { name: gostAlgorithmName, hash: { name: 'STREEBOG-512' } }],
  [digestOids.streebog256, { name: 'STREEBOG-256' }],
  [digestOids.streebog512, { name: 'STREEBOG-512' }],
  [signatureOids.ed25519, { name: ed25519Name }],
]);

/** Whether keys of this algorithm pass pkijs by on their way to WebCrypto, because it would turn them into JWK. */
function isOwnAlgorithm(name: string): boolean {
  return name === gostAlgorithmName || name === ed25519Name;
}

/**
 * pkijs's view of WebCrypto, with GOST R 34.10-2012, Streebog and Ed25519 added: object identifiers, names and
 * parameters. Handed to pkijs's methods as their last argument, it leaves pkijs's global engine alone.
 */
export class GostCryptoEngine extends CryptoEngine {
  override async importKey(
    format: webcrypto.KeyFormat,
    keyData: webcrypto.BufferSource | webcrypto.JsonWebKey,
    algorithm: webcrypto.AlgorithmIdentifier,
    extractable: boolean,
    usages: webcrypto.KeyUsage[],
  ): Promise<webcrypto.CryptoKey> {
    const name = typeof algorithm === 'string' ? algorithm : algorithm.name;
    if (!isOwnAlgorithm(name) || format === 'jwk') {
      return super.importKey(format, keyData, algorithm, extractable, usages);
    }
    return this.subtle.importKey(format, keyData as webcrypto.BufferSource, algorithm, extractable, usages);
  }

  override exportKey(format: 'jwk', key: webcrypto.CryptoKey): Promise<webcrypto.JsonWebKey>;
  override exportKey(
    format: Exclude<webcrypto.KeyFormat, 'jwk'>,
    key: webcrypto.CryptoKey,
  ): Promise<ArrayBuffer>;
  override exportKey(format: string, key: webcrypto.CryptoKey): Promise<ArrayBuffer | webcrypto.JsonWebKey>;
  override async exportKey(
    format: string,
    key: webcrypto.CryptoKey,
  ): Promise<ArrayBuffer | webcrypto.JsonWebKey> {
    if (!isOwnAlgorithm(key.algorithm.name)) return super.exportKey(format, key);
    return this.subtle.exportKey(format as webcrypto.KeyFormat, key);
  }

  override getAlgorithmByOID<T extends webcrypto.Algorithm = webcrypto.Algorithm>(
    oid: string,
    safety?: boolean,
    target?: string,
  ): T | object;
  override getAlgorithmByOID<T extends webcrypto.Algorithm = webcrypto.Algorithm>(
    oid: string,
    safety: true,
    target?: string,
  ): T;
  override getAlgorithmByOID(oid: string, safety = false, target?: string): object {
    const own = algorithmsByOid.get(oid);
    return own === undefined ? super.getAlgorithmByOID(oid, safety, target) : structuredClone(own);
  }

  override getOIDByAlgorithm(algorithm: webcrypto.Algorithm, safety?: boolean, target?: string): string {
    const { name, hash } = algorithm as NamedAlgorithm;
    for (const [oid, own] of algorithmsByOid) {
      if (own.name.toUpperCase() === name.toUpperCase() && own.hash?.name === hash?.name?.toUpperCase())
        return oid;
    }
    return super.getOIDByAlgorithm(algorithm, safety, target);
  }

  override getAlgorithmParameters(
    name: string,
    operation: CryptoEngineAlgorithmOperation,
  ): CryptoEngineAlgorithmParams {
    if (!isOwnAlgorithm(name)) return super.getAlgorithmParameters(name, operation);
    const usages: webcrypto.KeyUsage[] = operation === 'sign' ? ['sign'] : ['verify'];
    const hash = name === gostAlgorithmName ? { hash: { name: 'STREEBOG-256' } } : {};
    return { algorithm: { name, ...hash }, usages };
  }

  /** Hash that a signature algorithm implies; for GOST the identifier of the key may stand in its place. */
  override getHashAlgorithm(signatureAlgorithm: AlgorithmIdentifier): string {
    if (signatureAlgorithm.algorithmId === signatureOids.ed25519) return 'SHA-512';
    const own = algorithmsByOid.get(signatureAlgorithm.algorithmId);
    return own?.hash?.name ?? super.getHashAlgorithm(signatureAlgorithm);
  }

  override async getSignatureParameters(
    privateKey: webcrypto.CryptoKey,
    hashAlgorithm?: string,
  ): Promise<CryptoEngineSignatureParams> {
    const { algorithm } = privateKey;
    if (isGostKeyAlgorithm(algorithm)) {
      const parameters = { algorithm: { name: algorithm.name, hash: algorithm.hash }, usages: [] };
      const algorithmId = this.getOIDByAlgorithm(parameters.algorithm);
      return { signatureAlgorithm: new AlgorithmIdentifier({ algorithmId }), parameters };
    }
    if (algorithm.name === ed25519Name) {
      const signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: signatureOids.ed25519 });
      return { signatureAlgorithm, parameters: { algorithm: { name: ed25519Name }, usages: [] } };
    }
    const found = await super.getSignatureParameters(privateKey, hashAlgorithm);
    // RFC 4055, section 5: parameters are NULL for PKCS #1 v1.5, where pkijs leaves them out.
    if (algorithm.name === 'RSASSA-PKCS1-v1_5') found.signatureAlgorithm.algorithmParams = new asn1js.Null();
    return found;
  }
}

/** The one instance; it holds no state. */
export const engine: GostCryptoEngine = new GostCryptoEngine({ name: 'sealgate', crypto });
