import { Reader } from './reader.ts';
import { constructedBit, tag } from './tag.ts';
import { compareOctets, encode, encodeSetOf } from './writer.ts';

/**
 * DER of a BER value: definite minimal lengths, strings in one piece, the elements of every SET in order.
 * Where `value` is DER already it is returned as it is. For the signed attributes of a CMS message, whose
 * signature covers their DER whatever form they were sent in (RFC 5652, section 5.4). Throws an EncodingError.
 */
export function canonical(value: Uint8Array): Uint8Array {
  return isCanonical(value) ? value : reencode(Reader.ber(value));
}

function isCanonical(value: Uint8Array): boolean {
  try {
    const reader = Reader.der(value);
    const element = reader.element();
    reader.finish();
    return isOrdered(element.tag, element.content);
  } catch {
    return false;
  }
}

function isOrdered(identifier: number, content: Uint8Array): boolean {
  if ((identifier & constructedBit) === 0) return true;
  const reader = Reader.der(content);
  let previous: Uint8Array | undefined;
  while (!reader.isAtEnd) {
    const { tag: inner, octets, content: nested } = reader.element();
    if (identifier === tag.set && previous !== undefined && compareOctets(previous, octets) > 0) return false;
    if (!isOrdered(inner, nested)) return false;
    previous = octets;
  }
  return true;
}

function reencode(reader: Reader): Uint8Array {
  const identifier = reader.peek();
  if (identifier === (tag.octetString | constructedBit)) return encode(tag.octetString, reader.octetString());
  if ((identifier & constructedBit) === 0) return encode(identifier, reader.content(identifier));
  const inner = reader.constructed(identifier);
  const parts: Uint8Array[] = [];
  while (!inner.isAtEnd) parts.push(reencode(inner));
  return identifier === tag.set ? encodeSetOf(parts) : encode(identifier, ...parts);
}
