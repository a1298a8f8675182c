import { constants, createPublicKey, type KeyObject, verify as verifyWithNode } from 'node:crypto';
import { contextConstructed } from '../asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodedNull,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../asn1/writer.ts';
import { gost } from '../gost/engine.ts';
import { type DigestAlgorithm, digest as digestOf, digestOids } from './digest.ts';
import { type EcdsaForm, type EcKey, ecdsa, handleOf } from './ecdsa.ts';
import { keyOids, mgf1Oid } from './oids.ts';
import type { PublicKey } from './public-key.ts';
import { parsePublicKeyInfo } from './public-key-info.ts';
import { fitsKey, type SignatureAlgorithm } from './signature-algorithm.ts';

/**
 * Whether `signature` over `data` holds under `key`: only the mathematics; what is allowed is the policy's matter.
 * A key of another family, a malformed signature or one of false length makes it false; nothing is thrown.
 * GOST signatures are s ‖ r (RFC 9215, section 2).
 */
export function verifySignatureValue(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
  form: EcdsaForm = 'der',
): boolean {
  if (!fitsKey(algorithm, key)) return false;
  switch (algorithm.family) {
    case 'rsa-pkcs1':
      return key.family === 'rsa' && verifyWithNode(algorithm.digest, data, key.handle, signature);
    case 'rsa-pss':
      return key.family === 'rsa' && verifyPss(algorithm, key.handle, data, signature);
    case 'ecdsa':
      return key.family === 'ec' && verifyEcdsa(algorithm.digest, key, data, signature, form);
    case 'dsa':
      return key.family === 'dsa' && verifyDsa(algorithm.digest, key.handle, data, signature, form);
    case 'ed25519':
      return key.family === 'ed25519' && verifyWithNode(null, data, key.handle, signature);
    case 'gost2012':
    case 'gost2001':
      return (
        (key.family === 'gost2012' || key.family === 'gost2001') &&
        gost.verify(key.curve, digestOf(algorithm.digest, data), signature, key.octets)
      );
  }
}

function verifyEcdsa(
  digest: DigestAlgorithm,
  key: EcKey,
  data: Uint8Array,
  signature: Uint8Array,
  form: EcdsaForm,
): boolean {
  if (form === 'der') return ecdsa.verify(key, digest, data, signature);
  const handle = handleOf(key);
  return handle !== undefined && verifyDsa(digest, handle, data, signature, form);
}

function verifyDsa(
  digest: DigestAlgorithm,
  handle: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
  form: EcdsaForm,
): boolean {
  // DER is what node:crypto expects anyway; handing it an options object costs a fifth of the verification.
  return form === 'der'
    ? verifyWithNode(digest, data, handle, signature)
    : verifyWithNode(digest, data, { key: handle, dsaEncoding: form }, signature);
}

type Pss = SignatureAlgorithm & { readonly family: 'rsa-pss' };

function verifyPss(algorithm: Pss, handle: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = algorithm.maskDigest === algorithm.digest ? handle : boundToMask(handle, algorithm);
    const { saltLength } = algorithm;
    return verifyWithNode(
      algorithm.digest,
      data,
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
      signature,
    );
  } catch {
    // A key bound to other PSS parameters than the signature's is refused by OpenSSL with an error.
    return false;
  }
}

/**
 * node:crypto has no option for the hash inside MGF1 and takes it from a key that is bound to RSASSA-PSS
 * parameters; so the same key is written once more with those of the signature (RFC 4055, section 3.1). What the key
 * itself is bound to, `fitsKey` has seen to before.
 */
function boundToMask(handle: KeyObject, algorithm: Pss): KeyObject {
  const { key } = parsePublicKeyInfo(handle.export({ format: 'der', type: 'spki' }));
  const parameters = encodeSequence(
    encode(contextConstructed(0), digestIdentifier(algorithm.digest)),
    encode(contextConstructed(1), encodeSequence(encodeOid(mgf1Oid), digestIdentifier(algorithm.maskDigest))),
    encode(
      contextConstructed(2),
      encodeUnsigned(Uint8Array.of(algorithm.saltLength >> 8, algorithm.saltLength & 0xff)),
    ),
  );
  const info = encodeSequence(encodeSequence(encodeOid(keyOids.rsaPss), parameters), encodeBitString(key));
  return createPublicKey({ key: Buffer.from(info), format: 'der', type: 'spki' });
}

function digestIdentifier(algorithm: DigestAlgorithm): Uint8Array {
  return encodeSequence(encodeOid(digestOids[algorithm]), encodedNull);
}
