import { readFileSync, statSync } from 'node:fs';
import { language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';

/** Larger files are not read, in octets; the largest real lists stay below. */
const largestFile = 256 * 1024 * 1024;

/** A file that cannot be used, in words for whoever named it. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/**
 * What `read` finds in a file: DER, PEM or base64, as people have it. Throws an UnusableFile where the file cannot be
 * read, is too large, or holds something else; then it says what.
 */
export function readFrom<T>(path: string, read: (octets: Uint8Array) => T): T {
  const octets = readWhole(path);
  try {
    return read(octets);
  } catch (error) {
    if (!isFailure(error, 'encoding_unexpected')) throw error;
    const { title, cause } = explain(error.code, error.details, language(), 'validation');
    throw new UnusableFile(`${path}: ${title}. ${cause}`, { cause: error });
  }
}

/** A whole file. Throws an UnusableFile where it cannot be read or is too large. */
export function readWhole(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > largestFile) throw new UnusableFile(`${path}: larger than ${largestFile} octets`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
