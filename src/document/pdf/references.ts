import { unpack } from './filter.ts';
import { isKind, isName, PdfError, type PdfStream, type PdfValue } from './object.ts';
import { PdfParser } from './parser.ts';
import type { Place, Section } from './revision.ts';
import { streamBehind } from './stream.ts';

/** Most sections of references of one file, most entries of all of them together, and the highest number of an object. */
const mostSections = 500;
const mostEntries = 500_000;
const mostObjects = 8_388_607;
/** How many entries are read between two pauses. */
const readAtOnce = 2_000;

/** Reads the cross-references of one file (ISO 32000-2, 7.5.4 and 7.5.8): tables, streams and both. */
export class CrossReferences {
  private readonly octets: Buffer;
  private entries = 0;

  constructor(octets: Buffer) {
    this.octets = octets;
  }

  /** The sections from one on: each names the one before it. Pauses on the way. Throws a PdfError. */
  *chain(start: number): Generator<undefined, readonly Section[]> {
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
    parser.skip();
    const isTable = this.octets.toString('latin1', parser.position, parser.position + 4) === 'xref';
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
    const stream = streamBehind(parser, (value) => {
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
