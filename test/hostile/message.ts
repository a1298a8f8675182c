import { hash, type KeyObject, sign } from 'node:crypto';
import { contextConstructed } from '../../src/asn1/tag.ts';
import {
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
}

const sha256 = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'));
const ecdsaWithSha256 = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));
const [one, three, five] = [1, 3, 5].map((version) => encodeUnsigned(Uint8Array.of(version)));

/** CMS SignedData (RFC 5652), DER, with any number of signers and anything embedded. */
export function makeCms(order: MessageOrder): Uint8Array {
  const { content, signers, certificates, lists = [], answers = [] } = order;
  const { contentType = contentOids.data } = order;
  const revocation = [
    ...lists,
    ...answers.map((der) => encode(contextConstructed(1), encodeOid(revocationInfoOids.ocspResponse), der)),
  ];
  const version = answers.length > 0 ? five! : contentType === contentOids.data ? one! : three!;
  const signedData = encodeSequence(
    version,
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

function signerInfo({ certificate, key }: MessageSigner, order: MessageOrder): Uint8Array {
  const attributes = order.isBare === true ? undefined : attributesOf(certificate, order);
  const signed = attributes === undefined ? order.content : encodeSetOf(attributes);
  const { issuer, serialNumber } = certificate.fields;
  return encodeSequence(
    one!,
    encodeSequence(issuer.der, encodeIntegerContent(serialNumber)),
    sha256,
    ...(attributes === undefined ? [] : [encodeSetOf(attributes, contextConstructed(0))]),
    ecdsaWithSha256,
    encodeOctetString(sign('sha256', signed, key)),
  );
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
