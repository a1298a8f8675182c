import { type KeyObject, X509Certificate } from 'node:crypto';
import { tag } from '../asn1/tag.ts';
import { encode, encodeSequence } from '../asn1/writer.ts';

const zero = Uint8Array.of(tag.integer, 1, 0);
const empty = Uint8Array.of(tag.sequence, 0);
const anyAlgorithm = encodeSequence(Uint8Array.of(tag.oid, 3, 0x2b, 0x65, 0x70));
const time = encode(tag.utcTime, Buffer.from('700101000000Z'));
const validity = encodeSequence(time, time);
const noSignature = Uint8Array.of(tag.bitString, 1, 0);

/**
 * OpenSSL's handle for the key of a SubjectPublicKeyInfo, or undefined where OpenSSL refuses it.
 *
 * The key goes in wrapped in an otherwise empty certificate: `createPublicKey` runs the generic decoder of
 * OpenSSL 3, which tries one format after the other, while the key of a certificate is read directly. Measured on
 * P-256 with Node 24: 14 µs against 25 µs, a tenth of a whole login's verification.
 */
export function importHandle(subjectPublicKeyInfo: Uint8Array): KeyObject | undefined {
  const tbs = encodeSequence(zero, anyAlgorithm, empty, validity, empty, subjectPublicKeyInfo);
  try {
    return new X509Certificate(encodeSequence(tbs, anyAlgorithm, noSignature)).publicKey;
  } catch {
    return undefined;
  }
}
