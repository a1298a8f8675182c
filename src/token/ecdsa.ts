import { Reader } from '../asn1/reader.ts';
import { encodeSequence, encodeUnsigned } from '../asn1/writer.ts';

/** DER SEQUENCE { r, s } (RFC 3279, section 2.2.3) of the r‖s that tokens return (PKCS#11 2.40, section 2.3.1). */
export function ecdsaToDer(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return encodeSequence(encodeUnsigned(raw.subarray(0, half)), encodeUnsigned(raw.subarray(half)));
}

/**
 * r‖s of a DER ECDSA signature, each number `size` octets long: the form of JWS (RFC 7518, section 3.4).
 * Throws an EncodingError if it is not DER, a RangeError if a number is longer than `size`.
 */
export function ecdsaToRaw(der: Uint8Array, size: number): Uint8Array {
  const sequence = Reader.der(der).sequence();
  const raw = new Uint8Array(2 * size);
  raw.set(padded(sequence.integer(), size), 0);
  raw.set(padded(sequence.integer(), size), size);
  sequence.finish();
  return raw;
}

function padded(content: Uint8Array, size: number): Uint8Array {
  const magnitude = content[0] === 0 ? content.subarray(1) : content;
  if (magnitude.length > size) throw new RangeError('number is too long for the curve');
  const octets = new Uint8Array(size);
  octets.set(magnitude, size - magnitude.length);
  return octets;
}
