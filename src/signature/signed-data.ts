import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { canonical } from '../asn1/canonical.ts';
import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { type Name, readName } from '../certificate/name.ts';
import { SealgateError } from '../error.ts';
import { contentOids, revocationInfoOids } from './oids.ts';

const mostCertificates = 64;

/** CertificateChoices (RFC 5652, section 10.2.2) beside the plain certificate: identifier octets. */
const extendedCertificate = contextConstructed(0);
const attributeCertificateV1 = contextConstructed(1);
const attributeCertificateV2 = contextConstructed(2);
const otherCertificate = contextConstructed(3);

const mostSigners = 64;

/** Which certificate signs (RFC 5652, section 5.3). */
export type SignerIdentifier =
  | { readonly kind: 'issuer-and-serial'; readonly issuer: Name; readonly serialNumber: Uint8Array }
  | { readonly kind: 'key-identifier'; readonly keyIdentifier: Uint8Array };

/**
 * CMSVersion (RFC 5652, section 10.2.5): the one that was written, and the one that the contents ask for. Nothing rests
 * on it here: what there is, is read, whatever number stands before it.
 */
export interface Version {
  readonly written: number;
  readonly right: number;
}

/** SignerInfo (RFC 5652, section 5.3) as received; nothing verified. */
export interface SignerInfo {
  readonly version: Version;
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
  readonly version: Version;
  readonly contentType: string;
  /** What the message announces to be used by its signers. */
  readonly digestAlgorithms: readonly AlgorithmIdentifier[];
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
  const written = readVersion(fields);
  const digestAlgorithms = readDigestAlgorithms(fields.set());
  const { contentType, content } = readEncapsulated(fields.sequence());
  const { certificates, rarest } = readCertificates(fields.optionalConstructed(contextConstructed(0)));
  const { crls, ocspResponses, hasOther } = readRevocation(fields.optionalConstructed(contextConstructed(1)));
  const signers = readSigners(fields.set());
  fields.finish();
  const isPlain = contentType === contentOids.data && signers.every(({ version: { right } }) => right === 1);
  const version = { written, right: hasOther ? 5 : versionOf(rarest, isPlain) };
  return { version, contentType, digestAlgorithms, content, certificates, crls, ocspResponses, signers };
}

/** RFC 5652, section 10.2.5, has versions from 0 to 5; another one may stand before anything. */
function readVersion(fields: Reader): number {
  const version = fields.smallInteger();
  if (version > 5) fields.refuse(`version ${version} is unknown`);
  return version;
}

/** RFC 5652, section 5.1; `isPlain`: content of type data, and signers that are all of version 1. */
function versionOf(rarest: number, isPlain: boolean): number {
  if (rarest === otherCertificate) return 5;
  if (rarest === attributeCertificateV2) return 4;
  return rarest === attributeCertificateV1 || !isPlain ? 3 : 1;
}

function readDigestAlgorithms(set: Reader): readonly AlgorithmIdentifier[] {
  const algorithms: AlgorithmIdentifier[] = [];
  while (!set.isAtEnd) {
    if (algorithms.length >= mostSigners) set.refuse('there are too many digest algorithms');
    algorithms.push(readAlgorithmIdentifier(set));
  }
  return algorithms;
}

function readEncapsulated(fields: Reader): Pick<SignedData, 'contentType' | 'content'> {
  const contentType = fields.oid();
  const wrapper = fields.optionalConstructed(contextConstructed(0));
  const content = wrapper?.octetString();
  wrapper?.finish();
  fields.finish();
  return { contentType, content };
}

function readCertificates(set: Reader | undefined): {
  readonly certificates: readonly Uint8Array[];
  /** Identifier octet of the rarest kind among them, the one with the highest. */
  readonly rarest: number;
} {
  const certificates: Uint8Array[] = [];
  let rarest = 0;
  for (let count = 0; set !== undefined && !set.isAtEnd; count++) {
    if (count >= mostCertificates) set.refuse('there are too many certificates');
    const kind = set.peek();
    const isKnown = kind === tag.sequence || (kind >= extendedCertificate && kind <= otherCertificate);
    if (!isKnown) set.refuse('kind of certificate is unknown');
    if (kind > rarest) rarest = kind;
    const octets = set.raw();
    // Attribute certificates and other kinds have no part in the path of a signer.
    if (kind === tag.sequence) certificates.push(octets);
  }
  return { certificates, rarest };
}

function readRevocation(
  set: Reader | undefined,
): Pick<SignedData, 'crls' | 'ocspResponses'> & { readonly hasOther: boolean } {
  const crls: Uint8Array[] = [];
  const ocspResponses: Uint8Array[] = [];
  let hasOther = false;
  while (set !== undefined && !set.isAtEnd) {
    if (crls.length + ocspResponses.length >= mostCertificates)
      set.refuse('there is too much revocation information');
    if (set.peek() !== contextConstructed(1)) {
      crls.push(set.raw());
      continue;
    }
    hasOther = true;
    const other = set.constructed(contextConstructed(1));
    const kind = other.oid();
    const value = other.raw();
    other.finish();
    if (kind === revocationInfoOids.ocspResponse) ocspResponses.push(value);
  }
  return { crls, ocspResponses, hasOther };
}

function readSigners(set: Reader): readonly SignerInfo[] {
  const signers: SignerInfo[] = [];
  while (!set.isAtEnd) {
    if (signers.length >= mostSigners) set.refuse('there are too many signers');
    signers.push(readSigner(set.sequence()));
  }
  return signers;
}

/** Parses one SignerInfo on its own, as a countersignature holds it (RFC 5652, section 11.4). Throws an EncodingError. */
export function parseSignerInfo(octets: Uint8Array): SignerInfo {
  const reader = Reader.ber(octets);
  const signer = readSigner(reader.sequence());
  reader.finish();
  return signer;
}

function readSigner(fields: Reader): SignerInfo {
  const written = readVersion(fields);
  const identifier = readIdentifier(fields);
  // RFC 5652, section 5.3.
  const version = { written, right: identifier.kind === 'key-identifier' ? 3 : 1 };
  const digestAlgorithm = readAlgorithmIdentifier(fields);
  const signedAttributes = fields.peek() === contextConstructed(0) ? fields.raw() : undefined;
  const signatureAlgorithm = readAlgorithmIdentifier(fields);
  const signature = fields.octetString();
  const unsignedAttributes = fields.peek() === contextConstructed(1) ? fields.raw() : undefined;
  fields.finish();
  return {
    version,
    identifier,
    digestAlgorithm,
    signedAttributes,
    signatureAlgorithm,
    signature,
    unsignedAttributes,
  };
}

function readIdentifier(fields: Reader): SignerIdentifier {
  if (fields.peek() === context(0))
    return { kind: 'key-identifier', keyIdentifier: fields.octetString(context(0)) };
  const sequence = fields.sequence();
  const issuer = readName(Reader.der(canonical(sequence.any())));
  const serialNumber = sequence.integer();
  sequence.finish();
  return { kind: 'issuer-and-serial', issuer, serialNumber };
}
