import * as asn1js from 'asn1js';
import {
  type Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { digestByOid, digestLengths } from '../algorithm/digest.ts';
import { defined } from '../optional.ts';
import { engine } from '../webcrypto/pkijs-engine.ts';
import { attribute, inOrder, signingCertificate } from './detached.ts';
import type { KeyPair } from './key.ts';

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** PKIStatus and the positions of PKIFailureInfo (RFC 3161, section 2.4.2). */
const granted = 0;
const rejection = 2;
const failureBits = { badAlg: 0, badRequest: 2, badDataFormat: 5, unacceptedPolicy: 15 } as const;

type StampFailure = keyof typeof failureBits;

/** What a time-stamp authority stamps with. */
export interface TimeStampPlan {
  /** The authority's certificate, DER. */
  readonly certificate: Uint8Array;
  readonly key: KeyPair;
  /** Policy under which stamps are given. */
  readonly policy: string;
  /** Magnitude, big-endian. */
  readonly serialNumber: Uint8Array;
  /** The time that is attested, ms since the epoch. */
  readonly at: number;
}

/** Answers a TimeStampReq (RFC 3161, section 2.4) with a TimeStampResp, both DER; a bad question gets a rejection. */
export async function answerTimeStamp(request: Uint8Array, plan: TimeStampPlan): Promise<Uint8Array> {
  const question = readQuestion(request);
  if (question === undefined) return reject('badDataFormat');
  const algorithm = digestByOid(question.messageImprint.hashAlgorithm.algorithmId);
  if (algorithm === undefined || algorithm === 'md5' || algorithm === 'sha1') return reject('badAlg');
  const { valueHexView } = question.messageImprint.hashedMessage.valueBlock;
  if (valueHexView.length !== digestLengths[algorithm]) return reject('badDataFormat');
  if (question.reqPolicy !== undefined && question.reqPolicy !== '' && question.reqPolicy !== plan.policy) {
    return reject('unacceptedPolicy');
  }
  const token = await makeToken(question, plan);
  const response = new TimeStampResp({
    status: new PKIStatusInfo({ status: granted }),
    timeStampToken: token,
  });
  return new Uint8Array(response.toSchema().toBER());
}

function readQuestion(request: Uint8Array): TimeStampReq | undefined {
  try {
    return TimeStampReq.fromBER(request);
  } catch {
    return undefined;
  }
}

function reject(failure: StampFailure): Uint8Array {
  const bit = failureBits[failure];
  const octets = new Uint8Array((bit >> 3) + 1);
  octets[bit >> 3] = 0x80 >> (bit & 7);
  const failInfo = new asn1js.BitString({ valueHex: octets.buffer, unusedBits: 7 - (bit & 7) });
  const response = new TimeStampResp({ status: new PKIStatusInfo({ status: rejection, failInfo }) });
  return new Uint8Array(response.toSchema().toBER());
}

async function makeToken(question: TimeStampReq, plan: TimeStampPlan): Promise<ContentInfo> {
  const info = new TSTInfo({
    version: 1,
    policy: plan.policy,
    messageImprint: question.messageImprint,
    serialNumber: new asn1js.Integer({ valueHex: bufferOf(plan.serialNumber) }),
    genTime: new Date(Math.floor(plan.at / 1000) * 1000),
    ...defined({ nonce: question.nonce }),
  });
  const content = info.toSchema().toBER();
  const certificate = Certificate.fromBER(plan.certificate);
  const signedData = new SignedData({
    version: 3,
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: oids.timeStampInfo,
      eContent: new asn1js.OctetString({ valueHex: content }),
    }),
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: await signedAttributes(new Uint8Array(content), plan),
        }),
      }),
    ],
    ...(question.certReq === true ? { certificates: [certificate] } : {}),
  });
  await signedData.sign(plan.key.keys.privateKey, 0, plan.key.hash, undefined, engine);
  return new ContentInfo({ contentType: oids.signedData, content: signedData.toSchema(true) });
}

async function signedAttributes(content: Uint8Array, plan: TimeStampPlan): Promise<Attribute[]> {
  const messageDigest = await engine.digest(plan.key.hash, content);
  return inOrder([
    attribute(oids.contentType, new asn1js.ObjectIdentifier({ value: oids.timeStampInfo })),
    attribute(oids.messageDigest, new asn1js.OctetString({ valueHex: messageDigest })),
    attribute(oids.signingTime, new asn1js.UTCTime({ valueDate: new Date(plan.at) })),
    attribute(oids.signingCertificateV2, signingCertificate(plan.certificate, plan.key)),
  ]);
}

function bufferOf(octets: Uint8Array): ArrayBuffer {
  return Uint8Array.from(octets).buffer;
}
