import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SealgateError } from '../error.ts';

/**
 * Reads a JSON file of the agent's folder with `read`, which gives undefined for what is not in its form; `absent`
 * stands for a file that is not there. Throws `file_unreadable`: what the person decided is not guessed at.
 */
export async function readKept<T>(
  path: string,
  read: (value: unknown) => T | undefined,
  absent: T,
): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return absent;
    throw new SealgateError('file_unreadable', { file: path }, { cause });
  }
  const value = read(parse(text));
  if (value === undefined) throw new SealgateError('file_unreadable', { file: path });
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes a JSON file that only its owner reads; it is the old one or the new one, and never half of either. */
export async function writeKept(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  // The mode above counts only where the file was not there yet.
  await chmod(draft, 0o600);
  await rename(draft, path);
}
