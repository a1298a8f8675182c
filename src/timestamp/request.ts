import { type DigestAlgorithm, digestOids } from '../algorithm/digest.ts';
import { tag } from '../asn1/tag.ts';
import {
  encode,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../asn1/writer.ts';

/** What is asked of a time-stamp authority. */
export interface TimestampQuestion {
  readonly algorithm: DigestAlgorithm;
  readonly digest: Uint8Array;
  /** Magnitude, big-endian; shows that the answer was made for this question. */
  readonly nonce: Uint8Array;
}

/** A TimeStampReq (RFC 3161, section 2.4.1), DER; it asks for the certificate of the authority. */
export function encodeQuestion({ algorithm, digest, nonce }: TimestampQuestion): Uint8Array {
  const isGost = algorithm === 'gost94' || algorithm === 'streebog256' || algorithm === 'streebog512';
  const identifier = encodeSequence(encodeOid(digestOids[algorithm]), ...(isGost ? [] : [encodedNull]));
  return encodeSequence(
    encodeUnsigned(Uint8Array.of(1)),
    encodeSequence(identifier, encodeOctetString(digest)),
    encodeUnsigned(nonce),
    encode(tag.boolean, Uint8Array.of(0xff)),
  );
}
