import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { SealgateError } from '../error.ts';
import { ecdsaToRaw } from '../token/ecdsa.ts';
import type { SignatureScheme, Signer } from '../token/signer.ts';

/** Algorithms of assertions (RFC 7518, RFC 8037), with the scheme and the digest each stands for. */
const algorithms = {
  ES256: { scheme: 'ecdsa-sha256', digest: 'sha256', coordinate: 32 },
  ES384: { scheme: 'ecdsa-sha384', digest: 'sha384', coordinate: 48 },
  ES512: { scheme: 'ecdsa-sha512', digest: 'sha512', coordinate: 66 },
  RS256: { scheme: 'rsa-pkcs1-sha256', digest: 'sha256', coordinate: 0 },
  EdDSA: { scheme: 'ed25519', digest: null, coordinate: 0 },
} as const satisfies Record<string, { scheme: SignatureScheme; digest: string | null; coordinate: number }>;

/** An algorithm that assertions can be signed with. */
export type AssertionAlgorithm = keyof typeof algorithms;

/** All of them, for those who verify. */
export const assertionAlgorithms = Object.keys(algorithms) as AssertionAlgorithm[];

/** A key that signs assertions, in a file or on a token. */
export interface AssertionSigner {
  readonly algorithm: AssertionAlgorithm;
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  /** The public key with `kid`, `alg` and `use`, as the JWKS shows it. */
  readonly jwk: JWK;
  /** The protected header of its assertions, as it stands in them: base64url. */
  readonly header: string;
  /** The signature in the form of JWS: r‖s for ECDSA. Throws `assertion_key_unavailable`. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Signs with a PKCS#8 key in a PEM file. Throws `assertion_key_unavailable` where the file cannot be read or holds a
 * key of another kind.
 */
export async function openKeyFile(path: string): Promise<AssertionSigner> {
  return onPrivateKey(await readPrivateKey(path));
}

/**
 * Signs with a key in memory. Rejects with `assertion_key_unavailable` for one that assertions are not signed with.
 * node:crypto signs in the form of X.509 and the numbers are taken out here: asking it for the raw form takes twice as
 * long.
 */
export async function onPrivateKey(key: KeyObject): Promise<AssertionSigner> {
  const described = await describe(createPublicKey(key));
  const { digest, coordinate } = algorithms[described.algorithm];
  return {
    ...described,
    async sign(data) {
      const signature = sign(digest, data, key);
      return coordinate === 0 ? signature : ecdsaToRaw(signature, coordinate);
    },
    close: async () => {},
  };
}

async function readPrivateKey(path: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await readFile(path));
  } catch (error) {
    throw new SealgateError('assertion_key_unavailable', {}, { cause: error });
  }
}

/** Signs with a key on a token. Throws `assertion_key_unavailable` for a key that assertions cannot be signed with. */
export async function onToken(token: Signer): Promise<AssertionSigner> {
  const publicKey = createPublicKey({ key: Buffer.from(token.publicKey), format: 'der', type: 'spki' });
  const described = await describe(publicKey);
  const { scheme, coordinate } = algorithms[described.algorithm];
  return {
    ...described,
    async sign(data) {
      try {
        const signature = await token.sign(data, scheme);
        return coordinate === 0 ? signature : ecdsaToRaw(signature, coordinate);
      } catch (error) {
        throw new SealgateError('assertion_key_unavailable', {}, { cause: error });
      }
    },
    close: () => token.close(),
  };
}

async function describe(
  publicKey: KeyObject,
): Promise<Pick<AssertionSigner, 'algorithm' | 'kid' | 'jwk' | 'header'>> {
  const bare = await exportJWK(publicKey);
  const algorithm = algorithmOf(bare);
  const kid = await calculateJwkThumbprint(bare);
  const header = Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT', kid })).toString('base64url');
  return { algorithm, kid, jwk: { ...bare, kid, alg: algorithm, use: 'sig' }, header };
}

function algorithmOf({ kty, crv }: JWK): AssertionAlgorithm {
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  if (kty === 'EC' && crv === 'P-384') return 'ES384';
  if (kty === 'EC' && crv === 'P-521') return 'ES512';
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  if (kty === 'RSA') return 'RS256';
  throw new SealgateError(
    'assertion_key_unavailable',
    {},
    { cause: new Error(`no algorithm for a ${kty} key`) },
  );
}

/** Whether `signer` signs what its public key verifies: a token with the wrong key, or a damaged file, shows at once. */
export async function selfCheck(signer: AssertionSigner): Promise<boolean> {
  const data = Buffer.from('sealgate self-check');
  const { digest, coordinate } = algorithms[signer.algorithm];
  const key = createPublicKey({ key: signer.jwk as Record<string, string>, format: 'jwk' });
  const signature = await signer.sign(data);
  return verify(digest, data, coordinate === 0 ? key : { key, dsaEncoding: 'ieee-p1363' }, signature);
}
