import type { Random } from '../random.ts';

/** Changes an input; `other` is another valid one, to take pieces from. What comes back may be the same. */
export type Mutation = (octets: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const telling = [0x00, 0x01, 0x02, 0x05, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xfe, 0xff];
const longestPiece = 64;

function flipBit(octets: Uint8Array, random: Random): Uint8Array {
  return changed(octets, random, (octet) => octet ^ (1 << random.below(8)));
}

function setOctet(octets: Uint8Array, random: Random): Uint8Array {
  return changed(octets, random, () => (random.oneIn(2) ? random.pick(telling) : random.below(256)));
}

function changed(octets: Uint8Array, random: Random, change: (octet: number) => number): Uint8Array {
  const copy = Uint8Array.from(octets);
  const at = random.below(copy.length);
  if (at < copy.length) copy[at] = change(copy[at]!);
  return copy;
}

function insert(octets: Uint8Array, random: Random): Uint8Array {
  return spliced(octets, random.below(octets.length + 1), 0, random.octets(1 + random.below(4)));
}

function remove(octets: Uint8Array, random: Random): Uint8Array {
  return spliced(octets, random.below(octets.length), 1 + random.below(4));
}

function repeat(octets: Uint8Array, random: Random): Uint8Array {
  const at = random.below(octets.length);
  return spliced(octets, at, 0, octets.subarray(at, at + 1 + random.below(longestPiece)));
}

function move(octets: Uint8Array, random: Random): Uint8Array {
  const from = random.below(octets.length);
  const piece = octets.subarray(from, from + 1 + random.below(longestPiece));
  const without = spliced(octets, from, piece.length);
  return spliced(without, random.below(without.length + 1), 0, piece);
}

function cutOff(octets: Uint8Array, random: Random): Uint8Array {
  return octets.subarray(0, random.below(octets.length));
}

function extend(octets: Uint8Array, random: Random): Uint8Array {
  return spliced(octets, octets.length, 0, random.octets(1 + random.below(8)));
}

function takeFrom(octets: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = random.below(other.length);
  const piece = other.subarray(from, from + 1 + random.below(longestPiece));
  return spliced(octets, random.below(octets.length), random.oneIn(2) ? piece.length : 0, piece);
}

/** `octets` with `count` of them at `at` replaced. */
export function spliced(
  octets: Uint8Array,
  at: number,
  count: number,
  piece: Uint8Array = new Uint8Array(),
): Uint8Array {
  return Buffer.concat([octets.subarray(0, at), piece, octets.subarray(at + count)]);
}

/** Mutations that know nothing of what the octets are. */
export const octetMutations: readonly Mutation[] = [
  flipBit,
  flipBit,
  setOctet,
  setOctet,
  insert,
  remove,
  repeat,
  move,
  cutOff,
  extend,
  takeFrom,
];
