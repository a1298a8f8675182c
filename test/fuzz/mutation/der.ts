import { constructedBit, tag } from '../../../src/asn1/tag.ts';
import type { Random } from '../random.ts';
import { type Mutation, octetMutations } from './octets.ts';
import { cloneNode, type Node, type Place, placesIn, readTree, writeTree } from './tree.ts';

/** Changes one place of a tree; `others` are the places of another valid input. */
type Change = (place: Place, random: Random, others: readonly Place[]) => void;

const identifiers = [...Object.values(tag), 0x80, 0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4];

const changes: readonly Change[] = [
  // A value goes, comes twice, changes places, or comes from elsewhere.
  ({ siblings, at }) => void siblings.splice(at, 1),
  ({ siblings, at }) => void siblings.splice(at, 0, cloneNode(siblings[at]!)),
  ({ siblings, at }, random) => {
    const other = random.below(siblings.length);
    [siblings[at], siblings[other]] = [siblings[other]!, siblings[at]!];
  },
  ({ siblings, at }, random, others) => {
    if (others.length > 0) siblings[at] = cloneNode(nodeAt(random.pick(others)));
  },
  ({ siblings, at }, random, others) => {
    if (others.length > 0) siblings.splice(at, 0, cloneNode(nodeAt(random.pick(others))));
  },
  // Its form changes, and what it says does not.
  (place, random) => {
    nodeAt(place).length = random.oneIn(2) ? 'long' : 'indefinite';
  },
  (place) => makePieces(nodeAt(place)),
  (place) => {
    const node = nodeAt(place);
    if (node.identifier === tag.integer && node.children === undefined)
      node.content = Buffer.concat([Uint8Array.of(0), node.content]);
  },
  // Its kind or content changes.
  (place, random) => {
    nodeAt(place).identifier = random.pick(identifiers);
  },
  (place, random) => {
    nodeAt(place).identifier ^= random.pick([0x20, 0x40, 0x80, 0x01, 0x02]);
  },
  (place) => {
    const node = nodeAt(place);
    node.content = new Uint8Array();
    node.children = undefined;
  },
  (place, random) => changeContent(nodeAt(place), random),
  (place, random) => changeContent(nodeAt(place), random),
  ({ siblings, at }) => {
    const node = siblings[at]!;
    const wrapper = { identifier: tag.sequence, content: new Uint8Array(), children: [node] };
    siblings[at] = { ...wrapper, length: 'minimal', prefix: new Uint8Array() };
  },
];

function nodeAt({ siblings, at }: Place): Node {
  return siblings[at]!;
}

/** An OCTET STRING in two pieces, which only BER allows. */
function makePieces(node: Node): void {
  if (node.identifier !== tag.octetString || node.children !== undefined) return;
  const half = node.content.length >> 1;
  const pieces = [node.content.subarray(0, half), node.content.subarray(half)];
  node.identifier |= constructedBit;
  node.children = pieces.map((content) => ({
    ...{ identifier: tag.octetString, content, children: undefined, prefix: new Uint8Array() },
    length: 'minimal',
  }));
}

function changeContent(node: Node, random: Random): void {
  if (node.children !== undefined || node.content.length === 0) return;
  node.content = random.pick(octetMutations)(node.content, random, node.content);
}

const known = new WeakMap<Uint8Array, readonly Place[]>();

/** The places of an input that is only taken from. */
function placesOf(octets: Uint8Array): readonly Place[] {
  let places = known.get(octets);
  if (places === undefined) {
    places = placesIn(readTree(octets) ?? []);
    known.set(octets, places);
  }
  return places;
}

function mutateTree(octets: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const nodes = readTree(octets);
  if (nodes === undefined || nodes.length === 0) return random.pick(octetMutations)(octets, random, other);
  random.pick(changes)(random.pick(placesIn(nodes)), random, placesOf(other));
  return writeTree(nodes);
}

/** Mutations of values in DER and BER: two in three know where each value begins and ends. */
export const derMutations: readonly Mutation[] = [
  ...octetMutations,
  ...octetMutations.flatMap(() => [mutateTree, mutateTree]),
];
