import { tag } from '../../asn1/tag.ts';
import { encode, encodeUnsigned } from '../../asn1/writer.ts';

/** DER BOOLEAN, also under an IMPLICIT tag. */
export function encodeBoolean(value: boolean, identifier: number = tag.boolean): Uint8Array {
  return encode(identifier, Uint8Array.of(value ? 0xff : 0));
}

/** DER INTEGER from 0 to 2^48. */
export function encodeSmall(value: number): Uint8Array {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(value, 0, 6);
  return encodeUnsigned(octets);
}

/** DER named bit list (X.690, section 11.2.2): no zero bit at the end. Also under an IMPLICIT tag. */
export function encodeNamedBits(bits: readonly number[], identifier: number = tag.bitString): Uint8Array {
  const last = Math.max(-1, ...bits);
  const octets = new Uint8Array(Math.ceil((last + 1) / 8));
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return encode(identifier, Uint8Array.of(last < 0 ? 0 : 7 - (last % 8)), octets);
}
