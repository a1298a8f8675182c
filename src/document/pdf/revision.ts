import { entriesOf, isKind, PdfError, type PdfReference, type PdfValue } from './object.ts';

/** Where an object stands: at an octet of the file, or in a stream of objects. */
export type Place =
  | { readonly kind: 'free' }
  | { readonly kind: 'direct'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'packed'; readonly stream: number; readonly index: number };

/** One section of cross-references with its trailer. */
export interface Section {
  readonly offset: number;
  readonly places: ReadonlyMap<number, Place>;
  readonly trailer: ReadonlyMap<string, PdfValue>;
  readonly previous: number | undefined;
}

/** Where the objects of a revision are read from. */
export interface ObjectSource {
  /** The object at an octet of the file, which has to be the one that is asked for. Throws a PdfError. */
  directAt(offset: number, number: number, generation: number, revision: PdfRevision): PdfValue;
  /** An object in a stream of objects. Throws a PdfError. */
  packedIn(stream: number, index: number, number: number, revision: PdfRevision): PdfValue;
}

/** A PDF file as it was at the end of one of its revisions. */
export class PdfRevision {
  /** Octets of the file up to here belong to it. */
  readonly end: number;
  /** The newest section first. */
  readonly sections: readonly Section[];
  private readonly file: ObjectSource;
  private readonly values = new Map<number, PdfValue>();

  constructor(file: ObjectSource, end: number, sections: readonly Section[]) {
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
}

/** The catalogue of a document. Throws a PdfError. */
export function catalogueOf(revision: PdfRevision): ReadonlyMap<string, PdfValue> {
  const catalogue = entriesOf(revision.resolve(revision.trailer.get('Root')));
  if (catalogue === undefined) throw new PdfError('the document has no catalogue');
  return catalogue;
}
