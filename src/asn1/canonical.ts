import { Reader } from './reader.ts';
import { constructedBit, tag } from './tag.ts';
import { encode, encodeSetOf } from './writer.ts';

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
    reader.any();
    reader.finish();
  } catch {
    return false;
  }
  return areSetsOrdered(value, 0, value.length, false);
}

/**
 * Whether the elements of every SET between `start` and `end` are in order. The octets are known to be DER, so
 * that lengths are taken as they stand; offsets and not views, because every login passes here.
 */
function areSetsOrdered(octets: Uint8Array, start: number, end: number, isSet: boolean): boolean {
  let previous = -1;
  for (let at = start; at < end; ) {
    const identifier = octets[at]!;
    let content = at + 2;
    let length = octets[at + 1]!;
    if (length >= 0x80) {
      const stop = content + (length & 0x7f);
      for (length = 0; content < stop; content++) length = length * 256 + octets[content]!;
    }
    const next = content + length;
    if (isSet && previous >= 0 && isAfter(octets, previous, at, next)) return false;
    const isNested = (identifier & constructedBit) !== 0;
    if (isNested && !areSetsOrdered(octets, content, next, identifier === tag.set)) return false;
    previous = at;
    at = next;
  }
  return true;
}

/** Whether the element from `first` to `second` sorts after the one from `second` to `end`. */
function isAfter(octets: Uint8Array, first: number, second: number, end: number): boolean {
  const shorter = Math.min(second - first, end - second);
  for (let at = 0; at < shorter; at++) {
    const difference = octets[first + at]! - octets[second + at]!;
    if (difference !== 0) return difference > 0;
  }
  return second - first > end - second;
}

function reencode(reader: Reader): Uint8Array {
  const identifier = reader.peek();
  if (identifier === (tag.octetString | constructedBit)) return encode(tag.octetString, reader.octetString());
  if ((identifier & constructedBit) === 0) return reencodePrimitive(reader, identifier);
  const inner = reader.constructed(identifier);
  const parts: Uint8Array[] = [];
  while (!inner.isAtEnd) parts.push(reencode(inner));
  return identifier === tag.set ? encodeSetOf(parts) : encode(identifier, ...parts);
}

/** Most values have a minimal length already, and are taken as they stand. */
function reencodePrimitive(reader: Reader, identifier: number): Uint8Array {
  const start = reader.mark();
  const content = reader.content(identifier);
  const whole = reader.since(start);
  return whole.length === 2 + content.length && content.length < 0x80 ? whole : encode(identifier, content);
}
