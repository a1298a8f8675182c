import { encodeOidContent } from './oid.ts';
import { tag } from './tag.ts';

/** DER of a value with identifier octet `identifier` whose content is the concatenation of `parts`. */
export function encode(identifier: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = headerOf(identifier, length);
  const octets = new Uint8Array(header.length + length);
  octets.set(header);
  let at = header.length;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

function headerOf(identifier: number, length: number): number[] {
  if (length < 0x80) return [identifier, length];
  const digits: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256);
  return [identifier, 0x80 | digits.length, ...digits];
}

/** DER SEQUENCE of the encodings `parts`. */
export function encodeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(tag.sequence, ...parts);
}

/** DER SET OF the encodings `parts`, put in the order that X.690, section 11.6, asks for. */
export function encodeSetOf(parts: readonly Uint8Array[], identifier: number = tag.set): Uint8Array {
  return encode(identifier, ...[...parts].sort(compareOctets));
}

/** Order of a SET OF under DER: octet by octet, a shorter one first where it is the beginning of the longer. */
export function compareOctets(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** DER OBJECT IDENTIFIER of a dotted form. */
export function encodeOid(dotted: string): Uint8Array {
  return encode(tag.oid, encodeOidContent(dotted));
}

export function encodeOctetString(octets: Uint8Array): Uint8Array {
  return encode(tag.octetString, octets);
}

/** DER BIT STRING of whole octets. */
export function encodeBitString(octets: Uint8Array): Uint8Array {
  return encode(tag.bitString, Uint8Array.of(0), octets);
}

/** DER INTEGER of an unsigned big-endian number. */
export function encodeUnsigned(magnitude: Uint8Array): Uint8Array {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const significant = magnitude.subarray(start);
  const sign = significant.length === 0 || significant[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return encode(tag.integer, sign, significant);
}

/** DER INTEGER whose content octets, two's complement and minimal, are given, as a Reader returns them. */
export function encodeIntegerContent(content: Uint8Array): Uint8Array {
  return encode(tag.integer, content);
}

/** DER NULL. */
export const encodedNull: Uint8Array = Uint8Array.of(tag.null, 0);
