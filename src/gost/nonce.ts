import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { Hasher } from './hasher.ts';
import type { CurveParameters } from './parameters.ts';

const blockSize = 64;

/** HMAC (RFC 2104) over Streebog of the size of the order. */
function hmac(bits: 256 | 512, key: Uint8Array, ...data: readonly Uint8Array[]): Uint8Array {
  const hasher = new Hasher(`streebog${bits}`);
  const pad = (value: number) => Uint8Array.from({ length: blockSize }, (_, i) => (key[i] ?? 0) ^ value);
  hasher.update(pad(0x36));
  for (const piece of data) hasher.update(piece);
  const inner = hasher.digest();
  return hasher.update(pad(0x5c)).update(inner).digest();
}

/**
 * Nonces between 0 and q for a signature over the number `e` with the private key `d`: RFC 6979, section 3.2, with the
 * additional data of section 3.6. The key makes a nonce that no failing random generator repeats; the entropy keeps
 * an injected fault from making two signatures with one nonce, which would betray the key.
 */
export function* nonces(
  curve: CurveParameters,
  d: bigint,
  e: bigint,
  entropy: Uint8Array,
): Generator<bigint, never> {
  const size = curve.bits / 8;
  const spare = BigInt(curve.bits - curve.q.toString(2).length);
  const seed = [numberToBytesBE(d, size), numberToBytesBE(e, size), entropy];
  let v: Uint8Array = new Uint8Array(size).fill(1);
  let k: Uint8Array = new Uint8Array(size);
  for (const round of [0, 1]) {
    k = hmac(curve.bits, k, v, Uint8Array.of(round), ...seed);
    v = hmac(curve.bits, k, v);
  }
  for (;;) {
    v = hmac(curve.bits, k, v);
    const nonce = bytesToNumberBE(v) >> spare;
    if (nonce > 0n && nonce < curve.q) yield nonce;
    k = hmac(curve.bits, k, v, Uint8Array.of(0));
    v = hmac(curve.bits, k, v);
  }
}
