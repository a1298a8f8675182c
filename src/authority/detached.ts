import * as asn1js from 'asn1js';
import {
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import { digest, digestByOid } from '../algorithm/digest.ts';
import { compareOctets, encodeOctetString, encodeOid, encodeSequence } from '../asn1/writer.ts';
import { contentOids, signedAttributeOids } from '../signature/oids.ts';
import { engine } from '../webcrypto/pkijs-engine.ts';
import type { IssuedCertificate } from './issuer.ts';
import type { KeyPair } from './key.ts';

/**
 * A detached CAdES-BES signature (RFC 5126, section 4.3.1) over `content` with the key of a certificate that the
 * authority issued and knows the key of, DER, with the certificates up to the root. `at` is the signing time, ms; `more`
 * are signed attributes beside the customary ones.
 */
export async function signDetached(
  content: Uint8Array,
  { certificate: der, key, chain }: IssuedCertificate,
  at: number,
  more: readonly Attribute[] = [],
): Promise<Uint8Array> {
  if (key === undefined) throw new Error('the authority does not have the key');
  const certificate = Certificate.fromBER(der);
  const { issuer, serialNumber } = certificate;
  const signedData = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: contentOids.data }),
    certificates: [certificate, ...chain.map((above) => Certificate.fromBER(above))],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer, serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: inOrder([...(await attributesOf(content, der, key, at)), ...more]),
        }),
      }),
    ],
  });
  await signedData.sign(key.keys.privateKey, 0, key.hash, undefined, engine);
  const message = new ContentInfo({
    contentType: contentOids.signedData,
    content: signedData.toSchema(true),
  });
  return new Uint8Array(message.toSchema().toBER());
}

async function attributesOf(
  content: Uint8Array,
  certificate: Uint8Array,
  key: KeyPair,
  at: number,
): Promise<Attribute[]> {
  const messageDigest = await engine.digest(key.hash, Uint8Array.from(content));
  return [
    attribute(signedAttributeOids.contentType, new asn1js.ObjectIdentifier({ value: contentOids.data })),
    attribute(signedAttributeOids.messageDigest, new asn1js.OctetString({ valueHex: messageDigest })),
    attribute(signedAttributeOids.signingTime, new asn1js.UTCTime({ valueDate: new Date(at) })),
    attribute(signedAttributeOids.signingCertificateV2, signingCertificate(certificate, key)),
  ];
}

/** An attribute with one value. */
export function attribute(type: string, value: asn1js.BaseBlock): Attribute {
  return new Attribute({ type, values: [value] });
}

/** Attributes as a DER SET OF has them (X.690, section 11.6): pkijs writes them in the order in which it gets them. */
export function inOrder(attributes: readonly Attribute[]): Attribute[] {
  const encoded = attributes.map((each) => ({ each, der: new Uint8Array(each.toSchema().toBER()) }));
  return encoded.sort((a, b) => compareOctets(a.der, b.der)).map(({ each }) => each);
}

/** SigningCertificateV2 with one ESSCertIDv2 (RFC 5035, section 3); SHA-256 is its default and not written. */
export function signingCertificate(certificate: Uint8Array, key: KeyPair): asn1js.BaseBlock {
  const oid = engine.getOIDByAlgorithm({ name: key.hash }, true);
  const algorithm = digestByOid(oid);
  if (algorithm === undefined) throw new Error(`no hash ${key.hash}`);
  const named = algorithm === 'sha256' ? [] : [encodeSequence(encodeOid(oid))];
  const id = encodeSequence(...named, encodeOctetString(digest(algorithm, certificate)));
  return asn1js.fromBER(encodeSequence(encodeSequence(id))).result;
}
