import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GostKeyFlaw } from '../../src/gost/contract.ts';
import type { GostCurve } from '../../src/gost/curve.ts';
import { big, distinctCurves, engines, little } from './engines.ts';

interface Signed {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

const engine = engines[0]!;

function makeSigned(curve: GostCurve): Signed {
  const privateKey = little(1n + BigInt(`0x${randomBytes(30).toString('hex')}`), curve.size);
  const digest = randomBytes(curve.size);
  return {
    digest,
    signature: engine.sign(curve, digest, privateKey),
    publicKey: engine.publicKey(curve, privateKey),
  };
}

function withHalf(octets: Uint8Array, which: 0 | 1, half: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(octets);
  copy.set(half, which * half.length);
  return copy;
}

/** Signatures that must be refused, each made from one that holds. */
function badSignatures({ size, parameters }: GostCurve, { signature }: Signed): Record<string, Uint8Array> {
  const { q } = parameters;
  const [s, r] = [signature.subarray(0, size), signature.subarray(size)];
  const plusOrder = (half: Uint8Array) => {
    const sum = BigInt(`0x${Buffer.from(half).toString('hex')}`) + q;
    return sum < 1n << BigInt(8 * size) ? big(sum, size) : new Uint8Array(size).fill(255);
  };
  const negated = (half: Uint8Array) => big(q - BigInt(`0x${Buffer.from(half).toString('hex')}`), size);
  return {
    'r = 0': withHalf(signature, 1, new Uint8Array(size)),
    's = 0': withHalf(signature, 0, new Uint8Array(size)),
    'r = q': withHalf(signature, 1, big(q, size)),
    's = q': withHalf(signature, 0, big(q, size)),
    'r + q': withHalf(signature, 1, plusOrder(r)),
    's + q': withHalf(signature, 0, plusOrder(s)),
    'q - s': withHalf(signature, 0, negated(s)),
    'q - r': withHalf(signature, 1, negated(r)),
    'all ones': new Uint8Array(2 * size).fill(255),
    'all zeros': new Uint8Array(2 * size),
    'r first': Buffer.concat([r, s]),
    reversed: Uint8Array.from(signature).reverse(),
    'one octet short': signature.subarray(1),
    'one octet long': Buffer.concat([signature, Uint8Array.of(0)]),
    empty: new Uint8Array(0),
  };
}

/** Keys that must be refused, with the flaw that is found first. */
function badKeys(
  { size, parameters }: GostCurve,
  { publicKey }: Signed,
): [string, Uint8Array, GostKeyFlaw][] {
  const { p, x, y } = parameters;
  const key = (first: bigint, second: bigint) => Buffer.concat([little(first, size), little(second, size)]);
  return [
    ['empty', new Uint8Array(0), 'length'],
    ['one octet short', publicKey.subarray(1), 'length'],
    ['one octet long', Buffer.concat([publicKey, Uint8Array.of(0)]), 'length'],
    ['uncompressed in the manner of SEC 1', Buffer.concat([Uint8Array.of(4), publicKey]), 'length'],
    ['infinity', new Uint8Array(2 * size), 'infinity'],
    ['x = p', key(p, y), 'range'],
    ['y = p', key(x, p), 'range'],
    ['all ones', new Uint8Array(2 * size).fill(255), 'range'],
    ['off the curve', key(x, y ^ 1n), 'not-on-curve'],
    ['coordinates swapped', key(y, x), 'not-on-curve'],
    ['zero y', key(x + 2n, 0n), 'not-on-curve'],
  ];
}

describe.each(distinctCurves)('hostile input, $name', (curve) => {
  const signed = makeSigned(curve);

  it.each(engines)('a signature out of range, of false order or length does not hold: $name', (candidate) => {
    expect(candidate.verify(curve, signed.digest, signed.signature, signed.publicKey)).toBe(true);
    for (const [name, signature] of Object.entries(badSignatures(curve, signed))) {
      expect(candidate.verify(curve, signed.digest, signature, signed.publicKey), name).toBe(false);
    }
  });

  it.each(engines)(
    'a digest of false length does not hold, not even a longer one that begins alike: $name',
    (candidate) => {
      const { digest, signature, publicKey } = signed;
      const wrong = [
        digest.subarray(1),
        Buffer.concat([digest, Uint8Array.of(0)]),
        new Uint8Array(0),
        new Uint8Array(96 - digest.length),
      ];
      for (const other of wrong) expect(candidate.verify(curve, other, signature, publicKey)).toBe(false);
    },
  );

  it.each(engines)('an unusable key has its flaw named and verifies nothing: $name', (candidate) => {
    for (const [name, publicKey, flaw] of badKeys(curve, signed)) {
      expect(candidate.checkPublicKey(curve, publicKey), name).toBe(flaw);
      expect(candidate.verify(curve, signed.digest, signed.signature, publicKey), name).toBe(false);
    }
  });

  it.each(engines)('a key of another curve is not a point of this one: $name', (candidate) => {
    const { p } = curve.parameters;
    const others = distinctCurves.filter((other) => other.bits === curve.bits && other !== curve);
    for (const other of others) {
      const { x, y } = other.parameters;
      if (x >= p || y >= p) continue;
      const key = Buffer.concat([little(x, curve.size), little(y, curve.size)]);
      // Even when it was found good there, and may be remembered.
      expect(candidate.checkPublicKey(other, key), other.name).toBeUndefined();
      expect(candidate.checkPublicKey(curve, key), other.name).toBe('not-on-curve');
    }
  });
});

/** Points of order 2 and 4 of the curves with cofactor 4, as u and v of the Edwards form put them (RFC 7836, A.1). */
const torsion: Readonly<Record<string, bigint>> = {
  'TC26-256-A': 0x0605f6b7c183fa81578bc39cfad518132b9df62897009af7e522c32d6dc7bffbn,
  'TC26-512-C':
    0x9e4f5d8c017d8d9f13a5cf3cdf5bfe4dab402d54198e31ebde28a0621050439ca6b39e0a515c06b304e2ce43e79e369e91a0cfc2bc2a22b4ca302dbb33ee7550n,
};

describe.each(distinctCurves.filter((curve) => curve.parameters.cofactor === 4n))(
  'points outside of the group, $name',
  (curve) => {
    const { p, a } = curve.parameters;
    const modulo = (value: bigint) => ((value % p) + p) % p;
    const power = (base: bigint, exponent: bigint): bigint => {
      if (exponent === 0n) return 1n;
      const half = power((base * base) % p, exponent >> 1n);
      return exponent & 1n ? (half * base) % p : half;
    };
    const invert = (value: bigint) => power(modulo(value), p - 2n);
    const d = torsion[curve.name] ?? 0n;
    const s = modulo((1n - d) * invert(4n));
    const t = modulo((1n + d) * invert(6n));
    // u = 1, v = 0 maps to x = s + t and y = s.
    const ofOrder4 = { x: modulo(s + t), y: s };
    const ofOrder2 = { x: t, y: 0n };
    const add = (one: { x: bigint; y: bigint }, other: { x: bigint; y: bigint }) => {
      const slope =
        one.x === other.x
          ? modulo((3n * one.x * one.x + a) * invert(2n * one.y))
          : modulo((other.y - one.y) * invert(other.x - one.x));
      const x = modulo(slope * slope - one.x - other.x);
      return { x, y: modulo(slope * (one.x - x) - one.y) };
    };
    const octetsOf = ({ x, y }: { x: bigint; y: bigint }) =>
      Buffer.concat([little(x, curve.size), little(y, curve.size)]);
    const { publicKey, digest, signature } = makeSigned(curve);
    const numberOf = (octets: Uint8Array) => BigInt(`0x${Buffer.from(octets).reverse().toString('hex')}`);
    const valid = {
      x: numberOf(publicKey.subarray(0, curve.size)),
      y: numberOf(publicKey.subarray(curve.size)),
    };
    const minus4 = { x: ofOrder4.x, y: p - ofOrder4.y };
    const wrong = [
      ofOrder2,
      ofOrder4,
      minus4,
      add(valid, ofOrder2),
      add(valid, ofOrder4),
      add(valid, minus4),
      add(valid, add(valid, ofOrder4)),
    ];

    it.each(engines)('have a wrong order and verify nothing: $name', (candidate) => {
      expect(add(ofOrder4, ofOrder4)).toEqual(ofOrder2);
      for (const point of wrong) {
        expect(candidate.checkPublicKey(curve, octetsOf(point))).toBe('wrong-order');
        expect(candidate.verify(curve, digest, signature, octetsOf(point))).toBe(false);
      }
      expect(candidate.checkPublicKey(curve, octetsOf(add(add(valid, ofOrder4), minus4)))).toBeUndefined();
    });
  },
);
