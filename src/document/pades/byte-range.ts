import { SealgateError } from '../../error.ts';
import { isBlank, type PdfRevision } from '../pdf/file.ts';
import type { SignatureDictionary } from './field.ts';

/** The octets that a range names, one behind the other; undefined where it leads out of the file. */
export function signedOctets(file: Buffer, { byteRange }: SignatureDictionary): Uint8Array | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at < byteRange.length; at += 2) {
    const [start = -1, length = -1] = byteRange.slice(at, at + 2);
    if (start < 0 || length < 0 || start + length > file.length) return undefined;
    parts.push(file.subarray(start, start + length));
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

/**
 * What is wrong with the range of a signature (ISO 32000-2, 12.8.1): it is two pieces, from the beginning of the file to
 * the value of this very signature and from behind it to the end of the revision that it was added in.
 */
export function flawOfRange(
  { byteRange, contents }: SignatureDictionary,
  revision: PdfRevision,
  file: Buffer,
): SealgateError<'pdf_range_invalid'> | undefined {
  const refuse = (problem: string) => new SealgateError('pdf_range_invalid', { problem });
  const [start, length = 0, second = 0, rest = 0] = byteRange;
  if (byteRange.length !== 4 || byteRange.some((part) => part < 0)) return refuse('it is not two pieces');
  if (start !== 0) return refuse('it does not begin with the file');
  if (!contents.isHex || length !== contents.start || second !== contents.end)
    return refuse('what it leaves out is something else than the value of the signature');
  const end = second + rest;
  const isEnd = end >= revision.end && end <= revision.end + 2 && isBlank(file, revision.end, end);
  return isEnd ? undefined : refuse('it does not end with the revision that it was added in');
}
