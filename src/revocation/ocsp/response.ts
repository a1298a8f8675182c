import { hash } from 'node:crypto';
import { readAlgorithmIdentifier } from '../../algorithm/identifier.ts';
import { type EncodingQuirk, Reader } from '../../asn1/reader.ts';
import { context, contextConstructed, tag } from '../../asn1/tag.ts';
import { type Extensions, noExtensions, readExtensions } from '../../certificate/extension.ts';
import { type Name, readName } from '../../certificate/name.ts';
import { type RevocationReason, reasonOf } from '../reason.ts';
import { Signed } from '../signed.ts';
import { type CertificateId, readCertificateId } from './certificate-id.ts';
import { ocspOids } from './oids.ts';

/** Most certificates of one answer that are looked at, and most single answers in it. */
const mostCertificates = 16;
const mostAnswers = 256;

/** What a responder says when it gives no answer (RFC 6960, section 4.2.1). */
export type OcspRefusal =
  | 'malformed-request'
  | 'internal-error'
  | 'try-later'
  | 'signature-required'
  | 'unauthorized';

const refusals = new Map<number, OcspRefusal>([
  [1, 'malformed-request'],
  [2, 'internal-error'],
  [3, 'try-later'],
  [5, 'signature-required'],
  [6, 'unauthorized'],
]);

/** SingleResponse (RFC 6960, section 4.2.1); times are ms since the epoch. */
export interface SingleAnswer {
  readonly id: CertificateId;
  readonly status:
    | { readonly kind: 'good' | 'unknown' }
    | { readonly kind: 'revoked'; readonly revokedAt: number; readonly reason: RevocationReason };
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: Extensions;
}

/** Who signed, by the name or by the SHA-1 of the key (RFC 6960, section 4.2.1). */
export type ResponderId =
  | { readonly kind: 'name'; readonly name: Name }
  | { readonly kind: 'key'; readonly hash: Uint8Array };

/** BasicOCSPResponse, parsed and nothing more: nothing in it has been verified. */
export interface OcspAnswer {
  readonly der: Uint8Array;
  readonly signed: Signed;
  readonly responder: ResponderId;
  readonly producedAt: number;
  readonly answers: readonly SingleAnswer[];
  readonly extensions: Extensions;
  /** Encodings of the certificates that came along. */
  readonly certificates: readonly Uint8Array[];
}

/** An OCSPResponse: an answer, or the responder's refusal to give one. */
export type OcspResponse =
  | { readonly kind: 'answer'; readonly answer: OcspAnswer }
  | { readonly kind: 'refusal'; readonly refusal: OcspRefusal };

/** SHA-256 over the response as it came, lower-case hexadecimal. */
export function digestOfAnswer(answer: OcspAnswer): string {
  return hash('sha256', answer.der, 'hex');
}

/** Parses one DER OCSPResponse, strictly; the octets are kept, not copied. Throws an EncodingError. */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const reader = Reader.der(der, new Set<EncodingQuirk>());
  const fields = reader.sequence();
  reader.finish();
  const status = fields.smallInteger(tag.enumerated);
  if (status !== 0) {
    const refusal = refusals.get(status);
    if (refusal === undefined) return fields.refuse('status of the response is unknown');
    fields.finish();
    return { kind: 'refusal', refusal };
  }
  const wrapper = fields.constructed(contextConstructed(0));
  const bytes = wrapper.sequence();
  wrapper.finish();
  fields.finish();
  if (bytes.oid() !== ocspOids.basicResponse) bytes.refuse('kind of the response is unknown');
  const basic = bytes.octetString();
  bytes.finish();
  return { kind: 'answer', answer: parseBasicResponse(basic, der) };
}

/**
 * Parses what a message or a file holds of OCSP: an OCSPResponse, which begins with its status, or a BasicOCSPResponse
 * on its own. Throws an EncodingError.
 */
export function parseGivenResponse(der: Uint8Array): OcspResponse {
  const isBasic = Reader.der(der, new Set<EncodingQuirk>()).sequence().peek() === tag.sequence;
  return isBasic ? { kind: 'answer', answer: parseBasicResponse(der) } : parseOcspResponse(der);
}

/**
 * Parses a DER BasicOCSPResponse on its own, as CMS revocation values hold it (RFC 5126, section 6.3.4). `der` is
 * what is kept as evidence. Throws an EncodingError.
 */
export function parseBasicResponse(basic: Uint8Array, der: Uint8Array = basic): OcspAnswer {
  const reader = Reader.der(basic, new Set<EncodingQuirk>());
  const fields = reader.sequence();
  reader.finish();
  const start = fields.mark();
  const data = readResponseData(fields.sequence());
  const octets = fields.since(start);
  const algorithm = readAlgorithmIdentifier(fields);
  const signature = fields.octetsOfBitString();
  const certificates = fields.isAtEnd ? [] : readCertificates(fields);
  fields.finish();
  return { der, signed: new Signed(octets, algorithm, signature), certificates, ...data };
}

function readCertificates(fields: Reader): readonly Uint8Array[] {
  const wrapper = fields.constructed(contextConstructed(0));
  const sequence = wrapper.sequence();
  wrapper.finish();
  const certificates: Uint8Array[] = [];
  while (!sequence.isAtEnd) {
    if (certificates.length === mostCertificates) sequence.refuse('answer brings too many certificates');
    certificates.push(sequence.raw());
  }
  return certificates;
}

function readResponseData(fields: Reader) {
  // DER leaves the default out; some responders write it all the same.
  const version = fields.optionalConstructed(contextConstructed(0));
  if (version !== undefined && version.smallInteger() !== 0)
    version.refuse('version of the response is unknown');
  version?.finish();
  const responder = readResponderId(fields);
  const producedAt = fields.generalizedTime();
  const sequence = fields.sequence();
  const answers: SingleAnswer[] = [];
  while (!sequence.isAtEnd) {
    if (answers.length === mostAnswers) sequence.refuse('response holds too many answers');
    answers.push(readSingleAnswer(sequence));
  }
  const extensions = readOptionalExtensions(fields);
  fields.finish();
  return { responder, producedAt, answers, extensions };
}

/** Octets of a SEQUENCE that holds nothing. */
const emptyLength = 2;

function readOptionalExtensions(fields: Reader): Extensions {
  const wrapper = fields.optionalConstructed(contextConstructed(1));
  if (wrapper === undefined) return noExtensions;
  // An empty list breaks RFC 5280, section 4.1, and says nothing; a responder of Estonia writes it.
  const encoding = wrapper.any();
  const isEmpty = encoding.length === emptyLength;
  const extensions = isEmpty ? noExtensions : readExtensions(Reader.der(encoding, new Set<EncodingQuirk>()));
  wrapper.finish();
  return extensions;
}

function readResponderId(fields: Reader): ResponderId {
  const isName = fields.peek() === contextConstructed(1);
  const wrapper = fields.constructed(contextConstructed(isName ? 1 : 2));
  const responder: ResponderId = isName
    ? { kind: 'name', name: readName(wrapper) }
    : { kind: 'key', hash: wrapper.octetString() };
  wrapper.finish();
  return responder;
}

function readSingleAnswer(sequence: Reader): SingleAnswer {
  const fields = sequence.sequence();
  const id = readCertificateId(fields);
  const status = readStatus(fields);
  const thisUpdate = fields.generalizedTime();
  const wrapper = fields.optionalConstructed(contextConstructed(0));
  const nextUpdate = wrapper?.generalizedTime();
  wrapper?.finish();
  const extensions = readOptionalExtensions(fields);
  fields.finish();
  return { id, status, thisUpdate, nextUpdate, extensions };
}

function readStatus(fields: Reader): SingleAnswer['status'] {
  switch (fields.peek()) {
    case context(0):
      if (fields.content(context(0)).length > 0) fields.refuse('status good is not empty');
      return { kind: 'good' };
    case context(2):
      if (fields.content(context(2)).length > 0) fields.refuse('status unknown is not empty');
      return { kind: 'unknown' };
    case contextConstructed(1):
      return readRevoked(fields.constructed(contextConstructed(1)));
    default:
      return fields.refuse('status of the certificate is none of the three');
  }
}

function readRevoked(fields: Reader): SingleAnswer['status'] {
  const revokedAt = fields.generalizedTime();
  const wrapper = fields.optionalConstructed(contextConstructed(0));
  const reason = wrapper === undefined ? 'unspecified' : reasonOf(wrapper.smallInteger(tag.enumerated));
  wrapper?.finish();
  fields.finish();
  if (reason === undefined) fields.refuse('reason of the revocation is unknown');
  return { kind: 'revoked', revokedAt, reason };
}
