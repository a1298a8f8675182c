import { inflateSync } from 'node:zlib';
import { entriesOf, isKind, isName, PdfError, type PdfStream, type PdfValue } from './object.ts';

/** What a stream that describes objects may unpack to, in octets: so much is unpacked within a few milliseconds. */
const largestUnpacked = 2 * 1024 * 1024;

/**
 * The octets of a stream of objects or references, unpacked. FlateDecode with the predictors of PNG, or none; others
 * occur there nowhere. `resolve` follows references in the stream's own dictionary. Throws a PdfError.
 */
export function unpack(
  { entries, packed }: PdfStream,
  resolve: (value: PdfValue | undefined) => PdfValue,
): Uint8Array {
  const filter = single(resolve(entries.get('Filter')));
  if (filter === null) return packed;
  if (!isName(filter, 'FlateDecode'))
    throw new PdfError('a stream of objects is packed in another way than Flate');
  const octets = inflate(packed);
  const parameters = entriesOf(single(resolve(entries.get('DecodeParms'))));
  const predictor = parameters?.get('Predictor') ?? 1;
  if (predictor === 1) return octets;
  if (typeof predictor !== 'number' || predictor < 10) throw new PdfError('predictor of a stream is unknown');
  const columns = parameters?.get('Columns') ?? 1;
  if (typeof columns !== 'number' || columns < 1 || columns > 64)
    throw new PdfError('columns of a stream are unknown');
  return unpredicted(octets, columns);
}

function single(value: PdfValue): PdfValue {
  if (!isKind(value, 'array')) return value;
  if (value.items.length > 1) throw new PdfError('a stream of objects is packed more than once');
  return value.items[0] ?? null;
}

function inflate(packed: Uint8Array): Buffer {
  try {
    return inflateSync(packed, { maxOutputLength: largestUnpacked });
  } catch (cause) {
    throw new PdfError('a stream of objects cannot be unpacked, or is too large', { cause });
  }
}

/** Undoes the predictors of PNG (RFC 2083, section 6) for samples of one octet. */
function unpredicted(octets: Buffer, columns: number): Uint8Array {
  const rows = Math.ceil(octets.length / (columns + 1));
  const result = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * (columns + 1);
    const kind = octets[from]!;
    if (kind > 4) throw new PdfError('predictor of a row is unknown');
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const left = column === 0 ? 0 : result[at - 1]!;
      const up = row === 0 ? 0 : result[at - columns]!;
      const corner = row === 0 || column === 0 ? 0 : result[at - columns - 1]!;
      const sample = octets[from + 1 + column] ?? 0;
      result[at] = (sample + predicted(kind, left, up, corner)) & 0xff;
    }
  }
  return result;
}

function predicted(kind: number, left: number, up: number, corner: number): number {
  switch (kind) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return Math.floor((left + up) / 2);
    default: {
      const estimate = left + up - corner;
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [
        number,
        number,
        number,
      ];
      if (a <= b && a <= c) return left;
      return b <= c ? up : corner;
    }
  }
}
