import type { FileHandle } from 'node:fs/promises';
import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { digestOfPieces, digestOnceInSlices } from '../algorithm/digest-in-slices.ts';
import { exhausted } from '../budget/budget.ts';

/** Content of a detached signature: its octets, or a file that holds more of them than anybody wants to keep. */
export type DetachedContent = Uint8Array | ContentFile;

/** Octets that are read of a file at once. */
const piece = 131_072;

/** How often one file is read at most: a few times for each hash function that real signatures and time-stamps use. */
const mostReadings = 16;

/**
 * Content of a detached signature in an open file, of whatever length. It is read from its beginning for each hash
 * function, in pieces, and what was computed is remembered: the file must not change meanwhile. Whoever opened the file
 * closes it.
 */
export class ContentFile {
  /** In octets. */
  readonly length: number;
  private readonly handle: FileHandle;
  private readonly digests = new Map<DigestAlgorithm, Uint8Array>();
  private readings = 0;

  constructor(handle: FileHandle, length: number) {
    this.handle = handle;
    this.length = length;
  }

  /** The hash of all of it. Throws `budget_exhausted` where too much is asked of one file. */
  async digest(algorithm: DigestAlgorithm): Promise<Uint8Array> {
    const known = this.digests.get(algorithm);
    if (known !== undefined) return known;
    const value = await digestOfPieces(algorithm, this.pieces());
    this.digests.set(algorithm, value);
    return value;
  }

  /** The hash of all of it, where `digest` has been asked for it already. */
  remembered(algorithm: DigestAlgorithm): Uint8Array | undefined {
    return this.digests.get(algorithm);
  }

  /** The file from its beginning to its end; each piece is good until the next is asked for. Throws as `digest` does. */
  async *pieces(): AsyncGenerator<Uint8Array, void> {
    if (this.readings === mostReadings) throw exhausted('octets', mostReadings * this.length);
    this.readings++;
    const buffer = Buffer.allocUnsafe(Math.min(piece, this.length));
    for (let at = 0; at < this.length; ) {
      const { bytesRead } = await this.handle.read(buffer, 0, Math.min(piece, this.length - at), at);
      if (bytesRead === 0) throw new Error('a file of content became shorter while it was read');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}

/** Octets one after the other, wherever they are, in pieces of a size that can be hashed in one go. */
export async function* inPieces(parts: readonly DetachedContent[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) {
    if (part instanceof ContentFile) yield* part.pieces();
    else for (let at = 0; at < part.length; at += piece) yield part.subarray(at, at + piece);
  }
}

/** The hash of content, wherever it is; others have their turn meanwhile. Throws as `ContentFile.digest` does. */
export function digestOfContent(algorithm: DigestAlgorithm, content: DetachedContent): Promise<Uint8Array> {
  return content instanceof ContentFile ? content.digest(algorithm) : digestOnceInSlices(algorithm, content);
}
