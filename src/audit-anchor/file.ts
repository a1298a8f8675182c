import { open, stat } from 'node:fs/promises';
import { fault } from '../error.ts';

const lineEnd = 0x0a;

/**
 * Puts a line behind the others in a file, which is made if it is missing, and waits until it is on the disk. The file
 * is opened to be appended to and for nothing else, so that it may be one that the system lets only grow. A line that a
 * full disk had cut off is ended first.
 */
export async function appendLine(file: string, line: string): Promise<void> {
  const isNew = await stat(file).then(
    () => false,
    () => true,
  );
  const handle = await open(file, 'a', 0o600);
  try {
    const text = `${isNew || (await endsInLine(file)) ? '' : '\n'}${line}\n`;
    const { bytesWritten } = await handle.write(text);
    if (bytesWritten !== Buffer.byteLength(text)) throw fault('the line was cut off');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function endsInLine(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return bytesRead === 0 || buffer[0] === lineEnd;
  } finally {
    await handle.close();
  }
}

/** The end of a file, `most` octets of it, from the beginning of a line; undefined where there is no such file. */
export async function readEnd(file: string, most: number): Promise<string | undefined> {
  const isThere = await stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (!isThere) return undefined;
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - most);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.subarray(0, bytesRead).toString();
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
