import { type DigestAlgorithm, digest, digestByOid, digestOids, digestOnce } from '../../algorithm/digest.ts';
import { hasNoParameters, readAlgorithmIdentifier } from '../../algorithm/identifier.ts';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import type { Reader } from '../../asn1/reader.ts';
import {
  compareOctets,
  encodedNull,
  encodeIntegerContent,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { Name } from '../../certificate/name.ts';

/** Hash functions of a CertID: SHA-1 is what responders know, the others what RFC 6960 and GOST allow. */
export type IdDigest = Extract<
  DigestAlgorithm,
  'sha1' | 'sha256' | 'sha384' | 'sha512' | 'streebog256' | 'streebog512'
>;

const idDigests: ReadonlySet<string> = new Set<IdDigest>([
  'sha1',
  'sha256',
  'sha384',
  'sha512',
  'streebog256',
  'streebog512',
]);

/** CertID (RFC 6960, section 4.1.1). */
export interface CertificateId {
  /** Undefined where the hash function is not one that is looked at; such an identifier matches nothing. */
  readonly digest: IdDigest | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
}

/** Name and key of a certificate's issuer: what a CertID is made of. */
export interface IdIssuer {
  readonly name: Name;
  readonly publicKey: PublicKeyInfo;
}

/** Reads a CertID. Throws an EncodingError. */
export function readCertificateId(reader: Reader): CertificateId {
  const fields = reader.sequence();
  const algorithm = readAlgorithmIdentifier(fields);
  const issuerNameHash = fields.octetString();
  const issuerKeyHash = fields.octetString();
  const serialNumber = fields.integer();
  fields.finish();
  const name = hasNoParameters(algorithm) ? digestByOid(algorithm.oid) : undefined;
  const known = name !== undefined && idDigests.has(name) ? (name as IdDigest) : undefined;
  return { digest: known, issuerNameHash, issuerKeyHash, serialNumber };
}

/**
 * DER of the CertID of the certificate of that issuer and serial number. The hashes are over the encoding of the
 * name and the content of the BIT STRING of the key, which for GOST is an OCTET STRING with its header.
 */
export function encodeCertificateId(
  issuer: IdIssuer,
  serialNumber: Uint8Array,
  algorithm: IdDigest,
): Uint8Array {
  return encodeSequence(
    encodeSequence(encodeOid(digestOids[algorithm]), encodedNull),
    encodeOctetString(digest(algorithm, issuer.name.der)),
    encodeOctetString(digest(algorithm, issuer.publicKey.key)),
    encodeIntegerContent(serialNumber),
  );
}

/**
 * Whether `id` names that certificate. The name is the certificate's issuer field (RFC 6960, section 4.1.1); a responder
 * may know its authority by the authority's own subject, which is the same name, perhaps in another string type.
 */
export function isAbout(id: CertificateId, certificate: Certificate, { name, publicKey }: IdIssuer): boolean {
  const { serialNumber } = certificate.fields;
  return [certificate.issuer, name].some((each) => isIdOf(id, { name: each, publicKey }, serialNumber));
}

function isIdOf(id: CertificateId, issuer: IdIssuer, serialNumber: Uint8Array): boolean {
  return (
    id.digest !== undefined &&
    compareOctets(id.serialNumber, serialNumber) === 0 &&
    compareOctets(id.issuerKeyHash, digestOnce(id.digest, issuer.publicKey.key)) === 0 &&
    compareOctets(id.issuerNameHash, digestOnce(id.digest, issuer.name.der)) === 0
  );
}
