import { contextConstructed } from '../../asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence } from '../../asn1/writer.ts';
import { encodeCertificateId, type IdDigest, type IdIssuer } from './certificate-id.ts';
import { ocspOids } from './oids.ts';

/** Octets of a nonce: what RFC 8954, section 2.1, calls the upper bound and RFC 9654 the lower. */
export const nonceLength = 32;

/** What is asked of a responder. */
export interface OcspRequest {
  readonly issuer: IdIssuer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
  readonly digest: IdDigest;
  /** Random octets, or undefined to ask for an answer that may have been made before. */
  readonly nonce: Uint8Array | undefined;
}

/** DER OCSPRequest for one certificate, not signed (RFC 6960, section 4.1.1). */
export function encodeOcspRequest({ issuer, serialNumber, digest, nonce }: OcspRequest): Uint8Array {
  const requests = encodeSequence(encodeSequence(encodeCertificateId(issuer, serialNumber, digest)));
  return encodeSequence(
    nonce === undefined ? encodeSequence(requests) : encodeSequence(requests, encodeNonce(nonce)),
  );
}

function encodeNonce(nonce: Uint8Array): Uint8Array {
  const extension = encodeSequence(encodeOid(ocspOids.nonce), encodeOctetString(encodeOctetString(nonce)));
  return encode(contextConstructed(2), encodeSequence(extension));
}
