import { isKind, type PdfValue } from './object.ts';
import type { PdfParser } from './parser.ts';

/** A value and, where it is the dictionary of one, the stream behind it. Throws a PdfError. */
export function streamBehind(
  parser: PdfParser,
  resolve: (value: PdfValue | undefined) => PdfValue,
): PdfValue {
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
  const packed = octets.subarray(start, start + length);
  return { kind: 'stream', entries: value.entries, packed, stored: packed };
}
