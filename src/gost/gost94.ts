/** A vector of 256 bits as four numbers of 64, least significant first. */
type Vector = [bigint, bigint, bigint, bigint];

const mask64 = (1n << 64n) - 1n;

// Substitution boxes of id-GostR3411-94-CryptoProParamSet (RFC 4357, section 11.2), for the lowest to the highest
// four bits.
const boxes = [
  'a4568137dce092bf',
  '5f402db91763cea8',
  '7fce94103b526a8d',
  '4a7c0f28e165db93',
  '764b9c2a180efd35',
  '7624d9f0a15b8ec3',
  'de41705a3c8f629b',
  '13a95b4f867ed02c',
].map((box) => [...box].map((digit) => Number.parseInt(digit, 16)));

// Two boxes at a time, with the rotation by 11 that follows.
const tables = [0, 1, 2, 3].map((pair) =>
  Uint32Array.from({ length: 256 }, (_, value) => {
    const substituted = (boxes[2 * pair + 1]![value >> 4]! << 4) | boxes[2 * pair]![value & 15]!;
    const placed = substituted << (8 * pair);
    return (placed << 11) | (placed >>> 21);
  }),
);

function substitute(x: number): number {
  return (
    tables[0]![x & 255]! ^
    tables[1]![(x >>> 8) & 255]! ^
    tables[2]![(x >>> 16) & 255]! ^
    tables[3]![x >>> 24]!
  );
}

/** The block cipher GOST 28147-89: 32 rounds, with the key words forwards three times and once backwards. */
function encrypt(key: Uint32Array, block: bigint): bigint {
  let low = Number(block & 0xffffffffn);
  let high = Number(block >> 32n);
  for (let round = 0; round < 32; round++) {
    const word = key[round < 24 ? round % 8 : 7 - (round % 8)]!;
    const next = (high ^ substitute((low + word) >>> 0)) >>> 0;
    high = low;
    low = next;
  }
  return (BigInt(low) << 32n) | BigInt(high);
}

/** The permutation P: octet i + 4k of the key is octet 8i + k of u ⊕ v. */
function keyOf(u: Vector, v: Vector): Uint32Array {
  const key = new Uint32Array(8);
  for (let i = 0; i < 4; i++) {
    const word = u[i]! ^ v[i]!;
    for (let k = 0; k < 8; k++) key[k]! |= Number((word >> BigInt(8 * k)) & 255n) << (8 * i);
  }
  return key;
}

/** The transformation A. */
function advance([y0, y1, y2, y3]: Vector): Vector {
  return [y1, y2, y3, y0 ^ y1];
}

/** The mixing transformation psi, so many times over words of 16 bits. */
function mix(vector: Vector, times: number): Vector {
  const words = vector.flatMap((word) =>
    [0n, 16n, 32n, 48n].map((shift) => Number((word >> shift) & 0xffffn)),
  );
  for (let i = 0; i < times; i++) {
    words.push(words[i]! ^ words[i + 1]! ^ words[i + 2]! ^ words[i + 3]! ^ words[i + 12]! ^ words[i + 15]!);
  }
  const wordAt = (index: number) =>
    [3, 2, 1, 0].reduce((sum, place) => (sum << 16n) | BigInt(words[times + 4 * index + place]!), 0n);
  return [wordAt(0), wordAt(1), wordAt(2), wordAt(3)];
}

function xor(a: Vector, b: Vector): Vector {
  return [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]];
}

/** The constant C3; C2 and C4 are zero. */
const thirdConstant: Vector = [
  0xff00ff00ff00ff00n,
  0x00ff00ff00ff00ffn,
  0xff0000ff00ffff00n,
  0xff00ffff000000ffn,
];

/** The step function of state and block. */
function step(state: Vector, block: Vector): Vector {
  let u = state;
  let v = block;
  const encrypted = state.map((word, index) => {
    if (index > 0) {
      u = advance(u);
      if (index === 2) u = xor(u, thirdConstant);
      v = advance(advance(v));
    }
    return encrypt(keyOf(u, v), word);
  }) as Vector;
  return mix(xor(state, mix(xor(block, mix(encrypted, 12)), 1)), 61);
}

/** GOST R 34.11-94 in pieces of 32 octets (RFC 5831). Slow, since only old documents need it. */
export class Gost94 {
  static readonly blockSize = 32;
  #state: Vector = [0n, 0n, 0n, 0n];
  #sum = 0n;
  #bits = 0n;

  /** Starts anew. */
  reset(): void {
    this.#state = [0n, 0n, 0n, 0n];
    this.#sum = 0n;
    this.#bits = 0n;
  }

  /** Takes the block of 32 octets at `offset`. */
  block(octets: Uint8Array, offset: number): void {
    this.#take(octets, offset, 256);
  }

  /** Takes what is left, fewer than 32 octets, and returns the digest. */
  finish(rest: Uint8Array): Uint8Array {
    if (rest.length > 0) {
      const padded = new Uint8Array(Gost94.blockSize);
      padded.set(rest);
      this.#take(padded, 0, 8 * rest.length);
    }
    this.#state = step(this.#state, [this.#bits, 0n, 0n, 0n]);
    this.#state = step(this.#state, vectorOf(this.#sum));
    const digest = new Uint8Array(Gost94.blockSize);
    const view = new DataView(digest.buffer);
    this.#state.forEach((word, index) => {
      view.setBigUint64(8 * index, word, true);
    });
    return digest;
  }

  #take(octets: Uint8Array, offset: number, bits: number): void {
    const view = new DataView(octets.buffer, octets.byteOffset + offset, Gost94.blockSize);
    const block = [0, 8, 16, 24].map((at) => view.getBigUint64(at, true)) as Vector;
    this.#state = step(this.#state, block);
    this.#sum += block.reduceRight((sum, word) => (sum << 64n) | word, 0n);
    this.#bits += BigInt(bits);
  }
}

/** The lowest 256 bits of a number. */
function vectorOf(value: bigint): Vector {
  return [0n, 64n, 128n, 192n].map((shift) => (value >> shift) & mask64) as Vector;
}
