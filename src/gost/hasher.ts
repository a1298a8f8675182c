import type { GostDigest, GostHasher } from './contract.ts';
import { Gost94 } from './gost94.ts';
import { Streebog } from './streebog.ts';

/** Gathers octets to blocks for a hash function of this folder. */
export class Hasher implements GostHasher {
  readonly #hash: Streebog | Gost94;
  readonly #buffer: Uint8Array;
  #buffered = 0;

  constructor(algorithm: GostDigest) {
    this.#hash =
      algorithm === 'gost94' ? new Gost94() : new Streebog(algorithm === 'streebog256' ? 256 : 512);
    this.#buffer = new Uint8Array(algorithm === 'gost94' ? Gost94.blockSize : Streebog.blockSize);
  }

  update(piece: Uint8Array): this {
    const size = this.#buffer.length;
    let at = 0;
    if (this.#buffered > 0) {
      at = Math.min(size - this.#buffered, piece.length);
      this.#buffer.set(piece.subarray(0, at), this.#buffered);
      this.#buffered += at;
      if (this.#buffered < size) return this;
      this.#hash.block(this.#buffer, 0);
    }
    for (; at + size <= piece.length; at += size) this.#hash.block(piece, at);
    this.#buffer.set(piece.subarray(at));
    this.#buffered = piece.length - at;
    return this;
  }

  digest(): Uint8Array {
    const digest = this.#hash.finish(this.#buffer.subarray(0, this.#buffered));
    this.#hash.reset();
    this.#buffered = 0;
    this.#buffer.fill(0);
    return digest;
  }
}
