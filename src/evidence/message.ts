import { hash } from 'node:crypto';
import { isFailure } from '../error.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import type { KeptObject } from './objects.ts';

/** A message as it is kept: its parts once, by their SHA-256, however many messages have them, and the rest of it. */
export interface CutMessage {
  /** What is left when the parts are taken out. */
  readonly rest: Uint8Array;
  /** Where in the message each part begins, in order. */
  readonly cuts: readonly { readonly offset: number; readonly sha256: string }[];
  readonly parts: readonly KeptObject[];
}

/** Below this, in octets, a part is not worth a row of its own. */
const smallestPart = 256;

/** The message in one piece. */
export function uncut(message: Uint8Array): CutMessage {
  return { rest: message, cuts: [], parts: [] };
}

/**
 * Takes out of a CMS message what may stand in others as well: certificates, revocation values and the unsigned
 * attributes, which no signature covers. A message that cannot be parsed stays in one piece.
 */
export function cutMessage(message: Uint8Array): CutMessage {
  const found = separable(message)
    .filter(({ length }) => length >= smallestPart)
    .map((octets) => ({ octets, offset: octets.byteOffset - message.byteOffset }))
    .sort((a, b) => a.offset - b.offset);
  const cuts: { offset: number; sha256: string }[] = [];
  const parts: KeptObject[] = [];
  const rest: Uint8Array[] = [];
  let at = 0;
  for (const { octets, offset } of found) {
    const sha256 = hash('sha256', octets);
    cuts.push({ offset, sha256 });
    parts.push({ sha256, octets });
    rest.push(message.subarray(at, offset));
    at = offset + octets.length;
  }
  rest.push(message.subarray(at));
  return { rest: Buffer.concat(rest), cuts, parts };
}

/** Views of the message; none of them lies in another. */
function separable(message: Uint8Array): readonly Uint8Array[] {
  try {
    const { certificates, crls, ocspResponses, signers } = parseSignedData(message);
    const unsigned = signers.flatMap(({ unsignedAttributes }) => unsignedAttributes ?? []);
    return [...certificates, ...crls, ...ocspResponses, ...unsigned];
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}

/** Puts a message together again. `partOf` gives a part by its SHA-256. */
export async function joinMessage(
  rest: Uint8Array,
  cuts: CutMessage['cuts'],
  partOf: (sha256: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  // Where the next piece of the rest begins, and where in the message that is.
  let [read, at] = [0, 0];
  for (const { offset, sha256 } of cuts) {
    const part = await partOf(sha256);
    pieces.push(rest.subarray(read, read + offset - at), part);
    read += offset - at;
    at = offset + part.length;
  }
  pieces.push(rest.subarray(read));
  return Buffer.concat(pieces);
}
