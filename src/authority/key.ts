import type { webcrypto } from 'node:crypto';
import { encodeBitString, encodeSequence } from '../asn1/writer.ts';
import { crypto } from '../webcrypto/crypto.ts';
import { type GostParameterSet, gostAlgorithmName, gostKeyAlgorithm } from '../webcrypto/gost-algorithm.ts';
import { engine } from '../webcrypto/pkijs-engine.ts';

const rsaExponent = Uint8Array.of(1, 0, 1);

interface KeyRecipe {
  /** What WebCrypto generates and imports such keys by. */
  readonly key: webcrypto.Algorithm;
  /** What it signs by. */
  readonly signing: webcrypto.Algorithm;
  readonly hash: string;
}

function rsa(modulusLength: number, name = 'RSASSA-PKCS1-v1_5', hash = 'SHA-256'): KeyRecipe {
  const key = { name, modulusLength, publicExponent: rsaExponent, hash };
  const signing = name === 'RSA-PSS' ? { name, hash, saltLength: 32 } : { name, hash };
  return { key, signing, hash };
}

function ecdsa(namedCurve: string, hash: string): KeyRecipe {
  return {
    key: { name: 'ECDSA', namedCurve } as webcrypto.Algorithm,
    signing: { name: 'ECDSA', hash } as webcrypto.Algorithm,
    hash,
  };
}

function gost(namedCurve: GostParameterSet): KeyRecipe {
  const key = gostKeyAlgorithm(namedCurve);
  return { key, signing: { name: gostAlgorithmName }, hash: key.hash.name };
}

const recipes = {
  'rsa-1024': rsa(1024),
  'rsa-2048': rsa(2048),
  'rsa-3072': rsa(3072),
  'rsa-4096': rsa(4096),
  'rsa-2048-sha1': rsa(2048, 'RSASSA-PKCS1-v1_5', 'SHA-1'),
  'rsa-pss-2048': rsa(2048, 'RSA-PSS'),
  'ecdsa-p256': ecdsa('P-256', 'SHA-256'),
  'ecdsa-p384': ecdsa('P-384', 'SHA-384'),
  'ecdsa-p521': ecdsa('P-521', 'SHA-512'),
  'ecdsa-p256-sha1': ecdsa('P-256', 'SHA-1'),
  ed25519: { key: { name: 'Ed25519' }, signing: { name: 'Ed25519' }, hash: 'SHA-512' },
  'gost2012-256': gost('CryptoPro-XchA'),
  'gost2012-256-cryptopro-a': gost('CryptoPro-A'),
  'gost2012-256-cryptopro-b': gost('CryptoPro-B'),
  'gost2012-256-cryptopro-c': gost('CryptoPro-C'),
  'gost2012-256-cryptopro-xchb': gost('CryptoPro-XchB'),
  'gost2012-256-tc26-a': gost('TC26-256-A'),
  'gost2012-256-tc26-b': gost('TC26-256-B'),
  'gost2012-256-tc26-c': gost('TC26-256-C'),
  'gost2012-256-tc26-d': gost('TC26-256-D'),
  'gost2012-512': gost('TC26-512-A'),
  'gost2012-512-tc26-b': gost('TC26-512-B'),
  'gost2012-512-tc26-c': gost('TC26-512-C'),
} satisfies Record<string, KeyRecipe>;

/**
 * Kinds of keys, each with the hash it signs by. `rsa-1024` and those ending in `sha1` are there so that
 * refusals can be tested.
 */
export type KeyKind = keyof typeof recipes;

/** All kinds of keys. */
export const keyKinds = Object.keys(recipes) as readonly KeyKind[];

/** Whether `text` names a kind of key. */
export function isKeyKind(text: string): text is KeyKind {
  return Object.hasOwn(recipes, text);
}

/** A key pair in memory. */
export interface KeyPair {
  readonly kind: KeyKind;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly keys: webcrypto.CryptoKeyPair;
  /** The algorithm to hand to WebCrypto, @peculiar/x509 and pkijs when signing. */
  readonly signing: webcrypto.Algorithm;
  /** WebCrypto's name of the hash. */
  readonly hash: string;
}

/** Makes a key pair. */
export async function generateKeyPair(kind: KeyKind): Promise<KeyPair> {
  const { key } = recipes[kind];
  const keys = (await crypto.subtle.generateKey(key, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  return describe(kind, keys);
}

/** The private key as PKCS #8, DER, not encrypted. */
export async function exportPrivateKey(pair: KeyPair): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.keys.privateKey));
}

/** A pair from its PKCS #8 and SubjectPublicKeyInfo. Throws where they do not belong together. */
export async function importKeyPair(
  kind: KeyKind,
  pkcs8: Uint8Array,
  publicKeyInfo: Uint8Array,
): Promise<KeyPair> {
  const { key, signing } = recipes[kind];
  const privateKey: webcrypto.CryptoKey = await crypto.subtle.importKey('pkcs8', pkcs8, key, true, ['sign']);
  const publicKey: webcrypto.CryptoKey = await crypto.subtle.importKey('spki', publicKeyInfo, key, true, [
    'verify',
  ]);
  const probe = new TextEncoder().encode('sealgate authority key check');
  const signature = await crypto.subtle.sign(signing, privateKey, probe);
  if (!(await crypto.subtle.verify(signing, publicKey, signature, probe))) {
    throw new Error('private key does not belong to the certificate');
  }
  return describe(kind, { privateKey, publicKey });
}

async function describe(kind: KeyKind, keys: webcrypto.CryptoKeyPair): Promise<KeyPair> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey));
  const { signing, hash } = recipes[kind];
  return { kind, publicKey, keys, signing, hash };
}

/**
 * SIGNED{…} of X.509: the body, which `encodeBody` makes around the AlgorithmIdentifier, the identifier once more,
 * and the signature.
 */
export async function signStructure(
  pair: KeyPair,
  encodeBody: (algorithm: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const { signatureAlgorithm, parameters } = await engine.getSignatureParameters(
    pair.keys.privateKey,
    pair.hash,
  );
  const algorithm = new Uint8Array(signatureAlgorithm.toSchema().toBER());
  const body = encodeBody(algorithm);
  const signature = await engine.signWithPrivateKey(body, pair.keys.privateKey, parameters);
  return encodeSequence(body, algorithm, encodeBitString(new Uint8Array(signature)));
}
