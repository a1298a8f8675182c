import { randomBytes } from 'node:crypto';
import { invert, mod } from '@noble/curves/abstract/modular.js';
import { type WeierstrassPointCons, weierstrass } from '@noble/curves/abstract/weierstrass.js';
import {
  bytesToNumberBE,
  bytesToNumberLE,
  concatBytes,
  numberToBytesBE,
  numberToBytesLE,
} from '@noble/curves/utils.js';
import type { GostEngine, GostKeyFlaw } from './contract.ts';
import type { GostCurve } from './curve.ts';
import { Hasher } from './hasher.ts';
import { nonces } from './nonce.ts';
import type { CurveParameters } from './parameters.ts';

type Points = WeierstrassPointCons<bigint>;

const pointsByCurve = new Map<CurveParameters, Points>();

function pointsOf(curve: CurveParameters): Points {
  const known = pointsByCurve.get(curve);
  if (known !== undefined) return known;
  const { p, a, b, q, x, y, cofactor } = curve;
  const points = weierstrass({ p, a, b, n: q, h: cofactor, Gx: x, Gy: y });
  pointsByCurve.set(curve, points);
  return points;
}

interface Coordinates {
  readonly x: bigint;
  readonly y: bigint;
}

function coordinatesOf(octets: Uint8Array, size: number): Coordinates {
  return { x: bytesToNumberLE(octets.subarray(0, size)), y: bytesToNumberLE(octets.subarray(size)) };
}

/** Whether a point of a curve with cofactor 4 has order q. */
function hasOrderQ(curve: CurveParameters, { x, y }: Coordinates): boolean {
  const { p, a, q } = curve;
  // Points of order 2 have y = 0, and those of order 4 double to one. They are sorted out beforehand, because
  // noble-curves makes no points with y = 0.
  if (y === 0n) return false;
  const slope = mod((3n * x * x + a) * invert(2n * y, p), p);
  const doubledX = mod(slope * slope - 2n * x, p);
  if (mod(slope * (x - doubledX) - y, p) === 0n) return false;
  // Four times the point lies in the group of order q, where dividing by four leads back to the point or past it.
  const point = pointsOf(curve).fromAffine({ x, y });
  return point.double().double().multiplyUnsafe(invert(4n, q)).equals(point);
}

function flawOf(curve: GostCurve, publicKey: Uint8Array): GostKeyFlaw | undefined {
  if (publicKey.length !== 2 * curve.size) return 'length';
  const { p, a, b, cofactor } = curve.parameters;
  const point = coordinatesOf(publicKey, curve.size);
  const { x, y } = point;
  if (x === 0n && y === 0n) return 'infinity';
  if (x >= p || y >= p) return 'range';
  if (mod(y * y - x * x * x - a * x - b, p) !== 0n) return 'not-on-curve';
  return cofactor === 1n || hasOrderQ(curve.parameters, point) ? undefined : 'wrong-order';
}

/** The number that is signed (RFC 7091, section 6.1, steps 2 and 3). */
function hashNumber(digest: Uint8Array, q: bigint): bigint {
  return bytesToNumberLE(digest) % q || 1n;
}

function privateNumber(curve: GostCurve, privateKey: Uint8Array): bigint {
  if (privateKey.length !== curve.size) throw new RangeError('private key of false length');
  const d = bytesToNumberLE(privateKey);
  if (d === 0n || d >= curve.parameters.q) throw new RangeError('private key out of range');
  return d;
}

/**
 * The engine in TypeScript on @noble/curves, for machines without a compiler and as a second opinion on the native one.
 * Some hundred verifications a second. JavaScript's big integers are not constant-time: noble-curves blinds the
 * scalar and walks a fixed pattern, but whoever fears an observer on the same machine signs with the native engine.
 */
export const typescriptEngine: GostEngine = {
  name: 'typescript',

  digest(algorithm, ...data) {
    const hasher = new Hasher(algorithm);
    for (const piece of data) hasher.update(piece);
    return hasher.digest();
  },

  hasher: (algorithm) => new Hasher(algorithm),

  checkPublicKey: flawOf,

  verify(curve, digest, signature, publicKey) {
    const { size, parameters } = curve;
    const { q } = parameters;
    if (digest.length !== size || signature.length !== 2 * size) return false;
    const s = bytesToNumberBE(signature.subarray(0, size));
    const r = bytesToNumberBE(signature.subarray(size));
    if (r === 0n || r >= q || s === 0n || s >= q) return false;
    if (flawOf(curve, publicKey) !== undefined) return false;
    const inverse = invert(hashNumber(digest, q), q);
    const points = pointsOf(parameters);
    const key = points.fromAffine(coordinatesOf(publicKey, size));
    const sum = points.BASE.mulAddUnsafe(mod(s * inverse, q), key, mod(-r * inverse, q));
    return !sum.is0() && sum.toAffine().x % q === r;
  },

  sign(curve, digest, privateKey, entropy = randomBytes(curve.size)) {
    const { size, parameters } = curve;
    const { q } = parameters;
    if (digest.length !== size) throw new RangeError('digest of false length');
    const d = privateNumber(curve, privateKey);
    const e = hashNumber(digest, q);
    const candidates = nonces(parameters, d, e, entropy);
    for (;;) {
      const k = candidates.next().value;
      const r = pointsOf(parameters).BASE.multiply(k).toAffine().x % q;
      const s = mod(r * d + k * e, q);
      if (r !== 0n && s !== 0n) return concatBytes(numberToBytesBE(s, size), numberToBytesBE(r, size));
    }
  },

  publicKey(curve, privateKey) {
    const d = privateNumber(curve, privateKey);
    const { x, y } = pointsOf(curve.parameters).BASE.multiply(d).toAffine();
    return concatBytes(numberToBytesLE(x, curve.size), numberToBytesLE(y, curve.size));
  },
};
