import { readFile } from 'node:fs/promises';
import { SealgateError } from '../error.ts';

/** A file with its octets. */
export interface NamedFile {
  readonly file: string;
  readonly octets: Uint8Array;
}

/** Reads a whole file that is to be signed, or goes with one. Throws `file_unreadable`. */
export async function readNamed(file: string): Promise<NamedFile> {
  const octets = await readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  return { file, octets };
}
