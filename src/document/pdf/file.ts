import { PdfEncryption } from './encryption.ts';
import { isKind, isName, PdfError, type PdfValue } from './object.ts';
import { type PackedObjects, unpackObjects } from './packed.ts';
import { PdfParser } from './parser.ts';
import { CrossReferences } from './references.ts';
import { type ObjectSource, PdfRevision } from './revision.ts';
import { streamBehind } from './stream.ts';

/** How much all streams of objects of one file may unpack to. */
const mostUnpacked = 64 * 1024 * 1024;
/** So far before the end of a revision its last keywords stand. */
const tailLength = 64;

/**
 * A PDF file, read strictly (ISO 32000-2, 7.5): cross-references are taken as they stand, in tables, streams and both, and
 * nothing is searched for or repaired. One that is encrypted is read where it opens without a password. Throws a PdfError.
 */
export class PdfFile implements ObjectSource {
  readonly octets: Buffer;
  private found: readonly PdfRevision[] = [];
  private readonly packed = new Map<number, PackedObjects>();
  private unpacked = 0;
  private encryption: PdfEncryption | undefined;

  private constructor(octets: Uint8Array) {
    this.octets = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  }

  /** Reads the references of a file; pauses on the way. */
  static *open(octets: Uint8Array): Generator<undefined, PdfFile> {
    const file = new PdfFile(octets);
    file.found = yield* file.readRevisions();
    file.encryption = PdfEncryption.of(file.found);
    return file;
  }

  get isEncrypted(): boolean {
    return this.encryption !== undefined;
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
    const whole = yield* new CrossReferences(this.octets).chain(last.section);
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

  /** The object at an octet of the file, which has to be the one that is asked for. */
  directAt(offset: number, number: number, generation: number, revision: PdfRevision): PdfValue {
    const parser = new PdfParser(this.octets, offset, revision.end);
    if (parser.integer() !== number || parser.integer() !== generation)
      throw new PdfError(`object ${number} is not where it should be`);
    parser.keyword('obj');
    const value = streamBehind(parser, (each) => revision.resolve(each));
    parser.keyword('endobj');
    return this.encryption?.opened(value, number, generation) ?? value;
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

/** Whether there is nothing but ends of lines between two places. */
export function isBlank(octets: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (octets[at] !== 10 && octets[at] !== 13) return false;
  return true;
}
