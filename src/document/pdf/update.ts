import type { PdfFile } from './file.ts';
import { isName, PdfError, type PdfReference, type PdfValue } from './object.ts';
import type { PdfRevision } from './revision.ts';
import { encodeEntries, encodeStream, nameValue } from './write.ts';

/** A file with an update behind it, and where the written objects stand. */
export interface UpdatedFile {
  readonly octets: Buffer;
  /** Where the value of each written object begins, by its number. */
  readonly places: ReadonlyMap<number, number>;
}

interface Written {
  readonly generation: number;
  readonly octets: Uint8Array;
}

/**
 * An incremental update of a file (ISO 32000-2, 7.5.6): objects that are new or written anew, behind octets that stay as
 * they are. Its cross-references are of the kind of those before.
 */
export class PdfUpdate {
  readonly revision: PdfRevision;
  private readonly file: PdfFile;
  private readonly objects = new Map<number, Written>();
  private next: number;

  /** Throws a PdfError for a file that says not how many objects it has. */
  constructor(file: PdfFile) {
    this.file = file;
    this.revision = file.revisions.at(-1)!;
    const size = this.revision.trailer.get('Size');
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
      throw new PdfError('the trailer does not say how many objects there are');
    this.next = size;
  }

  /** Takes a number for a new object, which is written later. */
  reserve(): PdfReference {
    return { kind: 'reference', number: this.next++, generation: 0 };
  }

  /** Adds an object. */
  add(octets: Uint8Array | string): PdfReference {
    const reference = this.reserve();
    this.write(reference, octets);
    return reference;
  }

  /** Writes an object under its number, in place of what stood there. */
  write({ number, generation }: PdfReference, octets: Uint8Array | string): void {
    this.objects.set(number, { generation, octets: Buffer.from(octets) });
  }

  /** The file with the update. */
  finish(): UpdatedFile {
    const { octets: before } = this.file;
    const parts: Buffer[] = [before];
    let length = before.length;
    const push = (part: Buffer): void => {
      parts.push(part);
      length += part.length;
    };
    if (before.at(-1) !== 10) push(Buffer.from('\n'));
    const offsets = new Map<number, number>();
    const places = new Map<number, number>();
    for (const [number, { generation, octets }] of this.objects) {
      offsets.set(number, length);
      push(Buffer.from(`${number} ${generation} obj\n`));
      places.set(number, length);
      push(Buffer.from(octets.buffer, octets.byteOffset, octets.length));
      push(Buffer.from('\nendobj\n'));
    }
    const start = length;
    push(this.references(offsets, start));
    push(Buffer.from(`startxref\n${start}\n%%EOF\n`));
    return { octets: Buffer.concat(parts), places };
  }

  private references(offsets: Map<number, number>, start: number): Buffer {
    const { trailer, sections } = this.revision;
    const kept = new Map(['Root', 'Info', 'ID'].flatMap((key) => entry(key, trailer.get(key))));
    const previous: [string, PdfValue] = ['Prev', sections[0]!.offset];
    if (!isName(trailer.get('Type'), 'XRef')) {
      const entries = new Map([['Size', this.next] as const, ...kept, previous]);
      return Buffer.from(`xref\n${this.table(offsets)}trailer\n${encodeEntries(entries)}\n`);
    }
    const own = this.reserve().number;
    offsets.set(own, start);
    const numbers = sorted(offsets);
    const rows = numbers.map((number) => {
      const row = Buffer.alloc(rowLength);
      row.writeUInt8(1, 0);
      row.writeUIntBE(offsets.get(number)!, 1, 6);
      row.writeUInt16BE(this.objects.get(number)?.generation ?? 0, 7);
      return row;
    });
    const index = rangesOf(numbers).flat();
    const entries = new Map<string, PdfValue>([
      ['Type', nameValue('XRef')],
      ['Size', this.next],
      ['W', { kind: 'array', items: [1, 6, 2] }],
      ['Index', { kind: 'array', items: index }],
      ...kept,
      previous,
    ]);
    const stream = encodeStream(entries, Buffer.concat(rows));
    return Buffer.concat([Buffer.from(`${own} 0 obj\n`), stream, Buffer.from('\nendobj\n')]);
  }

  private table(offsets: ReadonlyMap<number, number>): string {
    return rangesOf(sorted(offsets))
      .map(([first, count]) => {
        const rows = Array.from({ length: count }, (_, at) => {
          const offset = String(offsets.get(first + at)!).padStart(10, '0');
          const generation = String(this.objects.get(first + at)!.generation).padStart(5, '0');
          return `${offset} ${generation} n\r\n`;
        });
        return `${first} ${count}\n${rows.join('')}`;
      })
      .join('');
  }
}

/** Octets of one entry of a stream of references: kind, place and generation. */
const rowLength = 9;

function entry(key: string, value: PdfValue | undefined): [string, PdfValue][] {
  return value === undefined ? [] : [[key, value]];
}

function sorted(offsets: ReadonlyMap<number, number>): readonly number[] {
  return [...offsets.keys()].sort((a, b) => a - b);
}

/** Runs of numbers that follow each other: the first of each, and how many. */
function rangesOf(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1]++;
    else ranges.push([number, 1]);
  }
  return ranges;
}
