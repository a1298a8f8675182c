import { constants, createVerify, type KeyObject } from 'node:crypto';
import { gost } from '../gost/engine.ts';
import { handleOf } from './ecdsa.ts';
import type { GostKey } from './gost-key.ts';
import type { PublicKey } from './public-key.ts';
import { fitsKey, type SignatureAlgorithm } from './signature-algorithm.ts';

/** Verifies a signature over data that comes in pieces, so that nobody waits while much of it is hashed. */
export interface IncrementalVerifier {
  update(piece: Uint8Array): void;
  /** As `verifySignatureValue` over all pieces; called once, at the end. DSA and ECDSA signatures are DER. */
  holds(signature: Uint8Array): boolean;
}

/**
 * A verifier by pieces, or undefined where there is none: Ed25519 needs the data as a whole, RSASSA-PSS with a
 * second hash function inside MGF1 needs a key made for it, and a key that does not fit verifies nothing.
 */
export function incrementalVerifier(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
): IncrementalVerifier | undefined {
  if (!fitsKey(algorithm, key)) return undefined;
  switch (key.family) {
    case 'rsa':
    case 'dsa':
      return nodeVerifier(algorithm, key.handle);
    case 'ec': {
      const handle = handleOf(key);
      return handle && nodeVerifier(algorithm, handle);
    }
    case 'gost2012':
    case 'gost2001':
      return gostVerifier(algorithm, key);
    default:
      return undefined;
  }
}

function nodeVerifier(algorithm: SignatureAlgorithm, handle: KeyObject): IncrementalVerifier | undefined {
  if (algorithm.family === 'ed25519') return undefined;
  const isPss = algorithm.family === 'rsa-pss';
  if (isPss && algorithm.maskDigest !== algorithm.digest) return undefined;
  const verifier = createVerify(algorithm.digest);
  const pss = isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength }
    : undefined;
  return {
    update: (piece) => void verifier.update(piece),
    holds: (signature) => {
      try {
        return verifier.verify({ key: handle, ...pss }, signature);
      } catch {
        // A key bound to other PSS parameters than the signature's is refused by OpenSSL with an error.
        return false;
      }
    },
  };
}

function gostVerifier(algorithm: SignatureAlgorithm, key: GostKey): IncrementalVerifier | undefined {
  if (algorithm.family !== 'gost2012' && algorithm.family !== 'gost2001') return undefined;
  const { digest } = algorithm;
  if (digest !== 'streebog256' && digest !== 'streebog512' && digest !== 'gost94') return undefined;
  const hasher = gost.hasher(digest);
  return {
    update: (piece) => void hasher.update(piece),
    holds: (signature) => gost.verify(key.curve, hasher.digest(), signature, key.octets),
  };
}
