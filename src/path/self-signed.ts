import { publicKeyOf } from '../algorithm/public-key.ts';
import { resolveSignatureAlgorithm } from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import type { Certificate } from '../certificate/certificate.ts';

/**
 * Whether a certificate is self-signed: issuer and subject are one name, and its signature holds under its own key
 * (RFC 5280, section 3.2). Self-issued ones that are signed with another key, as at an exchange of keys, are not.
 */
export function isSelfSigned(certificate: Certificate): boolean {
  return certificate.isSelfIssued && holdsUnderOwnKey(certificate);
}

/**
 * Whether the key in a certificate made its signature, whatever the names say. Only the mathematics: nothing is said of
 * term, usage or allowed algorithms.
 */
export function holdsUnderOwnKey({ fields }: Certificate): boolean {
  try {
    const key = publicKeyOf(fields.publicKey);
    const algorithm = resolveSignatureAlgorithm(fields.signatureAlgorithm);
    if (key.family === 'unusable' || algorithm === undefined) return false;
    return verifySignatureValue(algorithm, key, fields.tbs, fields.signature);
  } catch {
    return false;
  }
}
