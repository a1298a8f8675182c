import { EncodingError } from './error.ts';
import { checkOid } from './oid.ts';
import { constructedBit, tag } from './tag.ts';

/** What the content of a BOOLEAN says; `01` for true is no DER, is seen in real certificates and is told apart. */
export type BooleanContent = 'false' | 'true' | 'true-as-01';

/** Reads the content of a BOOLEAN at `start` to `end` (X.690, section 11.1). Throws an EncodingError. */
export function readBoolean(octets: Uint8Array, start: number, end: number): BooleanContent {
  if (end - start !== 1) throw new EncodingError('BOOLEAN is not one octet', start);
  switch (octets[start]) {
    case 0:
      return 'false';
    case 0xff:
      return 'true';
    case 1:
      return 'true-as-01';
    default:
      throw new EncodingError('BOOLEAN is neither 00 nor FF', start);
  }
}

/** Throws an EncodingError unless the content at `start` to `end` is a minimal INTEGER (X.690, section 8.3). */
export function checkInteger(octets: Uint8Array, start: number, end: number): void {
  if (start === end) throw new EncodingError('integer is empty', start);
  if (end - start < 2) return;
  const first = octets[start]!;
  const isPadded =
    (first === 0 && octets[start + 1]! < 0x80) || (first === 0xff && octets[start + 1]! >= 0x80);
  if (isPadded) throw new EncodingError('integer is not minimal', start);
}

/** Throws an EncodingError unless the content at `start` to `end` is a BIT STRING padded with zeros (X.690, section 11.2). */
export function checkBitString(octets: Uint8Array, start: number, end: number): void {
  if (start === end) throw new EncodingError('bit string is empty', start);
  const unused = octets[start]!;
  if (unused > 7 || (unused > 0 && end - start === 1))
    throw new EncodingError('bit string has false padding', start);
  if ((octets[end - 1]! & ((1 << unused) - 1)) !== 0 && end - start > 1) {
    throw new EncodingError('padding of the bit string is not zero', end - 1);
  }
}

/**
 * Throws an EncodingError unless the content at `start` to `end` is canonical for a primitive value with that
 * identifier octet. Types whose octets are all alike good, and BOOLEAN, which has a quirk of its own, are passed over.
 */
export function checkPrimitive(identifier: number, octets: Uint8Array, start: number, end: number): void {
  switch (identifier) {
    case tag.integer:
    case tag.enumerated:
      checkInteger(octets, start, end);
      return;
    case tag.bitString:
      checkBitString(octets, start, end);
      return;
    case tag.null:
      if (start !== end) throw new EncodingError('NULL is not empty', start);
      return;
    case tag.oid:
      checkOid(octets, start, end);
      return;
    case tag.sequence & ~constructedBit:
    case tag.set & ~constructedBit:
      throw new EncodingError('SEQUENCE or SET is primitive', start);
    case tag.endOfContents:
      throw new EncodingError('end of contents out of place', start);
  }
}
