import { EncodingError } from './error.ts';

const longestOid = 64;
const known = new Map<number, { readonly content: Uint8Array; readonly dotted: string }[]>();

function hashOf(octets: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ octets[at]!, 0x01000193);
  return hash;
}

function isEqual(content: Uint8Array, octets: Uint8Array, start: number, end: number): boolean {
  if (content.length !== end - start) return false;
  for (let at = 0; at < content.length; at++) if (content[at] !== octets[start + at]) return false;
  return true;
}

/**
 * Declares object identifiers that the code knows by name and returns them unchanged.
 * Decoding a declared one costs a hash and a comparison and yields the very same string;
 * undeclared ones are decoded each time, so that hostile input fills no table.
 */
export function declareOids<const T extends Readonly<Record<string, string>>>(oids: T): T {
  for (const dotted of Object.values(oids)) {
    const content = encodeOidContent(dotted);
    const hash = hashOf(content, 0, content.length);
    const bucket = known.get(hash) ?? [];
    if (!bucket.some((entry) => entry.dotted === dotted)) bucket.push({ content, dotted });
    known.set(hash, bucket);
  }
  return oids;
}

/** Dotted form of the OBJECT IDENTIFIER whose content stands at `start` to `end` (X.690, section 8.19). */
export function decodeOid(octets: Uint8Array, start: number, end: number): string {
  const bucket = known.get(hashOf(octets, start, end));
  if (bucket !== undefined) {
    for (const entry of bucket) if (isEqual(entry.content, octets, start, end)) return entry.dotted;
  }
  return decodeUnknown(octets, start, end);
}

/** Throws an EncodingError unless the content at `start` to `end` is that of an OBJECT IDENTIFIER. */
export function checkOid(octets: Uint8Array, start: number, end: number): void {
  if (end === start) throw new EncodingError('object identifier is empty', start);
  if (end - start > longestOid) throw new EncodingError('object identifier is too long', start);
  if (octets[end - 1]! >= 0x80) throw new EncodingError('object identifier is cut off', end - 1);
  for (let at = start; at < end; at++) {
    const isFirstOctet = at === start || octets[at - 1]! < 0x80;
    if (isFirstOctet && octets[at] === 0x80)
      throw new EncodingError('object identifier arc is not minimal', at);
  }
}

/** An arc of so many octets of seven bits each is an exact number. */
const mostPlainOctets = 7;

function plainArc(octets: Uint8Array, first: number, last: number): number {
  let arc = 0;
  for (let at = first; at <= last; at++) arc = arc * 128 + (octets[at]! & 0x7f);
  return arc;
}

function largeArc(octets: Uint8Array, first: number, last: number): bigint {
  let arc = 0n;
  for (let at = first; at <= last; at++) arc = (arc << 7n) | BigInt(octets[at]! & 0x7f);
  return arc;
}

function decodeUnknown(octets: Uint8Array, start: number, end: number): string {
  checkOid(octets, start, end);
  let dotted = '';
  for (let at = start; at < end; at++) {
    const first = at;
    while (octets[at]! >= 0x80) at++;
    const arc = at - first < mostPlainOctets ? plainArc(octets, first, at) : largeArc(octets, first, at);
    if (dotted === '') {
      const root = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      dotted = `${root}.${typeof arc === 'bigint' ? arc - 80n : arc - root * 40}`;
    } else dotted += `.${arc}`;
  }
  return dotted;
}

/** Content octets of an object identifier in dotted form; throws a RangeError if it is not one. */
export function encodeOidContent(dotted: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(dotted)) throw new RangeError(`not an object identifier: ${dotted}`);
  const [root, second, ...rest] = dotted.split('.').map(BigInt) as [bigint, bigint, ...bigint[]];
  if (root < 2n && second > 39n) throw new RangeError(`not an object identifier: ${dotted}`);
  const content: number[] = [];
  for (const arc of [root * 40n + second, ...rest]) {
    const digits = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
    content.push(...digits);
  }
  return Uint8Array.from(content);
}
