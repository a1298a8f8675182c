import { type KeyObject, verify as verifyWithNode } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { DigestAlgorithm } from './digest.ts';
import { importHandle } from './key-handle.ts';
import type { curveOids } from './oids.ts';

/** A curve of RFC 5480 that policies accept. */
export type EcCurve = keyof typeof curveOids;

/** A public key on such a curve. */
export interface EcKey {
  readonly family: 'ec';
  readonly curve: EcCurve;
  /** The point as the key's BIT STRING holds it, uncompressed or compressed (RFC 5480, section 2.2). */
  readonly point: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
}

/** How ECDSA and DSA signatures are written: DER in X.509 and CMS, r ‖ s of fixed length in JOSE and on tokens. */
export type EcdsaForm = 'der' | 'ieee-p1363';

/** Both ways lead to the OpenSSL that Node carries. */
export interface EcdsaEngine {
  readonly name: 'native' | 'node';
  /** Whether the point lies on its curve, in a form that RFC 5480 allows. */
  isPublicKey(key: EcKey): boolean;
  /** Whether a DER-encoded signature over `data` holds. False for whatever is malformed; throws nothing. */
  verify(key: EcKey, digest: DigestAlgorithm, data: Uint8Array, signature: Uint8Array): boolean;
}

/** What native/addon/ecdsa.cc exports; curves and hash functions go by number. */
interface Addon {
  isPublicKey(curve: number, point: Uint8Array): boolean;
  verify(curve: number, point: Uint8Array, digest: number, data: Uint8Array, signature: Uint8Array): boolean;
}

const numberOfCurve: Readonly<Record<EcCurve, number>> = { 'P-256': 0, 'P-384': 1, 'P-521': 2 };
/** Octets of a coordinate of a point, and of each half of a signature of fixed length. */
export const fieldOctets: Readonly<Record<EcCurve, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };
const numberOfDigest: Readonly<Partial<Record<DigestAlgorithm, number>>> = {
  sha1: 0,
  sha224: 1,
  sha256: 2,
  sha384: 3,
  sha512: 4,
  'sha3-224': 5,
  'sha3-256': 6,
  'sha3-384': 7,
  'sha3-512': 8,
};
const addonFile = new URL('../../native/build/Release/sealgate_ecdsa.node', import.meta.url);

/** Through node:crypto, which every Node has. */
export const nodeEcdsa: EcdsaEngine = {
  name: 'node',
  isPublicKey: (key) => hasAllowedForm(key) && handleOf(key) !== undefined,
  verify(key, digest, data, signature) {
    const handle = handleOf(key);
    return handle !== undefined && verifyWithNode(digest, data, handle, signature);
  },
};

/**
 * Through the addon, which spares key objects: measured on P-256 with Node 24, 2 µs instead of 14 for a key that was
 * never seen before. Throws where it was not built, or was built for another Node.
 */
export function loadNativeEcdsa(): EcdsaEngine {
  const addon = createRequire(import.meta.url)(fileURLToPath(addonFile)) as Addon;
  return {
    name: 'native',
    isPublicKey: (key) => addon.isPublicKey(numberOfCurve[key.curve], key.point),
    verify(key, digest, data, signature) {
      const hash = numberOfDigest[digest];
      if (hash === undefined) return nodeEcdsa.verify(key, digest, data, signature);
      return addon.verify(numberOfCurve[key.curve], key.point, hash, data, signature);
    },
  };
}

/** The engine of this process: native where it was built. */
export const ecdsa: EcdsaEngine = load();

function load(): EcdsaEngine {
  try {
    return loadNativeEcdsa();
  } catch {
    // Node's own way gives the same answers, only slower; `sealgate doctor` tells which one runs.
    return nodeEcdsa;
  }
}

const handles = new WeakMap<EcKey, KeyObject>();

/** OpenSSL's key object, made when first needed; undefined where OpenSSL refuses the key. */
export function handleOf(key: EcKey): KeyObject | undefined {
  let handle = handles.get(key);
  if (handle === undefined) {
    handle = importHandle(key.der);
    if (handle !== undefined) handles.set(key, handle);
  }
  return handle;
}

/** OpenSSL itself also takes the hybrid form and the point at infinity, which RFC 5480 does not have. */
function hasAllowedForm({ curve, point }: EcKey): boolean {
  const size = fieldOctets[curve];
  const isCompressed = point[0] === 2 || point[0] === 3;
  return isCompressed ? point.length === 1 + size : point[0] === 4 && point.length === 1 + 2 * size;
}
