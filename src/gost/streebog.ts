import { iterationConstants, matrix, permutation } from './streebog-constants.ts';

/**
 * A vector of 512 bits: 16 words of 32 bits, least significant first, which is the order of the octets of message and
 * digest (RFC 6986 prints them reversed).
 */
type Vector = Uint32Array;

const wordsOfVector = 16;

// S, P and L in one look-up for each octet: what octet `value` at place `row` of the transposed vector adds to a word
// of 64 bits of the result. Low and high halves apart, since JavaScript has no fast integers of 64 bits.
const lowTable = new Uint32Array(8 * 256);
const highTable = new Uint32Array(8 * 256);
for (let row = 0; row < 8; row++) {
  const rows = Array.from({ length: 8 }, (_, bit) => matrix[63 - (8 * row + bit)] ?? '');
  const low = rows.map((hex) => Number.parseInt(hex.slice(8), 16));
  const high = rows.map((hex) => Number.parseInt(hex.slice(0, 8), 16));
  for (let value = 0; value < 256; value++) {
    for (let bit = 0; bit < 8; bit++) {
      if ((permutation[value]! >> bit) & 1) {
        lowTable[256 * row + value]! ^= low[bit]!;
        highTable[256 * row + value]! ^= high[bit]!;
      }
    }
  }
}

const constants: readonly Vector[] = iterationConstants.map((hex) =>
  Uint32Array.from({ length: wordsOfVector }, (_, index) => {
    const end = hex.length - 8 * index;
    return Number.parseInt(hex.slice(end - 8, end), 16);
  }),
);

/** to = LPS(a ⊕ b); `to` is neither of them. */
function transform(to: Vector, a: Vector, b: Vector): void {
  for (let half = 0; half < 2; half++) {
    const x0 = a[half]! ^ b[half]!;
    const x1 = a[2 + half]! ^ b[2 + half]!;
    const x2 = a[4 + half]! ^ b[4 + half]!;
    const x3 = a[6 + half]! ^ b[6 + half]!;
    const x4 = a[8 + half]! ^ b[8 + half]!;
    const x5 = a[10 + half]! ^ b[10 + half]!;
    const x6 = a[12 + half]! ^ b[12 + half]!;
    const x7 = a[14 + half]! ^ b[14 + half]!;
    for (let octet = 0; octet < 4; octet++) {
      const shift = 8 * octet;
      const i0 = (x0 >>> shift) & 255;
      const i1 = 256 + ((x1 >>> shift) & 255);
      const i2 = 512 + ((x2 >>> shift) & 255);
      const i3 = 768 + ((x3 >>> shift) & 255);
      const i4 = 1024 + ((x4 >>> shift) & 255);
      const i5 = 1280 + ((x5 >>> shift) & 255);
      const i6 = 1536 + ((x6 >>> shift) & 255);
      const i7 = 1792 + ((x7 >>> shift) & 255);
      const at = 2 * (4 * half + octet);
      to[at] =
        lowTable[i0]! ^
        lowTable[i1]! ^
        lowTable[i2]! ^
        lowTable[i3]! ^
        lowTable[i4]! ^
        lowTable[i5]! ^
        lowTable[i6]! ^
        lowTable[i7]!;
      to[at + 1] =
        highTable[i0]! ^
        highTable[i1]! ^
        highTable[i2]! ^
        highTable[i3]! ^
        highTable[i4]! ^
        highTable[i5]! ^
        highTable[i6]! ^
        highTable[i7]!;
    }
  }
}

/** a = a + b mod 2^512. */
function add(a: Vector, b: Vector): void {
  let carry = 0;
  for (let i = 0; i < wordsOfVector; i++) {
    carry += a[i]! + b[i]!;
    a[i] = carry;
    carry = Math.floor(carry / 2 ** 32);
  }
}

/** Streebog in pieces of 64 octets (RFC 6986, section 8). */
export class Streebog {
  static readonly blockSize = 64;
  readonly #bits: 256 | 512;
  readonly #state: Vector = new Uint32Array(wordsOfVector);
  readonly #length: Vector = new Uint32Array(wordsOfVector);
  readonly #sum: Vector = new Uint32Array(wordsOfVector);
  // Working vectors; two of each, because `transform` does not work in place.
  #key: Vector = new Uint32Array(wordsOfVector);
  #nextKey: Vector = new Uint32Array(wordsOfVector);
  #text: Vector = new Uint32Array(wordsOfVector);
  #nextText: Vector = new Uint32Array(wordsOfVector);

  constructor(bits: 256 | 512) {
    this.#bits = bits;
    this.reset();
  }

  /** Starts anew. */
  reset(): void {
    this.#state.fill(this.#bits === 256 ? 0x01010101 : 0);
    this.#length.fill(0);
    this.#sum.fill(0);
  }

  /** Takes the block of 64 octets at `offset`. */
  block(octets: Uint8Array, offset: number): void {
    this.#step(octets, offset, 512);
  }

  /** Takes what is left, fewer than 64 octets, and returns the digest. */
  finish(rest: Uint8Array): Uint8Array {
    const padded = new Uint8Array(Streebog.blockSize);
    padded.set(rest);
    padded[rest.length] = 1;
    this.#step(padded, 0, 8 * rest.length);
    const zero = new Uint32Array(wordsOfVector);
    this.#compress(zero, this.#length);
    this.#compress(zero, this.#sum);
    const digest = new Uint8Array(64);
    const view = new DataView(digest.buffer);
    this.#state.forEach((word, index) => {
      view.setUint32(4 * index, word, true);
    });
    return digest.slice(64 - this.#bits / 8);
  }

  #step(octets: Uint8Array, offset: number, bits: number): void {
    const view = new DataView(octets.buffer, octets.byteOffset + offset, Streebog.blockSize);
    const block = new Uint32Array(wordsOfVector);
    for (let i = 0; i < wordsOfVector; i++) block[i] = view.getUint32(4 * i, true);
    this.#compress(this.#length, block);
    add(this.#length, Uint32Array.of(bits, ...new Uint32Array(wordsOfVector - 1)));
    add(this.#sum, block);
  }

  /** state = g_N(state, block). */
  #compress(length: Vector, block: Vector): void {
    transform(this.#key, this.#state, length);
    this.#text.set(block);
    for (const constant of constants) {
      transform(this.#nextText, this.#text, this.#key);
      transform(this.#nextKey, this.#key, constant);
      [this.#text, this.#nextText] = [this.#nextText, this.#text];
      [this.#key, this.#nextKey] = [this.#nextKey, this.#key];
    }
    for (let i = 0; i < wordsOfVector; i++) this.#state[i]! ^= this.#text[i]! ^ this.#key[i]! ^ block[i]!;
  }
}
