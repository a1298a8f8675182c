import { constants, zstdCompressSync } from 'node:zlib';
import { fault } from '../error.ts';
import type { Packed, Seal, Value } from './database.ts';

/** What reads mostly the same packs well enough at the fastest level. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A parameter as the column holds it; `seal` makes what is kept of a seal. */
export function stored(parameter: Value | Packed | Seal, seal: (over: string) => string): Value {
  if (typeof parameter !== 'object' || parameter === null || parameter instanceof Uint8Array)
    return parameter;
  return 'over' in parameter ? seal(parameter.over) : zstdCompressSync(parameter.text, compression);
}

/** What a question has in place of the way to make seals: it never writes one. */
export function noSeal(): never {
  throw fault('a question holds no seal to be made');
}
