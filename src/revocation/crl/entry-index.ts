import { EncodingError } from '../../asn1/error.ts';
import { tag } from '../../asn1/tag.ts';
import { areUsual, readEntryExtensions } from './entry-extension.ts';
import { skipTime } from './entry-time.ts';

/** Longest serial number that is looked at, in octets; RFC 5280, section 4.1.2.2, allows 20. */
const longestSerial = 64;
/** Most different authorities in one indirect list; each of them is compared by name once. */
const mostIssuers = 4096;
/** Slots an entry, so that a look-up meets few others on its way. */
const slotsAnEntry = 1.5;
/** Entries between two looks at the clock; some tenths of a millisecond. */
const entriesAStep = 2048;

/**
 * Where each serial number stands in the encoding of the entries: a hash table of offsets beside the octets
 * themselves, which stay as they are.
 */
export interface EntryIndex {
  readonly count: number;
  /** Offset of an entry plus one; 0 where the slot is free. */
  readonly slots: Uint32Array;
  /** Chosen anew for each index, so that nobody can write a list whose entries all meet in one slot. */
  readonly seed: number;
  /** Pairs of the offset of an entry that names its issuer and that issuer's number, from 1. */
  readonly runs: Uint32Array;
  /** Encodings of the names of issuers; number 1 is the first. */
  readonly issuers: readonly Uint8Array[];
  /** First critical extension of an entry that is not known here. */
  readonly unknownCritical: string | undefined;
}

/** The index of a list without entries. */
export const emptyIndex: EntryIndex = {
  count: 0,
  slots: new Uint32Array(1),
  seed: 0,
  runs: new Uint32Array(0),
  issuers: [],
  unknownCritical: undefined,
};

/** A place in the entries; where the serial number of the entry stands and where the entry ends. */
export interface Position {
  serialStart: number;
  serialEnd: number;
  end: number;
}

/** Reads the header and the serial number of the entry at `at` into `position`. Throws an EncodingError. */
export function locate(octets: Uint8Array, at: number, limit: number, position: Position): void {
  let start = at + 2;
  let length = octets[at + 1] ?? 0;
  if (octets[at] !== tag.sequence || start > limit) throw new EncodingError('entry is no SEQUENCE', at);
  if (length >= 0x80) {
    const count = length - 0x80;
    if (count < 1 || count > 3 || start + count > limit)
      throw new EncodingError('length is cut off or too large', at);
    length = 0;
    for (const stop = start + count; start < stop; start++) length = length * 256 + octets[start]!;
    if (length < 0x80 || length < 256 ** (count - 1)) throw new EncodingError('length is not minimal', at);
  }
  position.end = start + length;
  position.serialStart = start + 2;
  position.serialEnd = start + 2 + (octets[start + 1] ?? 0);
  if (position.end > limit || octets[start] !== tag.integer || position.serialEnd > position.end) {
    throw new EncodingError('serial number of the entry is malformed', start);
  }
}

function checkSerial(octets: Uint8Array, { serialStart, serialEnd }: Position): void {
  const length = serialEnd - serialStart;
  if (length < 1 || length > longestSerial)
    throw new EncodingError('serial number of the entry is empty or too long', serialStart);
  if (length < 2) return;
  const first = octets[serialStart]!;
  const next = octets[serialStart + 1]!;
  if ((first === 0 && next < 0x80) || (first === 0xff && next >= 0x80)) {
    throw new EncodingError('integer is not minimal', serialStart);
  }
}

/** Slot at which the search for a serial number of an issuer (0 is the list's own) begins. */
export function slotOf(
  octets: Uint8Array,
  start: number,
  end: number,
  issuer: number,
  seed: number,
  slots: number,
): number {
  let hash = seed ^ Math.imul(issuer, 0x9e3779b1);
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ octets[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return Math.floor(((hash >>> 0) / 0x1_0000_0000) * slots);
}

/**
 * Checks all entries strictly and builds their index, in steps that yield in between, so that a large list does
 * not hold up the event loop. Two passes: what is there, then where it is.
 */
class Indexing {
  private readonly octets: Uint8Array;
  private readonly allowsExtensions: boolean;
  private readonly seed: number;
  private readonly position: Position = { serialStart: 0, serialEnd: 0, end: 0 };
  private readonly runs: number[] = [];
  private readonly issuers: Uint8Array[] = [];
  private readonly numbers = new Map<string, number>();
  private unknownCritical: string | undefined;
  private count = 0;
  private slots = new Uint32Array(0);
  /** Honest lists need about two steps an entry; this many says that the list was written to waste time. */
  private probes = 0;
  private run = 0;
  private issuer = 0;

  constructor(octets: Uint8Array, allowsExtensions: boolean, seed: number) {
    this.octets = octets;
    this.allowsExtensions = allowsExtensions;
    this.seed = seed;
  }

  *steps(): Generator<number, EntryIndex> {
    for (let at = 0; at < this.octets.length; ) {
      at = this.survey(at);
      yield at / this.octets.length / 2;
    }
    this.slots = new Uint32Array(Math.ceil(this.count * slotsAnEntry) + 1);
    this.probes = this.count * 64 + 65_536;
    for (let at = 0; at < this.octets.length; ) {
      at = this.place(at);
      yield 0.5 + at / this.octets.length / 2;
    }
    const { count, slots, seed, issuers, unknownCritical } = this;
    return { count, slots, seed, runs: Uint32Array.from(this.runs), issuers, unknownCritical };
  }

  /** First pass: checks a number of entries from `at` on and returns where the next begins. */
  private survey(start: number): number {
    const { octets, position } = this;
    let at = start;
    for (let left = entriesAStep; left > 0 && at < octets.length; left--) {
      locate(octets, at, octets.length, position);
      checkSerial(octets, position);
      const extensions = skipTime(octets, position.serialEnd, position.end);
      if (extensions !== position.end) this.surveyExtensions(at, extensions);
      this.count++;
      at = position.end;
    }
    return at;
  }

  private surveyExtensions(at: number, start: number): void {
    const { octets, position } = this;
    if (!this.allowsExtensions) throw new EncodingError('entry of a list of version 1 has extensions', start);
    if (areUsual(octets, start, position.end)) return;
    const { issuer, unknownCritical } = readEntryExtensions(octets.subarray(start, position.end));
    this.unknownCritical ??= unknownCritical;
    if (issuer !== undefined) this.runs.push(at, this.numberOf(issuer.der));
  }

  private numberOf(name: Uint8Array): number {
    const key = Buffer.from(name).toString('latin1');
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.issuers.length === mostIssuers) throw new EncodingError('list names too many issuers', 0);
    this.issuers.push(name);
    this.numbers.set(key, this.issuers.length);
    return this.issuers.length;
  }

  /** Second pass: puts a number of entries from `at` on into the table and returns where the next begins. */
  private place(start: number): number {
    const { octets, position, slots, runs, seed } = this;
    let at = start;
    for (let left = entriesAStep; left > 0 && at < octets.length; left--) {
      locate(octets, at, octets.length, position);
      if (runs[this.run] === at) {
        this.issuer = runs[this.run + 1]!;
        this.run += 2;
      }
      let slot = slotOf(octets, position.serialStart, position.serialEnd, this.issuer, seed, slots.length);
      while (slots[slot] !== 0) {
        if (--this.probes < 0) throw new EncodingError('entries repeat the same serial numbers', at);
        slot = slot + 1 === slots.length ? 0 : slot + 1;
      }
      slots[slot] = at + 1;
      at = position.end;
    }
    return at;
  }
}

/**
 * The index of entries as a generator: each step takes well under a millisecond and tells which part of the work
 * is done, from 0 to 1; the last returns the index.
 * `octets` is the content of revokedCertificates, `seed` 32 random bits. Throws an EncodingError.
 */
export function indexEntries(
  octets: Uint8Array,
  allowsExtensions: boolean,
  seed: number,
): Generator<number, EntryIndex> {
  return new Indexing(octets, allowsExtensions, seed).steps();
}
