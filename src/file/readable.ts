import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { SealgateError } from '../error.ts';

/** Expects that a file is there and may be read, which is seen before anything is made. Throws `file_unreadable`. */
export async function expectReadable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
}

/** The octets of a file. Throws `file_unreadable`. */
export async function readReadable(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
}
