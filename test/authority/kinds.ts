import type { KeyKind } from '../../src/authority/key.ts';
import { whyNoEngine } from './openssl.ts';

/** Every kind of key that an authority is to be made of, with why OpenSSL cannot judge it here. */
export const judgedKinds: readonly { readonly kind: KeyKind; readonly skip: string | undefined }[] = [
  ...(['rsa-2048', 'rsa-pss-2048', 'ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519'] as const).map(
    (kind) => ({
      kind,
      skip: undefined,
    }),
  ),
  ...(['gost2012-256', 'gost2012-256-tc26-a', 'gost2012-512', 'gost2012-512-tc26-c'] as const).map(
    (kind) => ({
      kind,
      skip: whyNoEngine,
    }),
  ),
];
