import { type DigestAlgorithm, digestByOid, digestOnce } from '../algorithm/digest.ts';
import { hasNoParameters, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import type { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { readGeneralNames } from '../certificate/general-name.ts';
import type { Name } from '../certificate/name.ts';
import { isSameName } from '../certificate/same-name.ts';
import { type SignedAttributes, singleValue } from './attributes.ts';
import { signedAttributeOids } from './oids.ts';

/** ESSCertID or ESSCertIDv2 (RFC 5035): the certificate that the signer says it signs with. */
export interface CertificateReference {
  readonly version: 1 | 2;
  /** Undefined where the hash function is unknown; such a reference matches nothing. */
  readonly algorithm: DigestAlgorithm | undefined;
  readonly hash: Uint8Array;
  readonly issuerAndSerial:
    | { readonly issuers: readonly Name[]; readonly serialNumber: Uint8Array }
    | undefined;
}

/**
 * First reference of each signing-certificate attribute that is present, version 2 and version 1: the first is the
 * signer's (RFC 5035, section 4). Empty where there is no such attribute. Throws an EncodingError.
 */
export function readSigningCertificates(attributes: SignedAttributes): readonly CertificateReference[] {
  const references: CertificateReference[] = [];
  const second = singleValue(attributes.byOid, signedAttributeOids.signingCertificateV2);
  if (second !== undefined) references.push(readFirst(second, readVersion2));
  const first = singleValue(attributes.byOid, signedAttributeOids.signingCertificate);
  if (first !== undefined) references.push(readFirst(first, readVersion1));
  return references;
}

function readFirst(value: Reader, read: (fields: Reader) => CertificateReference): CertificateReference {
  const fields = value.sequence();
  const list = fields.sequence();
  const reference = read(list.sequence());
  while (!list.isAtEnd) read(list.sequence());
  // Policies may follow; they say nothing about the certificate.
  if (!fields.isAtEnd) fields.any();
  fields.finish();
  value.finish();
  return reference;
}

function readVersion2(fields: Reader): CertificateReference {
  const identifier = fields.peek() === tag.sequence ? readAlgorithmIdentifier(fields) : undefined;
  const isPlain = identifier === undefined || hasNoParameters(identifier);
  const algorithm = identifier === undefined ? 'sha256' : isPlain ? digestByOid(identifier.oid) : undefined;
  return { version: 2, algorithm, hash: fields.octetString(), issuerAndSerial: readIssuerAndSerial(fields) };
}

function readVersion1(fields: Reader): CertificateReference {
  return {
    version: 1,
    algorithm: 'sha1',
    hash: fields.octetString(),
    issuerAndSerial: readIssuerAndSerial(fields),
  };
}

function readIssuerAndSerial(fields: Reader): CertificateReference['issuerAndSerial'] {
  if (fields.isAtEnd) return undefined;
  const sequence = fields.sequence();
  const issuers = readGeneralNames(sequence).flatMap((name) =>
    name.kind === 'directory' ? [name.value] : [],
  );
  const serialNumber = sequence.integer();
  sequence.finish();
  fields.finish();
  return { issuers, serialNumber };
}

/** In what a reference differs from a certificate that it does not name. */
export type ReferenceDifference = 'certificate-digest' | 'issuer-and-serial-number';

/**
 * In what a reference differs from this certificate: its hash, or issuer and serial number where they stand in it;
 * undefined where it names this very certificate.
 */
export function differenceOf(
  { algorithm, hash, issuerAndSerial: named }: CertificateReference,
  certificate: Certificate,
): ReferenceDifference | undefined {
  if (algorithm === undefined || compareOctets(digestOnce(algorithm, certificate.der), hash) !== 0) {
    return 'certificate-digest';
  }
  if (named === undefined) return undefined;
  const isSame =
    compareOctets(named.serialNumber, certificate.fields.serialNumber) === 0 &&
    named.issuers.some((issuer) => isSameName(issuer, certificate.issuer));
  return isSame ? undefined : 'issuer-and-serial-number';
}
