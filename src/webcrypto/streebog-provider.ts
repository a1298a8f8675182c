import type { webcrypto } from 'node:crypto';
import { ProviderCrypto } from 'webcrypto-core';
import { gost } from '../gost/engine.ts';
import type { StreebogName } from './gost-algorithm.ts';

/** Streebog (GOST R 34.11-2012) for WebCrypto's `digest`; octets as hash libraries put them out. */
export class StreebogProvider extends ProviderCrypto {
  readonly name: StreebogName;
  readonly usages: webcrypto.KeyUsage[] = [];

  constructor(name: StreebogName) {
    super();
    this.name = name;
  }

  override async onDigest(_algorithm: webcrypto.Algorithm, data: ArrayBuffer): Promise<ArrayBuffer> {
    const algorithm = this.name === 'STREEBOG-256' ? 'streebog256' : 'streebog512';
    return Uint8Array.from(gost.digest(algorithm, new Uint8Array(data))).buffer;
  }
}
