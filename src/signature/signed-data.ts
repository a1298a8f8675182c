import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { SealgateError } from '../error.ts';
import { contentOids, revocationInfoOids } from './oids.ts';

/** A login message is a few kilobytes; documents are signed detached when they are larger. In octets. */
export const largestLoginMessage = 256 * 1024;

const mostCertificates = 64;
const mostSigners = 64;

/** Which certificate signs (RFC 5652, section 5.3). */
export type SignerIdentifier =
  | { readonly kind: 'issuer-and-serial'; readonly issuer: Uint8Array; readonly serialNumber: Uint8Array }
  | { readonly kind: 'key-identifier'; readonly keyIdentifier: Uint8Array };

/** SignerInfo (RFC 5652, section 5.3) as received; nothing verified. */
export interface SignerInfo {
  readonly identifier: SignerIdentifier;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** Signed attributes under their tag [0], DER or BER. */
  readonly signedAttributes: Uint8Array | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** Unsigned attributes under their tag [1], DER or BER. */
  readonly unsignedAttributes: Uint8Array | undefined;
}

/** SignedData (RFC 5652, section 5.1) as received; octets are views of the message, nothing verified. */
export interface SignedData {
  readonly contentType: string;
  /** Undefined where the signature is detached. */
  readonly content: Uint8Array | undefined;
  /** Encodings of X.509 certificates; other kinds are passed over. */
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  /** Encodings of OCSPResponse (RFC 5940). */
  readonly ocspResponses: readonly Uint8Array[];
  readonly signers: readonly SignerInfo[];
}

/**
 * Parses a CMS SignedData message, DER or BER, attached or detached. Throws `signature_malformed` with the rule
 * that is broken and the place.
 */
export function parseSignedData(message: Uint8Array): SignedData {
  try {
    const reader = Reader.ber(message);
    const contentInfo = reader.sequence();
    if (contentInfo.oid() !== contentOids.signedData) contentInfo.refuse('content is not SignedData');
    const wrapper = contentInfo.constructed(contextConstructed(0));
    const signedData = readSignedData(wrapper.sequence());
    wrapper.finish();
    contentInfo.finish();
    reader.finish();
    return signedData;
  } catch (error) {
    throw asMalformed(error, 'message');
  }
}

/** Turns an EncodingError into `signature_malformed`; other errors are returned unchanged. */
export function asMalformed(error: unknown, where: string): unknown {
  if (!(error instanceof EncodingError)) return error;
  return new SealgateError(
    'signature_malformed',
    { where: `${where}, octet ${error.offset}`, problem: error.rule },
    { cause: error },
  );
}

function readSignedData(fields: Reader): SignedData {
  const version = fields.smallInteger();
  if (version !== 1 && version !== 3 && version !== 4 && version !== 5)
    fields.refuse('version of SignedData is unknown');
  const digestAlgorithms = fields.set();
  const namesDigests = !digestAlgorithms.isAtEnd;
  while (!digestAlgorithms.isAtEnd) readAlgorithmIdentifier(digestAlgorithms);
  const { contentType, content } = readEncapsulated(fields.sequence());
  const certificates = readCertificates(fields.optionalConstructed(contextConstructed(0)));
  const { crls, ocspResponses } = readRevocation(fields.optionalConstructed(contextConstructed(1)));
  const signers = readSigners(fields.set());
  // A message may be read in one pass only if the digests are announced (RFC 5652, section 5.1).
  if (signers.length > 0 && !namesDigests) fields.refuse('digest algorithms are not named');
  fields.finish();
  return { contentType, content, certificates, crls, ocspResponses, signers };
}

function readEncapsulated(fields: Reader): Pick<SignedData, 'contentType' | 'content'> {
  const contentType = fields.oid();
  const wrapper = fields.optionalConstructed(contextConstructed(0));
  const content = wrapper?.octetString();
  wrapper?.finish();
  fields.finish();
  return { contentType, content };
}

function readCertificates(set: Reader | undefined): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  while (set !== undefined && !set.isAtEnd) {
    if (certificates.length >= mostCertificates) set.refuse('there are too many certificates');
    // Attribute certificates and other kinds (tags [0] to [3]) have no part in the path of a signer.
    const isCertificate = set.peek() === tag.sequence;
    const octets = set.raw();
    if (isCertificate) certificates.push(octets);
  }
  return certificates;
}

function readRevocation(set: Reader | undefined): Pick<SignedData, 'crls' | 'ocspResponses'> {
  const crls: Uint8Array[] = [];
  const ocspResponses: Uint8Array[] = [];
  while (set !== undefined && !set.isAtEnd) {
    if (crls.length + ocspResponses.length >= mostCertificates)
      set.refuse('there is too much revocation information');
    if (set.peek() !== contextConstructed(1)) {
      crls.push(set.raw());
      continue;
    }
    const other = set.constructed(contextConstructed(1));
    const kind = other.oid();
    const value = other.raw();
    other.finish();
    if (kind === revocationInfoOids.ocspResponse) ocspResponses.push(value);
  }
  return { crls, ocspResponses };
}

function readSigners(set: Reader): readonly SignerInfo[] {
  const signers: SignerInfo[] = [];
  while (!set.isAtEnd) {
    if (signers.length >= mostSigners) set.refuse('there are too many signers');
    signers.push(readSigner(set.sequence()));
  }
  return signers;
}

function readSigner(fields: Reader): SignerInfo {
  const version = fields.smallInteger();
  const identifier = readIdentifier(fields);
  if (version !== 1 && version !== 3) fields.refuse('version of SignerInfo is unknown');
  const digestAlgorithm = readAlgorithmIdentifier(fields);
  const signedAttributes = fields.peek() === contextConstructed(0) ? fields.raw() : undefined;
  const signatureAlgorithm = readAlgorithmIdentifier(fields);
  const signature = fields.octetString();
  const unsignedAttributes = fields.peek() === contextConstructed(1) ? fields.raw() : undefined;
  fields.finish();
  return { identifier, digestAlgorithm, signedAttributes, signatureAlgorithm, signature, unsignedAttributes };
}

function readIdentifier(fields: Reader): SignerIdentifier {
  if (fields.peek() === context(0))
    return { kind: 'key-identifier', keyIdentifier: fields.octetString(context(0)) };
  const sequence = fields.sequence();
  const issuer = sequence.any();
  const serialNumber = sequence.integer();
  sequence.finish();
  return { kind: 'issuer-and-serial', issuer, serialNumber };
}
