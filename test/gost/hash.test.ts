import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GostDigest } from '../../src/gost/contract.ts';
import { engines, hex, octets } from './engines.ts';
import { expectVectors, vectors } from './vectors.ts';

expectVectors();

const algorithms: readonly GostDigest[] = ['streebog256', 'streebog512', 'gost94'];

// RFC 6986 has no empty message; libraries agree on it. For GOST R 34.11-94 the values are those that RFC 5831's
// algorithm gives with the CryptoPro parameters, as OpenSSL's gost engine computes them.
const published: readonly (readonly [GostDigest, string, string])[] = [
  ['streebog256', '', '3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb'],
  [
    'streebog512',
    '',
    '8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a',
  ],
  [
    'streebog256',
    'The quick brown fox jumps over the lazy dog',
    '3e7dea7f2384b6c5a3d0e24aaa29c05e89ddd762145030ec22c71a6db8b2c1f4',
  ],
  ['gost94', 'abc', 'b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c'],
  ['gost94', 'abcd', 'f5f1ea53dc6357cadc959236ea91c38f8beb28f11a1c4121b520a850df5b5d52'],
];

describe.each(engines)('hashing, $name', (engine) => {
  it.each(vectors.streebog)('gives the published digest: $id', ({ bits, message_hex, digest_hex }) => {
    expect(hex(engine.digest(`streebog${bits}`, octets(message_hex)))).toBe(digest_hex);
  });

  it.each(published)('%s of "%s" is the known one', (algorithm, message, digest) => {
    expect(hex(engine.digest(algorithm, Buffer.from(message)))).toBe(digest);
  });

  it('carries over all words of sum and length: 64 blocks of ones', () => {
    const message = new Uint8Array(64 * 64).fill(0xff);
    const whole = engine.digest('streebog512', message);
    expect(hex(engine.digest('streebog512', message.subarray(0, 1000), message.subarray(1000)))).toBe(
      hex(whole),
    );
    expect(hex(engines[0]!.digest('streebog512', message))).toBe(hex(whole));
  });

  it.each(algorithms)('%s in pieces of any length is the digest of the whole', (algorithm) => {
    const message = randomBytes(400);
    const whole = hex(engine.digest(algorithm, message));
    for (const size of [1, 31, 32, 33, 63, 64, 65, 127, 129, 400]) {
      const hasher = engine.hasher(algorithm);
      for (let at = 0; at < message.length; at += size) hasher.update(message.subarray(at, at + size));
      hasher.update(new Uint8Array(0));
      expect(hex(hasher.digest())).toBe(whole);
      // It starts anew, without a trace of what came before.
      expect(hex(hasher.update(message).digest())).toBe(whole);
    }
  });
});

describe.runIf(engines.length > 1)('hashing, both engines', () => {
  it.each(algorithms)('%s agrees on random messages of every length up to 300', (algorithm) => {
    for (let length = 0; length <= 300; length++) {
      const message = randomBytes(length);
      const [first, ...others] = engines.map((engine) => hex(engine.digest(algorithm, message)));
      expect(others).toEqual(others.map(() => first));
    }
  });
});
