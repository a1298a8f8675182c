import { type DigestAlgorithm, digest } from '../algorithm/digest.ts';
import { digestInSlices } from '../algorithm/digest-in-slices.ts';
import { contextConstructed } from '../asn1/tag.ts';
import {
  encode,
  encodeIntegerContent,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUnsigned,
} from '../asn1/writer.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { encodeTime } from '../certificate/writer/time.ts';
import { contentOids, signedAttributeOids } from '../signature/oids.ts';
import { customaryScheme } from '../token/request.ts';
import { digestIdentifier, partsOf, signatureIdentifier } from '../token/scheme.ts';
import type { SignatureScheme, Signer } from '../token/signer.ts';

/** How a message is made. */
export interface MessageOptions {
  /** Leave the content out of the message. */
  readonly isDetached?: boolean;
  /**
   * Milliseconds since the epoch for the signing-time attribute, which is a claim and no proof; undefined where the time
   * stands elsewhere, as in a PDF.
   */
  readonly signingTime: number | undefined;
  /** It is over the value of another signature. */
  readonly isCounterSignature?: boolean;
  /** By default the customary scheme of the key. */
  readonly scheme?: SignatureScheme;
  /** Certificates to send along beside the signer's, DER; by default those stored with the key. */
  readonly chain?: readonly Uint8Array[];
}

/**
 * A CMS SignedData message (RFC 5652), DER, as CAdES-BES asks for it (RFC 5126, section 4.3.1): one signer; signed
 * attributes content-type, message-digest, signing-time, signing-certificate-v2 (RFC 5035) and algorithm protection
 * (RFC 6211). Digest and signature are named by with-digest identifiers; for Ed25519 the digest is SHA-512
 * (RFC 8419, section 3.1), for GOST the Streebog of the key's size.
 * Throws an Error if the signer has no certificate, and the failures of `signer.sign`.
 */
export async function makeMessage(
  content: Uint8Array,
  signer: Signer,
  options: MessageOptions,
): Promise<Uint8Array> {
  const { signerInfo, certificates, digestAlgorithm } = await signOver(content, signer, options);
  const signedData = encodeSequence(
    encodeUnsigned(Uint8Array.of(1)),
    encodeSetOf([digestAlgorithm]),
    encapsulated(options.isDetached === true ? undefined : content),
    encodeSetOf(certificates, contextConstructed(0)),
    encodeSetOf([signerInfo]),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

/** What a signer adds to a message. */
export interface MadeSignature {
  /** SignerInfo, DER. */
  readonly signerInfo: Uint8Array;
  /** The signer's certificate and those to send along, DER. */
  readonly certificates: readonly Uint8Array[];
  /** AlgorithmIdentifier, DER. */
  readonly digestAlgorithm: Uint8Array;
}

/**
 * A signature over content for a message of whatever signers. One over the value of another signature has no
 * content-type (RFC 5652, section 11.4). Throws as `makeMessage` does.
 */
export async function signOver(
  content: Uint8Array,
  signer: Signer,
  options: MessageOptions,
): Promise<MadeSignature> {
  if (signer.certificate === undefined) throw new Error('a message is made with a certificate');
  const certificate = parseCertificate(signer.certificate);
  const scheme = options.scheme ?? customaryScheme(signer);
  const digestName = partsOf(scheme).digest ?? 'sha512';
  const messageDigest = await digestInSlices(digestName, content);
  const attributes = signedAttributes(messageDigest, certificate, scheme, digestName, options);
  const signature = await signer.sign(encodeSetOf(attributes), scheme);
  const digestAlgorithm = digestIdentifier(digestName);
  const signerInfo = encodeSequence(
    encodeUnsigned(Uint8Array.of(1)),
    issuerAndSerial(certificate),
    digestAlgorithm,
    encodeSetOf(attributes, contextConstructed(0)),
    signatureIdentifier(scheme),
    encodeOctetString(signature),
  );
  const certificates = distinct([certificate.der, ...(options.chain ?? signer.chain)]);
  return { signerInfo, certificates, digestAlgorithm };
}

function signedAttributes(
  messageDigest: Uint8Array,
  certificate: Certificate,
  scheme: SignatureScheme,
  digestName: DigestAlgorithm,
  { signingTime, isCounterSignature = false }: MessageOptions,
): Uint8Array[] {
  const { contentType, signingTime: time } = signedAttributeOids;
  return [
    ...(isCounterSignature ? [] : [attribute(contentType, encodeOid(contentOids.data))]),
    ...(signingTime === undefined ? [] : [attribute(time, encodeTime(signingTime))]),
    attribute(signedAttributeOids.messageDigest, encodeOctetString(messageDigest)),
    attribute(signedAttributeOids.signingCertificateV2, signingCertificate(certificate, digestName)),
    attribute(signedAttributeOids.algorithmProtection, algorithmProtection(scheme, digestName)),
  ];
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(type), encodeSetOf([value]));
}

/** SigningCertificateV2 with one ESSCertIDv2 (RFC 5035, section 4); SHA-256 is the DEFAULT and therefore not written. */
function signingCertificate(certificate: Certificate, digestName: DigestAlgorithm): Uint8Array {
  const algorithm = digestName === 'sha256' ? [] : [digestIdentifier(digestName)];
  const directoryName = encode(contextConstructed(4), certificate.issuer.der);
  const reference = encodeSequence(
    ...algorithm,
    encodeOctetString(digest(digestName, certificate.der)),
    encodeSequence(encodeSequence(directoryName), encodeIntegerContent(certificate.fields.serialNumber)),
  );
  return encodeSequence(encodeSequence(reference));
}

/** CMSAlgorithmProtection (RFC 6211, section 2): both algorithms under the signature, so that neither can be exchanged. */
function algorithmProtection(scheme: SignatureScheme, digestName: DigestAlgorithm): Uint8Array {
  return encodeSequence(digestIdentifier(digestName), implicit(1, signatureIdentifier(scheme)));
}

function implicit(number: number, sequence: Uint8Array): Uint8Array {
  const tagged = Uint8Array.from(sequence);
  tagged[0] = contextConstructed(number);
  return tagged;
}

function issuerAndSerial({ issuer, fields }: Certificate): Uint8Array {
  return encodeSequence(issuer.der, encodeIntegerContent(fields.serialNumber));
}

function encapsulated(content: Uint8Array | undefined): Uint8Array {
  const type = encodeOid(contentOids.data);
  if (content === undefined) return encodeSequence(type);
  return encodeSequence(type, encode(contextConstructed(0), encodeOctetString(content)));
}

function distinct(all: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(all.map((der) => [Buffer.from(der).toString('base64'), der])).values()];
}
