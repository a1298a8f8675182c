import { writeFile } from 'node:fs/promises';
import { SealgateError } from '../error.ts';

/** Writes a file that must not be there yet, `mode` its rights. Throws `file_unwritable`. */
export async function writeNew(file: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await writeFile(file, content, { mode, flag: 'wx' }).catch((error: unknown) => {
    throw unwritable(file, error);
  });
}

/** Writes a file, in place of one that is there. Throws `file_unwritable`. */
export async function writeOver(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content).catch((error: unknown) => {
    throw unwritable(file, error);
  });
}

function unwritable(file: string, cause: unknown): SealgateError {
  const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
  const problem = isThere ? 'file-exists' : 'file-forbidden';
  return new SealgateError('file_unwritable', { file, problem }, { cause });
}
