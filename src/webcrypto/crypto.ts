import { Crypto } from '@peculiar/webcrypto';
import { SubtleCrypto } from 'webcrypto-core';
import { GostProvider } from './gost-provider.ts';
import { StreebogProvider } from './streebog-provider.ts';

/** WebCrypto with everything that @peculiar/webcrypto has, and GOST R 34.10-2012 and Streebog besides. */
export class GostCrypto extends Crypto {
  constructor() {
    super();
    // The declarations of @peculiar/webcrypto hide that its `subtle` keeps a list of providers.
    if (!(this.subtle instanceof SubtleCrypto))
      throw new Error('@peculiar/webcrypto is not on webcrypto-core');
    const { providers } = this.subtle;
    providers.set(new GostProvider());
    providers.set(new StreebogProvider('STREEBOG-256'));
    providers.set(new StreebogProvider('STREEBOG-512'));
  }
}

/** The one instance; it holds no state. */
export const crypto: GostCrypto = new GostCrypto();
