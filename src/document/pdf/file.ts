import { unpack } from './filter.ts';
import {
  entriesOf,
  isKind,
  isName,
  PdfError,
  type PdfReference,
  type PdfStream,
  type PdfValue,
} from './object.ts';
import { PdfParser } from './parser.ts';

/** Most sections of references of one file, most entries of all of them together, and the highest number of an object. */
const mostSections = 500;
const mostEntries = 500_000;
const mostObjects = 8_388_607;
/** How many entries are read between two pauses, and how much all streams of objects of one file may unpack to. */
const readAtOnce = 2_000;
const mostUnpacked = 64 * 1024 * 1024;
/** So far before the end of a revision its last keywords stand. */
const tailLength = 64;

/** Where an object stands: at an octet of the file, or in a stream of objects. */
export type Place =
  | { readonly kind: 'free' }
  | { readonly kind: 'direct'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'packed'; readonly stream: number; readonly index: number };

/** One section of cross-references with its trailer. */
interface Section {
  readonly offset: number;
  readonly places: ReadonlyMap<number, Place>;
  readonly trailer: ReadonlyMap<string, PdfValue>;
  readonly previous: number | undefined;
}

/** A PDF file as it was at the end of one of its revisions. */
export class PdfRevision {
  /** Octets of the file up to here belong to it. */
  readonly end: number;
  /** The newest section first. */
  readonly sections: readonly Section[];
  private readonly file: PdfFile;
  private readonly values = new Map<number, PdfValue>();

  constructor(file: PdfFile, end: number, sections: readonly Section[]) {
    this.file = file;
    this.end = end;
    this.sections = sections;
  }

  get trailer(): ReadonlyMap<string, PdfValue> {
    return this.sections[0]!.trailer;
  }

  /** Where an object stands; undefined where there is none. */
  placeOf(number: number): Place | undefined {
    for (const { places } of this.sections) {
      const place = places.get(number);
      if (place !== undefined) return place.kind === 'free' ? undefined : place;
    }
    return undefined;
  }

  /** Numbers of all objects that there are. */
  get numbers(): ReadonlySet<number> {
    const found = new Set<number>();
    for (const { places } of this.sections) for (const number of places.keys()) found.add(number);
    return found;
  }

  /** A value, or the object to which it refers; null for one that is not there. Throws a PdfError. */
  resolve(value: PdfValue | undefined): PdfValue {
    let at = value ?? null;
    for (let count = 0; isKind(at, 'reference'); count++) {
      if (count > 8) throw new PdfError('references lead to each other');
      at = this.object(at);
    }
    return at;
  }

  /** The object of a reference. */
  object({ number, generation }: PdfReference): PdfValue {
    const known = this.values.get(number);
    if (known !== undefined) return known;
    const place = this.placeOf(number);
    if (place === undefined || place.kind === 'free') return null;
    if (place.kind === 'direct' && place.generation !== generation) return null;
    const value =
      place.kind === 'direct'
        ? this.file.directAt(place.offset, number, place.generation, this)
        : this.file.packedIn(place.stream, place.index, number, this);
    this.values.set(number, value);
    return value;
  }

  /** Whether an object stands at the very place where it stands in another revision. */
  isSamePlace(number: number, other: PdfRevision): boolean {
    const [own, theirs] = [this.placeOf(number), other.placeOf(number)];
    if (own === undefined || theirs === undefined) return own === theirs;
    if (own.kind === 'direct' && theirs.kind === 'direct') return own.offset === theirs.offset;
    if (own.kind !== 'packed' || theirs.kind !== 'packed') return false;
    return own.stream === theirs.stream && own.index === theirs.index && this.isSamePlace(own.stream, other);
  }
}

interface PackedObjects {
  readonly numbers: readonly number[];
  /** Where each begins in `octets`. */
  readonly offsets: readonly number[];
  readonly octets: Buffer;
}

/**
 * A PDF file, read strictly (ISO 32000-2, 7.5): cross-references are taken as they stand, in tables, streams and both, and
 * nothing is searched for or repaired. Throws a PdfError.
 */
export class PdfFile {
  readonly octets: Buffer;
  private found: readonly PdfRevision[] = [];
  private readonly packed = new Map<number, PackedObjects>();
  private entries = 0;
  private unpacked = 0;

  private constructor(octets: Uint8Array) {
    this.octets = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  }

  /** Reads the references of a file; pauses on the way. */
  static *open(octets: Uint8Array): Generator<undefined, PdfFile> {
    const file = new PdfFile(octets);
    file.found = yield* file.readRevisions();
    return file;
  }

  /** Oldest first; the last one is the whole file. */
  get revisions(): readonly PdfRevision[] {
    return this.found;
  }

  /**
   * Every end of the file at which it was whole: the last one, and those before it whose references its own build on.
   * Between two of them nothing is left over.
   */
  private *readRevisions(): Generator<undefined, readonly PdfRevision[]> {
    const ends = this.findEnds();
    const last = ends.at(-1);
    if (last === undefined || !isBlank(this.octets, last.end, this.octets.length))
      throw new PdfError('the file does not end as a PDF does');
    const whole = yield* this.chain(last.section);
    const found: PdfRevision[] = [];
    for (const { end, section } of ends) {
      const at = whole.findIndex(({ offset }) => offset === section);
      if (at < 0) continue;
      found.push(new PdfRevision(this, end, whole.slice(at)));
    }
    return found;
  }

  /** Places behind an end-of-file mark, with the section that stands before it. */
  private findEnds(): readonly { readonly end: number; readonly section: number }[] {
    const ends: { end: number; section: number }[] = [];
    for (let at = this.octets.indexOf('%%EOF'); at >= 0; at = this.octets.indexOf('%%EOF', at + 5)) {
      const tail = this.octets.toString('latin1', Math.max(0, at - tailLength), at);
      const section = /startxref[\r\n ]+(\d{1,12})[\r\n ]+$/.exec(tail)?.[1];
      if (section !== undefined) ends.push({ end: at + 5, section: Number(section) });
    }
    return ends;
  }

  private *chain(start: number): Generator<undefined, readonly Section[]> {
    const chain: Section[] = [];
    for (let at: number | undefined = start; at !== undefined; ) {
      if (chain.length >= mostSections) throw new PdfError('there are too many sections of references');
      if (chain.some(({ offset }) => offset === at))
        throw new PdfError('sections of references lead to each other');
      const section: Section = yield* this.sectionAt(at);
      chain.push(section);
      at = section.previous;
    }
    return chain;
  }

  private *sectionAt(offset: number): Generator<undefined, Section> {
    const parser = new PdfParser(this.octets, offset);
    const isTable = this.octets.toString('latin1', offset, offset + 4) === 'xref';
    return yield* isTable ? this.readTable(parser, offset) : this.readStream(parser, offset);
  }

  private *readTable(parser: PdfParser, offset: number): Generator<undefined, Section> {
    parser.keyword('xref');
    const places = new Map<number, Place>();
    for (;;) {
      const start = parser.position;
      const word = parser.word();
      if (word === 'trailer') break;
      parser.position = start;
      const first = parser.integer();
      const count = parser.integer();
      yield* this.readSubsection(parser, first, count, places);
    }
    const trailer = parser.dictionary().entries;
    const hybrid = trailer.get('XRefStm');
    if (typeof hybrid === 'number') {
      // ISO 32000-2, 7.5.8.4: what the table hides as free stands in the stream.
      const hidden = yield* this.readStream(new PdfParser(this.octets, hybrid), hybrid);
      for (const [number, place] of hidden.places)
        if ((places.get(number)?.kind ?? 'free') === 'free') places.set(number, place);
    }
    return { offset, places, trailer, previous: previousOf(trailer) };
  }

  private *readSubsection(
    parser: PdfParser,
    first: number,
    count: number,
    places: Map<number, Place>,
  ): Generator<undefined, undefined> {
    if (first + count > mostObjects) parser.refuse('there are too many objects');
    for (let number = first; number < first + count; number++) {
      yield* this.countEntry();
      const offset = parser.integer();
      const generation = parser.integer();
      const kind = parser.word();
      if (kind !== 'n' && kind !== 'f') parser.refuse('entry of the table is malformed');
      if (places.has(number)) parser.refuse('an object stands twice in one table');
      places.set(number, kind === 'n' ? { kind: 'direct', offset, generation } : { kind: 'free' });
    }
    return undefined;
  }

  private *countEntry(): Generator<undefined, undefined> {
    this.entries++;
    if (this.entries > mostEntries) throw new PdfError('there are too many references');
    if (this.entries % readAtOnce === 0) yield undefined;
    return undefined;
  }

  private *readStream(parser: PdfParser, offset: number): Generator<undefined, Section> {
    parser.integer();
    parser.integer();
    parser.keyword('obj');
    const stream = this.streamBehind(parser, (value) => {
      if (isKind(value, 'reference')) throw new PdfError('references stand behind a reference');
      return value ?? null;
    });
    if (!isKind(stream, 'stream') || !isName(stream.entries.get('Type'), 'XRef'))
      throw new PdfError('cross-references are neither table nor stream');
    const { entries } = stream;
    const places = yield* this.placesIn(stream);
    return { offset, places, trailer: entries, previous: previousOf(entries) };
  }

  private *placesIn(stream: PdfStream): Generator<undefined, ReadonlyMap<number, Place>> {
    const { entries } = stream;
    const widths = numbersIn(entries.get('W'));
    const [first = 0, second = 0, third = 0, more] = widths;
    if (widths.length < 3 || more !== undefined || widths.some((width) => width > 8))
      throw new PdfError('widths of the stream of references are wrong');
    const size = entries.get('Size');
    const index = entries.has('Index')
      ? numbersIn(entries.get('Index'))
      : [0, typeof size === 'number' ? size : 0];
    const octets = unpack(stream, (value) => value ?? null);
    const places = new Map<number, Place>();
    let at = 0;
    const field = (width: number, otherwise: number): number => {
      if (width === 0) return otherwise;
      let value = 0;
      for (const stop = at + width; at < stop; at++) value = value * 256 + (octets[at] ?? 0);
      return value;
    };
    for (let range = 0; range + 1 < index.length; range += 2) {
      const [start = 0, count = 0] = index.slice(range, range + 2);
      if (start + count > mostObjects) throw new PdfError('there are too many objects');
      for (let number = start; number < start + count; number++) {
        yield* this.countEntry();
        if (at + first + second + third > octets.length)
          throw new PdfError('stream of references is cut off');
        const [kind, two, three] = [field(first, 1), field(second, 0), field(third, 0)];
        if (places.has(number)) throw new PdfError('an object stands twice in one stream of references');
        places.set(number, placeOf(kind, two, three));
      }
    }
    return places;
  }

  /** The object at an octet of the file, which has to be the one that is asked for. */
  directAt(offset: number, number: number, generation: number, revision: PdfRevision): PdfValue {
    const parser = new PdfParser(this.octets, offset, revision.end);
    if (parser.integer() !== number || parser.integer() !== generation)
      throw new PdfError(`object ${number} is not where it should be`);
    parser.keyword('obj');
    const value = this.streamBehind(parser, (each) => revision.resolve(each));
    parser.keyword('endobj');
    return value;
  }

  /** A value and, where it is the dictionary of one, the stream behind it. */
  private streamBehind(parser: PdfParser, resolve: (value: PdfValue | undefined) => PdfValue): PdfValue {
    const value = parser.value();
    if (!isKind(value, 'dictionary')) return value;
    const back = parser.position;
    if (parser.word() !== 'stream') {
      parser.position = back;
      return value;
    }
    const { octets } = parser;
    if (octets[parser.position] === 13 && octets[parser.position + 1] === 10) parser.position += 2;
    else if (octets[parser.position] === 10) parser.position++;
    else parser.refuse('stream does not begin on a line of its own');
    const length = resolve(value.entries.get('Length'));
    const start = parser.position;
    if (typeof length !== 'number' || length < 0 || start + length > octets.length)
      return parser.refuse('length of a stream is wrong');
    parser.position = start + length;
    parser.keyword('endstream');
    return { kind: 'stream', entries: value.entries, packed: octets.subarray(start, start + length) };
  }

  /** An object in a stream of objects (ISO 32000-2, 7.5.7). */
  packedIn(streamNumber: number, index: number, number: number, revision: PdfRevision): PdfValue {
    const place = revision.placeOf(streamNumber);
    if (place?.kind !== 'direct') throw new PdfError('a stream of objects is not in the file');
    let objects = this.packed.get(place.offset);
    if (objects === undefined) {
      const reference = { kind: 'reference', number: streamNumber, generation: place.generation } as const;
      const stream = revision.object(reference);
      if (!isKind(stream, 'stream') || !isName(stream.entries.get('Type'), 'ObjStm'))
        throw new PdfError('a stream of objects is something else');
      objects = unpackObjects(stream, revision);
      this.unpacked += objects.octets.length;
      if (this.unpacked > mostUnpacked) throw new PdfError('streams of objects are too large together');
      this.packed.set(place.offset, objects);
    }
    const offset = objects.offsets[index];
    if (objects.numbers[index] !== number || offset === undefined)
      throw new PdfError(`object ${number} is not where it should be`);
    return new PdfParser(objects.octets, offset).value();
  }
}

function previousOf(trailer: ReadonlyMap<string, PdfValue>): number | undefined {
  const previous = trailer.get('Prev');
  if (previous === undefined) return undefined;
  if (typeof previous !== 'number' || !Number.isInteger(previous) || previous < 0)
    throw new PdfError('place of the section before is no number');
  return previous;
}

function placeOf(kind: number, two: number, three: number): Place {
  switch (kind) {
    case 0:
      return { kind: 'free' };
    case 1:
      return { kind: 'direct', offset: two, generation: three };
    case 2:
      return { kind: 'packed', stream: two, index: three };
    default:
      throw new PdfError('kind of a reference is unknown');
  }
}

function numbersIn(value: PdfValue | undefined): readonly number[] {
  const items = isKind(value, 'array') ? value.items : [];
  return items.map((item) => {
    if (typeof item !== 'number' || !Number.isInteger(item) || item < 0)
      throw new PdfError('number expected');
    return item;
  });
}

/** Most objects of one stream. */
const mostPacked = 20_000;

function unpackObjects(stream: PdfStream, revision: PdfRevision): PackedObjects {
  const resolve = (value: PdfValue | undefined) => revision.resolve(value);
  const [count, first] = [resolve(stream.entries.get('N')), resolve(stream.entries.get('First'))];
  if (typeof count !== 'number' || typeof first !== 'number' || count > mostPacked)
    throw new PdfError('a stream of objects does not say how many');
  const octets = Buffer.from(unpack(stream, resolve));
  const header = new PdfParser(octets, 0, first);
  const numbers: number[] = [];
  const offsets: number[] = [];
  for (let index = 0; index < count; index++) {
    numbers.push(header.integer());
    offsets.push(header.integer());
  }
  return { numbers, offsets: offsets.map((offset) => first + offset), octets };
}

/** Whether there is nothing but ends of lines between two places. */
export function isBlank(octets: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (octets[at] !== 10 && octets[at] !== 13) return false;
  return true;
}

/** The catalogue of a document. Throws a PdfError. */
export function catalogueOf(revision: PdfRevision): ReadonlyMap<string, PdfValue> {
  const catalogue = entriesOf(revision.resolve(revision.trailer.get('Root')));
  if (catalogue === undefined) throw new PdfError('the document has no catalogue');
  return catalogue;
}
