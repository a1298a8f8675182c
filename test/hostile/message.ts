import { hash, type KeyObject, sign } from 'node:crypto';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  compareOctets,
  encode,
  encodeIntegerContent,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { encodeTime } from '../../src/certificate/writer/time.ts';
import { contentOids, revocationInfoOids, signedAttributeOids } from '../../src/signature/oids.ts';

/** Whoever signs, with an elliptic curve's key. */
export interface MessageSigner {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

/** A message of any form, the wrong ones included. */
export interface MessageOrder {
  readonly content: Uint8Array;
  readonly signers: readonly MessageSigner[];
  /** Certificates in the order in which they are to be found, DER. */
  readonly certificates: readonly Uint8Array[];
  readonly lists?: readonly Uint8Array[];
  readonly answers?: readonly Uint8Array[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly isDetached?: boolean;
  /** Type of the content; plain data if absent. */
  readonly contentType?: string;
  /** Sign the content itself, without signed attributes. */
  readonly isBare?: boolean;
  /** Version of SignedData in place of the right one. */
  readonly version?: number;
  /** Other parts of each SignerInfo than the right ones; whatever is signed is signed then. */
  readonly change?: (parts: SignerParts, signer: MessageSigner) => Partial<SignerParts>;
}

/** The parts of a SignerInfo, encoded. */
export interface SignerParts {
  readonly version: Uint8Array;
  readonly identifier: Uint8Array;
  readonly digestAlgorithm: Uint8Array;
  /** In the order in which they are sent; undefined without signed attributes. */
  readonly attributes: readonly Uint8Array[] | undefined;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
}

const sha256 = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'));
const ecdsaWithSha256 = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));
/** CMSVersion. */
export function encodeVersion(version: number): Uint8Array {
  return encodeUnsigned(Uint8Array.of(version));
}

/** CMS SignedData (RFC 5652), DER, with any number of signers and anything embedded. */
export function makeCms(order: MessageOrder): Uint8Array {
  const { content, signers, certificates, lists = [], answers = [] } = order;
  const { contentType = contentOids.data } = order;
  const revocation = [
    ...lists,
    ...answers.map((der) => encode(contextConstructed(1), encodeOid(revocationInfoOids.ocspResponse), der)),
  ];
  const { version = answers.length > 0 ? 5 : contentType === contentOids.data ? 1 : 3 } = order;
  const signedData = encodeSequence(
    encodeVersion(version),
    encodeSetOf([sha256]),
    encodeSequence(
      encodeOid(contentType),
      ...(order.isDetached === true ? [] : [encode(contextConstructed(0), encodeOctetString(content))]),
    ),
    encode(contextConstructed(0), ...certificates),
    ...(revocation.length === 0 ? [] : [encode(contextConstructed(1), ...revocation)]),
    encodeSetOf(signers.map((signer) => signerInfo(signer, order))),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

function signerInfo(signer: MessageSigner, order: MessageOrder): Uint8Array {
  const { certificate, key } = signer;
  const attributes = order.isBare === true ? undefined : inOrder(attributesOf(certificate, order));
  const { issuer, serialNumber } = certificate.fields;
  const right: SignerParts = {
    version: encodeVersion(1),
    identifier: encodeSequence(issuer.der, encodeIntegerContent(serialNumber)),
    digestAlgorithm: sha256,
    attributes,
    signed: attributes === undefined ? order.content : encode(tag.set, ...attributes),
    signatureAlgorithm: ecdsaWithSha256,
  };
  const parts = { ...right, ...order.change?.(right, signer) };
  return encodeSequence(
    parts.version,
    parts.identifier,
    parts.digestAlgorithm,
    ...(parts.attributes === undefined ? [] : [encode(contextConstructed(0), ...parts.attributes)]),
    parts.signatureAlgorithm,
    encodeOctetString(sign('sha256', parts.signed, key)),
  );
}

function inOrder(attributes: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...attributes].sort(compareOctets);
}

function attributesOf(certificate: Certificate, { content, contentType, at }: MessageOrder): Uint8Array[] {
  const fingerprint = encodeOctetString(hash('sha256', certificate.der, 'buffer'));
  return [
    attribute(signedAttributeOids.contentType, encodeOid(contentType ?? contentOids.data)),
    attribute(signedAttributeOids.messageDigest, encodeOctetString(hash('sha256', content, 'buffer'))),
    attribute(signedAttributeOids.signingTime, encodeTime(at)),
    attribute(
      signedAttributeOids.signingCertificateV2,
      encodeSequence(encodeSequence(encodeSequence(fingerprint))),
    ),
  ];
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSetOf([value]));
}
