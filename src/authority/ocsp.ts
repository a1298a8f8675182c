import * as asn1js from 'asn1js';
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  Certificate,
  Extension,
  id_PKIX_OCSP_Basic,
  OCSPRequest,
  OCSPResponse,
  RelativeDistinguishedNames,
  ResponseBytes,
  SingleResponse,
} from 'pkijs';
import { type DigestAlgorithm, digest, digestByOid, digestOids } from '../algorithm/digest.ts';
import { parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { compareOctets } from '../asn1/writer.ts';
import { keyIdentifierOf } from '../certificate/writer/extension.ts';
import { engine } from '../webcrypto/pkijs-engine.ts';
import { type RevocationReason, revocationReasons } from './crl.ts';
import type { KeyPair } from './key.ts';

const nonceOid = '1.3.6.1.5.5.7.48.1.2';
const largestNonce = 128;

/** Which certificate a question or an answer is about (RFC 6960, section 4.1.1). */
export interface CertificateId {
  readonly hashOid: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
}

/** A question, read. */
export interface OcspQuestion {
  readonly ids: readonly CertificateId[];
  /** Content of the nonce's OCTET STRING (RFC 8954). */
  readonly nonce: Uint8Array | undefined;
}

/** What an answer says of a certificate; times in ms since the epoch. */
export type OcspStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly at: number; readonly reason?: RevocationReason }
  | { readonly kind: 'unknown' };

/** Everything that stands in an answer. */
export interface OcspPlan {
  readonly answers: readonly {
    readonly id: CertificateId;
    readonly status: OcspStatus;
    readonly thisUpdate: number;
    readonly nextUpdate?: number;
  }[];
  readonly producedAt: number;
  readonly nonce?: Uint8Array;
  /** How the responder is named; by its key unless told otherwise. */
  readonly naming?: 'key' | 'name';
  /** The responder's certificate, DER; sent along unless `sendsCertificate` is false. */
  readonly certificate: Uint8Array;
  readonly sendsCertificate?: boolean;
}

/** Answers that carry no verdict (RFC 6960, section 4.2.1). */
export const ocspErrors = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

export type OcspError = keyof typeof ocspErrors;

/** Reads a question; undefined where it is none. A signature on it is not looked at. */
export function readOcspRequest(der: Uint8Array): OcspQuestion | undefined {
  try {
    const { tbsRequest } = OCSPRequest.fromBER(der);
    const ids = tbsRequest.requestList.map(({ reqCert }) => ({
      hashOid: reqCert.hashAlgorithm.algorithmId,
      issuerNameHash: reqCert.issuerNameHash.valueBlock.valueHexView,
      issuerKeyHash: reqCert.issuerKeyHash.valueBlock.valueHexView,
      serialNumber: reqCert.serialNumber.valueBlock.valueHexView,
    }));
    const found = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === nonceOid);
    const nonce = found === undefined ? undefined : nonceOf(found.extnValue.valueBlock.valueHexView);
    return ids.length === 0 ? undefined : { ids, nonce };
  } catch {
    return undefined;
  }
}

/** RFC 8954 wraps the nonce in an OCTET STRING of its own; older clients send it bare. */
function nonceOf(value: Uint8Array): Uint8Array | undefined {
  const inner = value[0] === 0x04 && value[1] === value.length - 2 ? value.subarray(2) : value;
  return inner.length > 0 && inner.length <= largestNonce ? inner : undefined;
}

/** The identifier of a certificate: `issuer` is the issuer's DER Name, `issuerKey` its SubjectPublicKeyInfo. */
export function certificateId(
  issuer: Uint8Array,
  issuerKey: Uint8Array,
  serialNumber: Uint8Array,
  algorithm: DigestAlgorithm = 'sha1',
): CertificateId {
  return {
    hashOid: digestOids[algorithm],
    issuerNameHash: digest(algorithm, issuer),
    issuerKeyHash: digest(algorithm, parsePublicKeyInfo(issuerKey).key),
    serialNumber,
  };
}

/** Whether an identifier names a certificate of this issuer; false for a hash that is not known. */
export function isOfIssuer(id: CertificateId, issuer: Uint8Array, issuerKey: Uint8Array): boolean {
  const algorithm = digestByOid(id.hashOid);
  if (algorithm === undefined) return false;
  const expected = certificateId(issuer, issuerKey, id.serialNumber, algorithm);
  return (
    compareOctets(expected.issuerNameHash, id.issuerNameHash) === 0 &&
    compareOctets(expected.issuerKeyHash, id.issuerKeyHash) === 0
  );
}

/** Makes and signs an answer (RFC 6960, section 4.2); checks nothing, so that false ones can be made for tests. */
export async function makeOcspResponse(plan: OcspPlan, signer: KeyPair): Promise<Uint8Array> {
  const certificate = Certificate.fromBER(plan.certificate);
  const basic = new BasicOCSPResponse();
  const data = basic.tbsResponseData;
  data.responderID =
    plan.naming === 'name'
      ? RelativeDistinguishedNames.fromBER(certificate.subject.toSchema().toBER())
      : new asn1js.OctetString({ valueHex: bufferOf(keyIdentifierOf(signer.publicKey)) });
  data.producedAt = wholeSeconds(plan.producedAt);
  data.responses = plan.answers.map(
    ({ id, status, thisUpdate, nextUpdate }) =>
      new SingleResponse({
        certID: encodeId(id),
        certStatus: encodeStatus(status),
        thisUpdate: wholeSeconds(thisUpdate),
        ...(nextUpdate === undefined ? {} : { nextUpdate: wholeSeconds(nextUpdate) }),
      }),
  );
  if (plan.nonce !== undefined) {
    const extnValue = new asn1js.OctetString({ valueHex: bufferOf(plan.nonce) }).toBER();
    data.responseExtensions = [new Extension({ extnID: nonceOid, critical: false, extnValue })];
  }
  if (plan.sendsCertificate !== false) basic.certs = [certificate];
  await basic.sign(signer.keys.privateKey, signer.hash, engine);
  return encodeResponse(0, basic.toSchema().toBER());
}

/** An answer without a verdict; it is not signed. */
export function makeOcspError(error: OcspError): Uint8Array {
  return encodeResponse(ocspErrors[error]);
}

function encodeResponse(status: number, basic?: ArrayBuffer): Uint8Array {
  const response = new OCSPResponse({
    responseStatus: new asn1js.Enumerated({ value: status }),
    ...(basic === undefined
      ? {}
      : {
          responseBytes: new ResponseBytes({
            responseType: id_PKIX_OCSP_Basic,
            response: new asn1js.OctetString({ valueHex: basic }),
          }),
        }),
  });
  return new Uint8Array(response.toSchema().toBER());
}

function encodeId(id: CertificateId): CertID {
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({
      algorithmId: id.hashOid,
      algorithmParams: new asn1js.Null(),
    }),
    issuerNameHash: new asn1js.OctetString({ valueHex: bufferOf(id.issuerNameHash) }),
    issuerKeyHash: new asn1js.OctetString({ valueHex: bufferOf(id.issuerKeyHash) }),
    serialNumber: new asn1js.Integer({ valueHex: bufferOf(id.serialNumber) }),
  });
}

function encodeStatus(status: OcspStatus): asn1js.BaseBlock {
  switch (status.kind) {
    case 'good':
      return new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 0 } });
    case 'unknown':
      return new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 2 } });
    case 'revoked': {
      const value: asn1js.BaseBlock[] = [new asn1js.GeneralizedTime({ valueDate: wholeSeconds(status.at) })];
      if (status.reason !== undefined && status.reason !== 'unspecified') {
        const reason = new asn1js.Enumerated({ value: revocationReasons[status.reason] });
        value.push(new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [reason] }));
      }
      return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber: 1 }, value });
    }
  }
}

/** GeneralizedTime without fractions (RFC 6960, section 4.2.2.1, by way of RFC 5280). */
function wholeSeconds(at: number): Date {
  return new Date(Math.floor(at / 1000) * 1000);
}

function bufferOf(octets: Uint8Array): ArrayBuffer {
  return Uint8Array.from(octets).buffer;
}
