import { type UnzipFileInfo, unzipSync, type Zippable, zipSync } from 'fflate';
import { SealgateError } from '../error.ts';

/** Names of files in an archive of ours, and of no others: no way out of the folder it is unpacked in. */
const fileName = /^(?:[a-z][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*\.[a-z0-9]+$/;
const mostFiles = 5_000;
/** Octets; lists of a whole country's certificates stay below. */
export const largestArchive = 1024 * 1024 * 1024;

/** ZIP keeps local time without a zone; the first moment that it knows is the same everywhere. */
const beginning = new Date(1980, 0, 1);

/**
 * A ZIP of `files`, uncompressed and without times, so that the same files always give the same octets and any
 * changed octet shows.
 */
export function packArchive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const zippable: Zippable = {};
  for (const [name, octets] of files) {
    if (!fileName.test(name)) throw new Error(`${name} is no name for a file of evidence`);
    zippable[name] = [octets, { level: 0, mtime: beginning }];
  }
  return zipSync(zippable);
}

/** What is in an archive, and whether it is octet by octet as `packArchive` makes it. */
export interface UnpackedArchive {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly isExact: boolean;
}

/**
 * Unpacks an archive of ours. Nothing is decompressed, so that nothing can grow, and nothing is written anywhere.
 * Throws `evidence_malformed` for whatever `packArchive` would never make: other names, a name twice, compression,
 * files that lie over each other, too many.
 */
export function unpackArchive(octets: Uint8Array): UnpackedArchive {
  if (octets.length > largestArchive) throw malformed('larger than any evidence');
  const seen = new Set<string>();
  let total = 0;
  const examine = ({ name, compression, size, originalSize }: UnzipFileInfo): boolean => {
    if (!fileName.test(name)) throw malformed('a file name that evidence does not have');
    if (seen.has(name)) throw malformed('a file name twice');
    seen.add(name);
    total += size;
    if (compression !== 0 || size !== originalSize) throw malformed('a compressed file');
    if (seen.size > mostFiles || total > octets.length) throw malformed('more files than it has room for');
    return true;
  };
  const files = new Map(Object.entries(unzip(octets, examine)));
  const again = Buffer.from(packArchive(files));
  return { files, isExact: again.equals(octets) };
}

function unzip(octets: Uint8Array, filter: (file: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(octets, { filter });
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('evidence_malformed', { problem: 'no ZIP archive' }, { cause: error });
  }
}

function malformed(problem: string): SealgateError {
  return new SealgateError('evidence_malformed', { problem });
}
