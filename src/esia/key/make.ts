import { hash } from 'node:crypto';
import { exportPrivateKey, generateKeyPair } from '../../authority/key.ts';
import { selfSigned } from '../../authority/self-signed.ts';
import type { EsiaTokenAlgorithm } from '../../relying-party/esia-system.ts';

/** A new key of tokens, that nobody has yet. */
export interface MadeTokenKey {
  readonly algorithm: EsiaTokenAlgorithm;
  /** DER; signed by the key itself. */
  readonly certificate: Uint8Array;
  /** SHA-256 of it, hexadecimal. */
  readonly certificateHash: string;
  /** PKCS #8, DER. */
  readonly privateKey: Uint8Array;
  /** Milliseconds since the epoch: from when to when it signs. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** How long a key of tokens serves: ЕСИА exchanges its own every year, and whoever pins one has to be told in time. */
const lifetime = 2 * 365 * 86_400_000;

const kinds = { RS256: 'rsa-2048', GOST3410_2012_256: 'gost2012-256' } as const;

/** Makes a key of tokens with a certificate that it signs itself. It signs from `from` (ms), for two years. */
export async function makeTokenKey(algorithm: EsiaTokenAlgorithm, from: number): Promise<MadeTokenKey> {
  const pair = await generateKeyPair(kinds[algorithm]);
  const term = { notBefore: Math.floor(from / 1000) * 1000, notAfter: from + lifetime };
  const certificate = await selfSigned(pair, `Sealgate tokens ${algorithm}`, term);
  const certificateHash = hash('sha256', certificate, 'hex');
  return { algorithm, certificate, certificateHash, privateKey: await exportPrivateKey(pair), ...term };
}
