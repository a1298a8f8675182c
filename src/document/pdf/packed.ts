import { unpack } from './filter.ts';
import { PdfError, type PdfStream, type PdfValue } from './object.ts';
import { PdfParser } from './parser.ts';
import type { PdfRevision } from './revision.ts';

/** The objects of one stream, unpacked. */
export interface PackedObjects {
  readonly numbers: readonly number[];
  /** Where each begins in `octets`. */
  readonly offsets: readonly number[];
  readonly octets: Buffer;
}

/** Most objects of one stream. */
const mostPacked = 20_000;

/** The objects in a stream of objects (ISO 32000-2, 7.5.7). Throws a PdfError. */
export function unpackObjects(stream: PdfStream, revision: PdfRevision): PackedObjects {
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
