import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { GostDigest, GostEngine, GostHasher, GostKeyFlaw } from './contract.ts';
import { selfCheck } from './self-check.ts';

/** What native/addon exports; it checks its arguments and knows curves, hashes and flaws by number. */
interface Addon {
  hash(algorithm: number, data: Uint8Array): Uint8Array;
  createHasher(algorithm: number): object;
  updateHasher(hasher: object, data: Uint8Array): void;
  finishHasher(hasher: object): Uint8Array;
  verify(curve: number, digest: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  checkPublicKey(curve: number, publicKey: Uint8Array): number;
  sign(
    curve: number,
    digest: Uint8Array,
    privateKey: Uint8Array,
    entropy: Uint8Array,
  ): Uint8Array | undefined;
  publicKey(curve: number, privateKey: Uint8Array): Uint8Array | undefined;
  setKeyMemory(keys: number): void;
  kernel(): 'adx' | 'portable';
}

/** The native engine with what only it has. */
export interface NativeGostEngine extends GostEngine {
  readonly name: 'native';
  /** Which arithmetic this processor runs. */
  readonly kernel: 'adx' | 'portable';
  /** How many public keys are remembered with their tables (1,024 at first); 0 forgets all and remembers none. */
  setKeyMemory(keys: number): void;
}

const numberOfHash: Readonly<Record<GostDigest, number>> = { streebog256: 0, streebog512: 1, gost94: 2 };
const flawByNumber: readonly (GostKeyFlaw | undefined)[] = [
  undefined,
  'length',
  'infinity',
  'range',
  'not-on-curve',
  'wrong-order',
];
const addonFile = new URL('../../native/build/Release/sealgate_gost.node', import.meta.url);

/**
 * Loads the native engine and lets it prove itself on known answers. Throws where it was not built, was built for
 * another system, or answers wrongly.
 */
export function loadNative(): NativeGostEngine {
  const addon = createRequire(import.meta.url)(fileURLToPath(addonFile)) as Addon;
  const engine: NativeGostEngine = {
    name: 'native',
    kernel: addon.kernel(),
    setKeyMemory: (keys) => addon.setKeyMemory(keys),
    digest(algorithm, ...data) {
      const [only, ...others] = data;
      if (only !== undefined && others.length === 0) return addon.hash(numberOfHash[algorithm], only);
      const hasher = addon.createHasher(numberOfHash[algorithm]);
      for (const piece of data) addon.updateHasher(hasher, piece);
      return addon.finishHasher(hasher);
    },
    hasher: (algorithm) => new NativeHasher(addon, algorithm),
    verify: (curve, digest, signature, publicKey) =>
      addon.verify(curve.parameters.number, digest, signature, publicKey),
    checkPublicKey: (curve, publicKey) =>
      flawByNumber[addon.checkPublicKey(curve.parameters.number, publicKey)],
    sign(curve, digest, privateKey, entropy = randomBytes(curve.size)) {
      if (digest.length !== curve.size) throw new RangeError('digest of false length');
      const signature = addon.sign(curve.parameters.number, digest, privateKey, entropy);
      if (signature === undefined) throw new RangeError('private key out of range');
      return signature;
    },
    publicKey(curve, privateKey) {
      const publicKey = addon.publicKey(curve.parameters.number, privateKey);
      if (publicKey === undefined) throw new RangeError('private key out of range');
      return publicKey;
    },
  };
  selfCheck(engine);
  return engine;
}

class NativeHasher implements GostHasher {
  readonly #addon: Addon;
  readonly #handle: object;

  constructor(addon: Addon, algorithm: GostDigest) {
    this.#addon = addon;
    this.#handle = addon.createHasher(numberOfHash[algorithm]);
  }

  update(piece: Uint8Array): this {
    this.#addon.updateHasher(this.#handle, piece);
    return this;
  }

  digest(): Uint8Array {
    return this.#addon.finishHasher(this.#handle);
  }
}
