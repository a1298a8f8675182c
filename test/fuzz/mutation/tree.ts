import { constructedBit, tag } from '../../../src/asn1/tag.ts';

/** A value of BER with what it holds; strings that hold values of their own are opened as well. */
export interface Node {
  identifier: number;
  content: Uint8Array;
  children: Node[] | undefined;
  /** How its length is written. */
  length: 'minimal' | 'long' | 'indefinite';
  /** Octets before the children: the unused bits of a BIT STRING. */
  readonly prefix: Uint8Array;
}

const deepest = 24;
const none = new Uint8Array();

/** The values that `octets` consist of, as far as they can be told apart; undefined where that is no BER. */
export function readTree(octets: Uint8Array, depth = 0): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < octets.length; ) {
    const header = readHeader(octets, at);
    if (header === undefined || depth > deepest) return undefined;
    const content = octets.subarray(header.start, header.end);
    nodes.push(makeNode(octets[at]!, content, depth));
    at = header.next;
  }
  return nodes;
}

/** What should hold values and does not stays as it is. */
function makeNode(identifier: number, content: Uint8Array, depth: number): Node {
  const common = { identifier, content, length: 'minimal' } as const;
  if ((identifier & constructedBit) !== 0) {
    const children = readTree(content, depth + 1);
    return { ...common, children, prefix: none };
  }
  const prefix = identifier === tag.bitString ? content.subarray(0, 1) : none;
  const isString = identifier === tag.bitString || identifier === tag.octetString;
  const inner = content.subarray(prefix.length);
  const children = isString && inner[0] === tag.sequence ? readTree(inner, depth + 1) : undefined;
  return { ...common, children, prefix: children === undefined ? none : prefix };
}

/** Where the content of a value begins and ends, and where the next value begins. */
interface Header {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

function readHeader(octets: Uint8Array, at: number, depth = 0): Header | undefined {
  let start = at + 2;
  let length = octets[at + 1];
  if (length === undefined) return undefined;
  if (length === 0x80)
    return (octets[at]! & constructedBit) === 0 ? undefined : readIndefinite(octets, start, depth);
  if (length > 0x80) {
    const count = length - 0x80;
    length = 0;
    for (const stop = start + count; start < stop; start++) length = length * 256 + (octets[start] ?? 0);
  }
  const end = start + length;
  return end > octets.length ? undefined : { start, end, next: end };
}

/** A value of indefinite length ends where two zeros stand in place of a value. */
function readIndefinite(octets: Uint8Array, start: number, depth: number): Header | undefined {
  for (let at = start; at + 1 < octets.length && depth <= deepest; ) {
    if (octets[at] === 0 && octets[at + 1] === 0) return { start, end: at, next: at + 2 };
    const inner = readHeader(octets, at, depth + 1);
    if (inner === undefined) return undefined;
    at = inner.next;
  }
  return undefined;
}

/** The octets of values. */
export function writeTree(nodes: readonly Node[]): Uint8Array {
  return Buffer.concat(nodes.map(write));
}

function write({ identifier, content, children, length, prefix }: Node): Uint8Array {
  const inner = children === undefined ? content : Buffer.concat([prefix, writeTree(children)]);
  if (length === 'indefinite' && (identifier & constructedBit) !== 0)
    return Buffer.concat([Uint8Array.of(identifier, 0x80), inner, Uint8Array.of(0, 0)]);
  return Buffer.concat([Uint8Array.of(identifier), lengthOf(inner.length, length === 'long'), inner]);
}

function lengthOf(length: number, isLong: boolean): Uint8Array {
  if (length < 0x80 && !isLong) return Uint8Array.of(length);
  const digits: number[] = [];
  for (let left = length; left > 0 || digits.length === 0; left = Math.floor(left / 256))
    digits.unshift(left % 256);
  if (isLong && digits.length < 4) digits.unshift(0);
  return Uint8Array.of(0x80 | digits.length, ...digits);
}

/** A node with all below it, to be put elsewhere. Contents are shared, since they are exchanged and never changed. */
export function cloneNode(node: Node): Node {
  return { ...node, children: node.children?.map(cloneNode) };
}

/** A place in a tree: a node among its siblings. */
export interface Place {
  readonly siblings: Node[];
  readonly at: number;
}

/** Every place of a tree. */
export function placesIn(nodes: Node[], places: Place[] = []): readonly Place[] {
  for (const [at, { children }] of nodes.entries()) {
    places.push({ siblings: nodes, at });
    if (children !== undefined) placesIn(children, places);
  }
  return places;
}
