import { createPrivateKey, sign, verify } from 'node:crypto';
import { digest } from '../../algorithm/digest.ts';
import { publicKeyOf } from '../../algorithm/public-key.ts';
import { verifySignatureValue } from '../../algorithm/verify.ts';
import { type Certificate, parseCertificate } from '../../certificate/certificate.ts';
import { fault } from '../../error.ts';
import { gost } from '../../gost/engine.ts';
import type { EsiaTokenAlgorithm } from '../../relying-party/esia-system.ts';
import { decodePrivateKey } from '../../webcrypto/gost-key.ts';

/** A key that signs tokens. */
export interface TokenKey {
  readonly algorithm: EsiaTokenAlgorithm;
  /** Made by the key itself; it says from when to when the key signs. */
  readonly certificate: Certificate;
  /** RSASSA-PKCS1-v1_5 with SHA-256, or GOST R 34.10-2012 as s ‖ r over Streebog-256. */
  sign(data: Uint8Array): Uint8Array;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}

/** The key of a certificate; undefined where it is none, or where they do not belong together. */
export function openTokenKey(certificate: Uint8Array, pkcs8: Uint8Array): TokenKey | undefined {
  try {
    const key = tokenKey(parseCertificate(certificate), pkcs8);
    const probe = Buffer.from('sealgate self-check');
    return key.verify(probe, key.sign(probe)) ? key : undefined;
  } catch {
    return undefined;
  }
}

function tokenKey(certificate: Certificate, pkcs8: Uint8Array): TokenKey {
  const publicKey = publicKeyOf(certificate.publicKey);
  if (publicKey.family === 'rsa') {
    const handle = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    return {
      algorithm: 'RS256',
      certificate,
      sign: (data) => sign('sha256', data, handle),
      verify: (data, signature) => verify('sha256', data, publicKey.handle, signature),
    };
  }
  if (publicKey.family !== 'gost2012' || publicKey.bits !== 256)
    throw fault('the key is neither RSA nor GOST R 34.10-2012 of 256 bits');
  const { octets } = decodePrivateKey(pkcs8);
  return {
    algorithm: 'GOST3410_2012_256',
    certificate,
    sign: (data) => gost.sign(publicKey.curve, digest('streebog256', data), octets),
    verify: (data, signature) =>
      verifySignatureValue({ family: 'gost2012', digest: 'streebog256' }, publicKey, data, signature),
  };
}
