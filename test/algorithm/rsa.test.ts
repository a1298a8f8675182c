import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DigestAlgorithm } from '../../src/algorithm/digest.ts';
import { digestOids } from '../../src/algorithm/digest.ts';
import { incrementalVerifier } from '../../src/algorithm/incremental.ts';
import { keyOids, mgf1Oid } from '../../src/algorithm/oids.ts';
import { currentAlgorithms, describeAccepted, forbiddenKey } from '../../src/algorithm/policy.ts';
import { type PublicKey, publicKeyOf } from '../../src/algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import type { SignatureAlgorithm } from '../../src/algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { contextConstructed } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import { genericAlgorithms } from '../../src/path/profile.ts';

const usualExponent = Uint8Array.of(1, 0, 1);

/** A key of that size whose modulus is no product of primes, which nobody looks into. */
function keyOf(bits: number, exponent: Uint8Array = usualExponent): ReturnType<typeof publicKeyOf> {
  const modulus = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
  modulus[0] = 0xff >> (modulus.length * 8 - bits);
  const numbers = encodeSequence(encodeUnsigned(modulus), encodeUnsigned(exponent));
  const algorithm = encodeSequence(encodeOid(keyOids.rsa), encodedNull);
  return publicKeyOf(parsePublicKeyInfo(encodeSequence(algorithm, encodeBitString(numbers))));
}

function usable(key: ReturnType<typeof publicKeyOf>): PublicKey {
  if (key.family === 'unusable') throw new Error(key.kind);
  return key;
}

describe('an RSA key', () => {
  it('of up to 8,192 bits is usable, a longer one is malformed', () => {
    expect(keyOf(8192)).toMatchObject({ family: 'rsa', bits: 8192 });
    expect(keyOf(8193)).toEqual({ family: 'unusable', reason: 'malformed', kind: 'RSA' });
    expect(keyOf(16_384)).toMatchObject({ reason: 'malformed' });
  });

  it('with an exponent of up to 32 bits is usable, with a longer one malformed', () => {
    expect(keyOf(2048, new Uint8Array(4).fill(0xff))).toMatchObject({ family: 'rsa' });
    expect(keyOf(2048, Uint8Array.of(1, 0, 0, 0, 1))).toMatchObject({ reason: 'malformed' });
    expect(keyOf(2048, new Uint8Array(8).fill(0xff))).toMatchObject({ reason: 'malformed' });
  });

  it('with an exponent that is even or one is malformed', () => {
    expect(keyOf(2048, Uint8Array.of(3))).toMatchObject({ family: 'rsa' });
    for (const exponent of [1, 2, 4])
      expect(keyOf(2048, Uint8Array.of(exponent))).toMatchObject({ reason: 'malformed' });
  });

  it('is accepted for logins from 2,048 to 4,096 bits, and for documents up to the longest', () => {
    const forbidden = (bits: number) => [
      forbiddenKey(currentAlgorithms, usable(keyOf(bits))),
      forbiddenKey(genericAlgorithms, usable(keyOf(bits))),
    ];
    expect(forbidden(2047)).toEqual(['RSA with 2047 bits', 'RSA with 2047 bits']);
    expect(forbidden(2048)).toEqual([undefined, undefined]);
    expect(forbidden(4096)).toEqual([undefined, undefined]);
    expect(forbidden(4097)).toEqual(['RSA with 4097 bits', undefined]);
    expect(forbidden(8192)).toEqual(['RSA with 8192 bits', undefined]);
    expect(describeAccepted(currentAlgorithms)).toContain('RSA from 2048 to 4096 bits');
  });
});

interface Parameters {
  readonly digest: DigestAlgorithm;
  readonly maskDigest: DigestAlgorithm;
  readonly saltLength: number;
}

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const data = Buffer.from('what is signed');

function algorithmOf({ digest, maskDigest, saltLength }: Parameters): Uint8Array {
  const identifier = (name: DigestAlgorithm) => encodeSequence(encodeOid(digestOids[name]), encodedNull);
  const parameters = encodeSequence(
    encode(contextConstructed(0), identifier(digest)),
    encode(contextConstructed(1), encodeSequence(encodeOid(mgf1Oid), identifier(maskDigest))),
    encode(contextConstructed(2), encodeUnsigned(Uint8Array.of(saltLength))),
  );
  return encodeSequence(encodeOid(keyOids.rsaPss), parameters);
}

/** The one key, bound to parameters. */
function boundKey(parameters: Parameters): PublicKey {
  const numbers = pair.publicKey.export({ format: 'der', type: 'pkcs1' });
  return usable(
    publicKeyOf(parsePublicKeyInfo(encodeSequence(algorithmOf(parameters), encodeBitString(numbers)))),
  );
}

/** The same for signing: node:crypto takes the hash inside MGF1 from the key. */
function boundPrivateKey(parameters: Parameters): KeyObject {
  const numbers = pair.privateKey.export({ format: 'der', type: 'pkcs1' });
  const version = encodeUnsigned(Uint8Array.of(0));
  const info = encodeSequence(version, algorithmOf(parameters), encodeOctetString(numbers));
  return createPrivateKey({ key: Buffer.from(info), format: 'der', type: 'pkcs8' });
}

function signed(parameters: Parameters): Uint8Array {
  const { digest, saltLength } = parameters;
  return sign(digest, data, { key: boundPrivateKey(parameters), saltLength });
}

function holds(used: Parameters, bound: Parameters): boolean {
  const algorithm: SignatureAlgorithm = { family: 'rsa-pss', ...used };
  return verifySignatureValue(algorithm, boundKey(bound), data, signed(used));
}

const usual: Parameters = { digest: 'sha256', maskDigest: 'sha256', saltLength: 32 };
const mixed: Parameters = { digest: 'sha256', maskDigest: 'sha512', saltLength: 32 };

describe('an RSA key that is bound to RSASSA-PSS parameters (RFC 4055, section 3.3)', () => {
  it.each<[string, Parameters, Parameters, boolean]>([
    ['the same', usual, usual, true],
    ['the same, with two hash functions', mixed, mixed, true],
    ['more salt', { ...usual, saltLength: 40 }, usual, true],
    ['more salt, with two hash functions', { ...mixed, saltLength: 40 }, mixed, true],
    ['less salt', { ...usual, saltLength: 20 }, usual, false],
    ['less salt, with two hash functions', { ...mixed, saltLength: 20 }, mixed, false],
    ['another hash function', { ...usual, digest: 'sha512', maskDigest: 'sha512' }, usual, false],
    ['another hash function inside MGF1', mixed, usual, false],
    ['another hash function inside MGF1, the other way', usual, mixed, false],
    ['both hash functions exchanged', { ...mixed, digest: 'sha512', maskDigest: 'sha256' }, mixed, false],
  ])('verifies a signature with %s: %#', (_, used, bound, expected) => {
    expect(holds(used, bound)).toBe(expected);
  });

  it('is judged alike where the data comes in pieces', () => {
    const algorithm: SignatureAlgorithm = { family: 'rsa-pss', ...usual };
    const verifier = incrementalVerifier(algorithm, boundKey(usual));
    verifier?.update(data);
    expect(verifier?.holds(signed(usual))).toBe(true);
    expect(
      incrementalVerifier({ family: 'rsa-pss', ...usual, saltLength: 20 }, boundKey(usual)),
    ).toBeUndefined();
  });

  it('makes no PKCS #1 signature, and an unbound key verifies any parameters', () => {
    const plain = sign('sha256', data, pair.privateKey);
    const pkcs1: SignatureAlgorithm = { family: 'rsa-pkcs1', digest: 'sha256' };
    expect(verifySignatureValue(pkcs1, boundKey(usual), data, plain)).toBe(false);
    const info = createPublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' })).export({
      format: 'der',
      type: 'spki',
    });
    const unbound = usable(publicKeyOf(parsePublicKeyInfo(info)));
    expect(verifySignatureValue(pkcs1, unbound, data, plain)).toBe(true);
    for (const used of [usual, mixed, { ...mixed, saltLength: 20 }])
      expect(verifySignatureValue({ family: 'rsa-pss', ...used }, unbound, data, signed(used))).toBe(true);
  });
});
