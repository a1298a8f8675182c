import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { digestNames } from '../algorithm/signature-algorithm.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { subjectKeyIdentifier } from '../certificate/key-identifier.ts';
import { isSameName } from '../certificate/same-name.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { SignerIdentifier } from './signed-data.ts';
import { type CertificateReference, differenceOf, type ReferenceDifference } from './signing-certificate.ts';

/** The certificates of a message, as far as they can be parsed. */
export interface MessageCertificates {
  readonly certificates: readonly Certificate[];
  /** Why others cannot, in the order of the message. */
  readonly broken: readonly SealgateError[];
}

/**
 * Parses certificates; a broken one beside the signer's does not spoil a message: it can only be missing from a path.
 * Throws `budget_exhausted`.
 */
export function parseCertificates(
  encodings: readonly Uint8Array[],
  budget: Budget,
  parse: (der: Uint8Array) => Certificate,
): MessageCertificates {
  const certificates: Certificate[] = [];
  const broken: SealgateError[] = [];
  for (const encoding of encodings) {
    budget.spend('octets', encoding.length);
    try {
      certificates.push(parse(encoding));
    } catch (error) {
      if (!isFailure(error, 'certificate_malformed')) throw error;
      broken.push(error);
    }
  }
  return { certificates, broken };
}

/**
 * The certificate that a SignerIdentifier points at and that every signing-certificate reference names. Several can
 * have the same issuer and serial number in a message made to deceive; the reference decides.
 * Throws `signer_certificate_missing`, `signer_certificate_substituted`, `certificate_malformed` where the only
 * candidates are broken, and `algorithm_forbidden` for a reference by a weak hash function.
 */
export function chooseSigner(
  identifier: SignerIdentifier,
  references: readonly CertificateReference[],
  message: MessageCertificates,
  known: readonly Certificate[],
  digests: ReadonlySet<DigestAlgorithm>,
): Certificate {
  const candidates = [...message.certificates, ...known].filter((certificate) =>
    identifies(identifier, certificate),
  );
  if (candidates.length === 0) {
    if (message.certificates.length === 0 && message.broken.length > 0) throw message.broken[0];
    throw new SealgateError('signer_certificate_missing', { identifier: describeIdentifier(identifier) });
  }
  for (const { algorithm, version } of references) {
    // Version 1 knows no hash function but SHA-1 (RFC 2634, section 5.4.1); it is there beside other bindings only.
    if (version === 2 && algorithm !== undefined && !digests.has(algorithm)) {
      throw new SealgateError('algorithm_forbidden', {
        algorithm: digestNames[algorithm],
        where: 'signing-certificate',
        accepted: [...digests].map((name) => digestNames[name]).join(', '),
      });
    }
  }
  let problem: ReferenceDifference | undefined;
  for (const certificate of candidates) {
    const differences = references.map((reference) => differenceOf(reference, certificate));
    const found = differences.find((difference) => difference !== undefined);
    if (found === undefined) return certificate;
    problem ??= found;
  }
  throw new SealgateError('signer_certificate_substituted', { problem });
}

/**
 * Whether a SignerIdentifier points at this certificate: names as RFC 5280, section 7.1, compares them, whatever string
 * types the signing tool wrote; key identifiers are compared, never recomputed.
 */
export function identifies(identifier: SignerIdentifier, certificate: Certificate): boolean {
  if (identifier.kind === 'key-identifier') {
    const own = certificate.extension(subjectKeyIdentifier);
    return own !== undefined && compareOctets(own, identifier.keyIdentifier) === 0;
  }
  return (
    compareOctets(identifier.serialNumber, certificate.fields.serialNumber) === 0 &&
    isSameName(identifier.issuer, certificate.issuer)
  );
}

function describeIdentifier(identifier: SignerIdentifier): string {
  return identifier.kind === 'key-identifier'
    ? `key identifier ${Buffer.from(identifier.keyIdentifier).toString('hex')}`
    : `serial number ${Buffer.from(identifier.serialNumber).toString('hex')}`;
}
