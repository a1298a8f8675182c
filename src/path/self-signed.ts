import { publicKeyOf } from '../algorithm/public-key.ts';
import { fitsKey, resolveSignatureAlgorithm } from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import type { Certificate } from '../certificate/certificate.ts';

/**
 * Whether a certificate is self-signed: issuer and subject are one name, and its signature holds under its own key
 * (RFC 5280, section 3.2). Self-issued ones that are signed with another key, as at an exchange of keys, are not. Only
 * the mathematics: nothing is said of term, usage or allowed algorithms.
 */
export function isSelfSigned(certificate: Certificate): boolean {
  if (!certificate.isSelfIssued) return false;
  const { signatureAlgorithm, tbs, signature } = certificate.fields;
  try {
    const algorithm = resolveSignatureAlgorithm(signatureAlgorithm);
    const key = publicKeyOf(certificate.publicKey);
    return (
      algorithm !== undefined &&
      key.family !== 'unusable' &&
      fitsKey(algorithm, key) &&
      verifySignatureValue(algorithm, key, tbs, signature)
    );
  } catch {
    return false;
  }
}
