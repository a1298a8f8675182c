import type { XmlTree } from './tree.ts';
import { elementsBelow, type TreeElement } from './tree.ts';

/** Where an element stands in the octets of its document. */
export interface ElementPlace {
  /** The octet behind its start tag. */
  readonly opened: number;
  /** The first octet of its end tag; that behind its tag where it is an empty-element tag. */
  readonly closing: number;
  /** The octet behind all of it. */
  readonly end: number;
  /** It is written as an empty-element tag. */
  readonly isEmptyTag: boolean;
}

const [lessThan, greaterThan, solidus] = [0x3c, 0x3e, 0x2f];
const quotes = new Set([0x22, 0x27]);

/** Markup that is no element, by its beginning and its end. */
const others = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/**
 * Where every element of a document stands, for adding to it without changing another octet. `octets` are those that
 * `tree` was read from, so that they are well-formed; in its encodings markup is ASCII.
 */
export function placesOf(octets: Uint8Array, { root }: XmlTree): ReadonlyMap<TreeElement, ElementPlace> {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const found: ElementPlace[] = [];
  const open: { readonly index: number; readonly opened: number }[] = [];
  for (let at = view.indexOf(lessThan); at >= 0; at = view.indexOf(lessThan, at)) {
    const other = others.find(([start]) => view.toString('latin1', at, at + start.length) === start);
    if (other !== undefined) {
      at = view.indexOf(other[1], at + other[0].length) + other[1].length;
      continue;
    }
    const end = endOfTag(view, at);
    if (view[at + 1] === solidus) {
      const { index, opened } = open.pop()!;
      found[index] = { opened, closing: at, end, isEmptyTag: false };
    } else if (view[end - 2] === solidus) {
      found.push({ opened: end, closing: end, end, isEmptyTag: true });
    } else {
      open.push({ index: found.length, opened: end });
      found.push({ opened: end, closing: end, end, isEmptyTag: false });
    }
    at = end;
  }
  return new Map([...elementsBelow(root)].map((node, index) => [node, found[index]!]));
}

/** The octet behind a tag; a value in quotes may hold what would end it. */
function endOfTag(view: Buffer, start: number): number {
  let quote = 0;
  for (let at = start; at < view.length; at++) {
    const octet = view[at]!;
    if (quote !== 0) {
      if (octet === quote) quote = 0;
    } else if (quotes.has(octet)) quote = octet;
    else if (octet === greaterThan) return at + 1;
  }
  return view.length;
}

/** Octets with text, ASCII, put in at one place. */
export function inserted(octets: Uint8Array, at: number, text: string): Buffer {
  return Buffer.concat([octets.subarray(0, at), Buffer.from(text, 'ascii'), octets.subarray(at)]);
}
