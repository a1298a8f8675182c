import { readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm } from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import { Reader } from '../asn1/reader.ts';
import { SealgateError } from '../error.ts';
import { partsOf, signatureIdentifier } from './scheme.ts';
import type { SignatureScheme } from './signer.ts';

/** Whether `signature` (in the form of a Signer) over `data` holds under a DER SubjectPublicKeyInfo. */
export function holds(
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const algorithm = resolveSignatureAlgorithm(
    readAlgorithmIdentifier(Reader.der(signatureIdentifier(scheme))),
  );
  const key = publicKeyOf(parsePublicKeyInfo(spki));
  if (algorithm === undefined || key.family === 'unusable') return false;
  return verifySignatureValue(algorithm, key, data, signature);
}

/**
 * The check that every signature of ours passes before anybody else sees it: a faulty token, a driver that mixes up
 * keys, or octets in another order are found here, and not by the service as somebody's invalid signature.
 * Throws `signature_invalid`; for GOST its details name the octet order in which the signature would have been right.
 */
export function checkOwnSignature(
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): void {
  if (!holds(spki, scheme, data, signature)) throw misfitOf(spki, scheme, data, signature, true);
}

/**
 * What a signature that does not hold is told as: `signature_invalid` where the key is certain, or where the octets
 * are right in another order; otherwise the key was another one, `key_not_found`.
 */
export function misfitOf(
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
  isCertain: boolean,
): SealgateError {
  const isGost = partsOf(scheme).family.startsWith('gost');
  const order = isGost ? rightOrder(spki, scheme, data, signature) : undefined;
  if (!isCertain && order === undefined) return new SealgateError('key_not_found', {});
  return new SealgateError('signature_invalid', {
    algorithm: scheme,
    ...(order !== undefined && { octetOrder: order }),
  });
}

/** For diagnostics only: a signature in another order is refused all the same. */
function rightOrder(
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): string | undefined {
  const half = signature.length / 2;
  const swapped = Uint8Array.from([...signature.subarray(half), ...signature.subarray(0, half)]);
  const orders = { 'r‖s': swapped, reversed: signature.toReversed(), 'r‖s, reversed': swapped.toReversed() };
  return Object.entries(orders).find(([, octets]) => holds(spki, scheme, data, octets))?.[0];
}
