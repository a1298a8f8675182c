import { digest } from '../algorithm/digest.ts';
import { SealgateError } from '../error.ts';
import { pssHash, signing } from './cryptoki.ts';
import { ecdsaToDer } from './ecdsa.ts';
import type { MechanismCall } from './protocol.ts';
import { curveSize, type TokenPublicKey } from './public-key.ts';
import { digestInfo, type KeyFamily, partsOf, type Sha2 } from './scheme.ts';
import type { SignatureScheme } from './signer.ts';

/** One way to have a token make a signature: the mechanism, what goes in, and what to do with what comes out. */
export interface SigningPlan {
  readonly mechanism: MechanismCall;
  readonly input: Uint8Array;
  finish(output: Uint8Array): Uint8Array;
}

/** CKM_ numbers by which keys of a family sign, on whatever token. */
export function mechanismsOf(family: KeyFamily): readonly number[] {
  switch (family) {
    case 'rsa':
      return [signing.rsaPkcs, ...Object.values(signing.rsaPkcsWith)];
    case 'ec':
      return [signing.ecdsa, ...Object.values(signing.ecdsaWith)];
    case 'ed25519':
      return [signing.eddsa];
    case 'gost256':
    case 'gost512':
      return [signing.gost[family], signing.gostWith[family]];
  }
}

/** More than this is not sent to a token to be hashed: at the speed of a card it takes seconds. */
const mostToHash = 64 * 1024;

/**
 * Ways to sign `data` on a token with `mechanisms`, the best first: the hash is made on the token where it can, and
 * in software otherwise. Throws `mechanism_unsupported` if there is none.
 */
export function planSigning(
  key: TokenPublicKey,
  scheme: SignatureScheme,
  data: Uint8Array,
  mechanisms: readonly number[],
  token: string,
): readonly SigningPlan[] {
  const plans = waysOf(key, scheme, data).filter(({ mechanism }) => mechanisms.includes(mechanism.type));
  if (plans.length === 0) throw new SealgateError('mechanism_unsupported', { mechanism: scheme, token });
  return plans;
}

function waysOf(key: TokenPublicKey, scheme: SignatureScheme, data: Uint8Array): SigningPlan[] {
  const { family, padding, digest: name } = partsOf(scheme);
  const asItIs = (output: Uint8Array) => output;
  const way = (
    type: number,
    input: () => Uint8Array,
    finish: (output: Uint8Array) => Uint8Array = asItIs,
    more = {},
  ) => {
    let made: Uint8Array | undefined;
    return {
      mechanism: { type, ...more },
      get input() {
        made ??= input();
        return made;
      },
      finish,
    };
  };
  const whole = () => data;
  const hashed = () => (name === undefined ? data : digest(name, data));
  const inOrder = (onToken: SigningPlan, inSoftware: SigningPlan) =>
    data.length > mostToHash ? [inSoftware, onToken] : [onToken, inSoftware];

  switch (family) {
    case 'rsa': {
      const hash = name as Sha2;
      if (padding === 'pss') {
        const more = { pss: pssHash[hash] };
        return inOrder(
          way(signing.rsaPssWith[hash], whole, asItIs, more),
          way(signing.rsaPss, hashed, asItIs, more),
        );
      }
      return inOrder(
        way(signing.rsaPkcsWith[hash], whole),
        way(signing.rsaPkcs, () => digestInfo(hash, hashed())),
      );
    }
    case 'ec': {
      // Longer hashes are cut to the length of the curve's order (FIPS 186-5, section 6.4.1); not every token does it.
      const size = key.type === 'ec' ? curveSize(key.curve) : 0;
      return inOrder(
        way(signing.ecdsaWith[name as Sha2], whole, ecdsaToDer),
        way(signing.ecdsa, () => hashed().subarray(0, size), ecdsaToDer),
      );
    }
    case 'ed25519':
      return [way(signing.eddsa, whole)];
    case 'gost256':
    case 'gost512':
      // No parameter: the hash's parameters are those of the key (CKA_GOSTR3411_PARAMS).
      return inOrder(way(signing.gostWith[family], whole), way(signing.gost[family], hashed));
  }
}
