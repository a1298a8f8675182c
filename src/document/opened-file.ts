import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ContentFile, type DetachedContent } from '../signature/content-file.ts';
import { UnusableFile } from '../validation/file.ts';
import type { NamedContent } from './examined.ts';

/** Longer contents of detached signatures stay in their file, in octets. */
const largestKept = 8 * 1024 * 1024;

/** A file that is open to be read; closed by whoever opened it. */
export class OpenedFile {
  readonly name: string;
  /** In octets. */
  readonly length: number;
  private readonly handle: FileHandle;

  constructor(name: string, handle: FileHandle, length: number) {
    this.name = name;
    this.handle = handle;
    this.length = length;
  }

  /** Its first octets, or those of them that there are. */
  async octets(most = this.length): Promise<Buffer> {
    const octets = Buffer.alloc(Math.min(most, this.length));
    for (let at = 0; at < octets.length; ) {
      const { bytesRead } = await this.handle.read(octets, at, octets.length - at, at);
      if (bytesRead === 0) return octets.subarray(0, at);
      at += bytesRead;
    }
    return octets;
  }

  /** All of it as content of a detached signature: its octets, or where they are many the file itself. */
  async content(): Promise<NamedContent> {
    const octets: DetachedContent =
      this.length > largestKept ? new ContentFile(this.handle, this.length) : await this.octets();
    return { name: this.name, octets };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.handle.close();
  }
}

/**
 * Does `act` with the documents beside a signature that stand in files, however long. Throws an UnusableFile for one that
 * cannot be read, and what `act` throws.
 */
export async function withContents<T>(
  paths: readonly string[],
  act: (contents: readonly NamedContent[]) => Promise<T>,
): Promise<T> {
  await using opened = new AsyncDisposableStack();
  const contents: NamedContent[] = [];
  for (const path of paths) contents.push(await opened.use(await openFile(path)).content());
  return await act(contents);
}

async function openFile(path: string): Promise<OpenedFile> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('not a file');
    const handle = await open(path, 'r');
    return new OpenedFile(basename(path), handle, (await handle.stat()).size);
  } catch (error) {
    throw new UnusableFile(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
