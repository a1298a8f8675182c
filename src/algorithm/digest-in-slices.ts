import { createHash } from 'node:crypto';
import { giveWay, Share } from '../budget/slices.ts';
import { gost } from '../gost/engine.ts';
import { type DigestAlgorithm, rememberDigest, rememberedDigest } from './digest.ts';

/** How much is hashed before others have their turn, in octets: a millisecond or two of Streebog. */
const piece = 131_072;

/** As `digest`, for data of whatever size: others have their turn between its pieces. */
export async function digestInSlices(algorithm: DigestAlgorithm, data: Uint8Array): Promise<Uint8Array> {
  const hasher = hasherOf(algorithm);
  const share = new Share();
  for (let at = 0; at < data.length; at += piece) {
    hasher.update(data.subarray(at, at + piece));
    await giveWay(share);
  }
  return hasher.digest();
}

/** The hash of data that comes in pieces, each of at most some hundred kilobytes; others have their turn between them. */
export async function digestOfPieces(
  algorithm: DigestAlgorithm,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const hasher = hasherOf(algorithm);
  const share = new Share();
  for await (const each of pieces) {
    hasher.update(each);
    await giveWay(share);
  }
  return hasher.digest();
}

/** As `digestOnce`, for data of whatever size. */
export async function digestOnceInSlices(algorithm: DigestAlgorithm, data: Uint8Array): Promise<Uint8Array> {
  return (
    rememberedDigest(algorithm, data) ??
    rememberDigest(algorithm, data, await digestInSlices(algorithm, data))
  );
}

interface Hasher {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
}

function hasherOf(algorithm: DigestAlgorithm): Hasher {
  switch (algorithm) {
    case 'gost94':
    case 'streebog256':
    case 'streebog512':
      return gost.hasher(algorithm);
    default:
      return createHash(algorithm);
  }
}
