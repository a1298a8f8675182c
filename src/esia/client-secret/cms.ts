import { digest, digestByOid } from '../../algorithm/digest.ts';
import { currentAlgorithms, forbiddenBy } from '../../algorithm/policy.ts';
import { publicKeyOf } from '../../algorithm/public-key.ts';
import { resolveSignatureAlgorithm, type SignatureAlgorithm } from '../../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../algorithm/verify.ts';
import { EncodingError } from '../../asn1/error.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { isFailure } from '../../error.ts';
import type { EsiaTerm } from '../../failure/esia-terms.ts';
import { looksLikeAttributes, readSignedAttributes } from '../../signature/attributes.ts';
import { contentOids } from '../../signature/oids.ts';
import { readContentType, readMessageDigest } from '../../signature/signed-attribute.ts';
import { parseSignedData, type SignedData, type SignerInfo } from '../../signature/signed-data.ts';
import { identifies } from '../../signature/signer-certificate.ts';

/** What became of a signature: the certificate whose key made it, or why it does not hold. */
export type SecretVerdict =
  | { readonly certificate: Certificate }
  | { readonly problem: EsiaTerm; readonly isForeignCertificate?: true };

/** A message, read, with the one certificate of the system that it was made with. */
interface OpenedSecret {
  readonly signer: SignerInfo;
  readonly content: Uint8Array | undefined;
  readonly certificate: Certificate;
}

/**
 * Whether `message` is a CMS signature of the system over `expected`. As narrow as its purpose: content of type data,
 * attached and octet by octet the expected, or detached; exactly one signer, by one of `registered`, which a certificate
 * in the message has to equal octet by octet; signed attributes may be absent and need not name the certificate. No path
 * is built and nothing else of the message is looked at: the list of digests above all, in which clients name wrong ones.
 */
export function verifyCmsSecret(
  message: Uint8Array,
  expected: Uint8Array,
  registered: readonly Certificate[],
): SecretVerdict {
  try {
    const opened = openSecret(parseSignedData(message), registered);
    return 'problem' in opened ? opened : verifyOpened(opened, expected);
  } catch (error) {
    if (isFailure(error, 'signature_malformed') || error instanceof EncodingError)
      return { problem: 'esia-cms-expected' };
    throw error;
  }
}

/** The content that a CMS message brings along; undefined where it brings none, or is none. */
export function attachedContent(message: Uint8Array): Uint8Array | undefined {
  try {
    return parseSignedData(message).content;
  } catch (error) {
    if (isFailure(error, 'signature_malformed')) return undefined;
    throw error;
  }
}

function openSecret(
  { contentType, content, certificates, signers }: SignedData,
  registered: readonly Certificate[],
): OpenedSecret | (SecretVerdict & { readonly problem: EsiaTerm }) {
  const [signer] = signers;
  if (signer === undefined || signers.length > 1) return { problem: 'esia-signer-count' };
  if (contentType !== contentOids.data) return { problem: 'esia-content' };
  const named = registered.filter((candidate) => identifies(signer.identifier, candidate));
  const isSent = (candidate: Certificate) =>
    certificates.some((sent) => compareOctets(sent, candidate.der) === 0);
  // Where certificates came along, the registered one has to be among them to the octet: another of the same name and
  // number would be a forgery of it.
  const certificate = certificates.length === 0 ? named[0] : named.find(isSent);
  if (certificate === undefined)
    return { problem: 'esia-certificate-unregistered', isForeignCertificate: true };
  return { signer, content, certificate };
}

function verifyOpened({ signer, content, certificate }: OpenedSecret, expected: Uint8Array): SecretVerdict {
  if (content !== undefined && compareOctets(content, expected) !== 0) return { problem: 'esia-content' };
  if (looksLikeAttributes(expected)) return { problem: 'esia-content' };
  const digestAlgorithm = digestByOid(signer.digestAlgorithm.oid);
  if (digestAlgorithm === undefined || !currentAlgorithms.digests.has(digestAlgorithm))
    return { problem: 'esia-algorithm' };
  const key = publicKeyOf(certificate.publicKey);
  const algorithm = resolveSignatureAlgorithm(signer.signatureAlgorithm, digestAlgorithm);
  if (algorithm === undefined || key.family === 'unusable' || !isSystemAlgorithm(algorithm))
    return { problem: 'esia-algorithm' };
  if (forbiddenBy(currentAlgorithms, algorithm, key) !== undefined) return { problem: 'esia-algorithm' };
  let signed = expected;
  if (signer.signedAttributes !== undefined) {
    const attributes = readSignedAttributes(signer.signedAttributes);
    const digested = readMessageDigest(attributes);
    if (readContentType(attributes) !== contentOids.data || digested === undefined)
      return { problem: 'esia-content' };
    if (compareOctets(digested, digest(digestAlgorithm, expected)) !== 0) return { problem: 'esia-content' };
    signed = attributes.der;
  }
  return verifySignatureValue(algorithm, key, signed, signer.signature)
    ? { certificate }
    : { problem: 'esia-signature' };
}

/** Systems sign with RSA or GOST R 34.10-2012, under their own names. */
function isSystemAlgorithm(algorithm: SignatureAlgorithm): boolean {
  if (algorithm.family === 'gost2012') return algorithm.isMislabelled !== true;
  return algorithm.family === 'rsa-pkcs1' || algorithm.family === 'rsa-pss';
}
