import { EncodingError } from './error.ts';
import { constructedBit } from './tag.ts';

/** Deeper nesting is refused; real certificates and CMS messages stay below 16. */
export const deepest = 32;

/** Where the end-of-contents octets of an indefinite value stand; one pass, no recursion. */
export function endOfContents(octets: Uint8Array, start: number, end: number, depth: number): number {
  let at = start;
  let open = 1;
  while (at + 2 <= end) {
    const identifier = octets[at]!;
    let length = octets[at + 1]!;
    if (identifier === 0) {
      if (length !== 0) break;
      open--;
      if (open === 0) return at;
      at += 2;
      continue;
    }
    at += 2;
    if (length === 0x80) {
      if ((identifier & constructedBit) === 0) break;
      open++;
      if (depth + open > deepest) throw new EncodingError('structure is nested too deeply', at);
      continue;
    }
    if (length > 0x80) {
      const count = length & 0x7f;
      if (count > 4 || at + count > end) break;
      length = 0;
      for (const stop = at + count; at < stop; at++) length = length * 256 + octets[at]!;
    }
    at += length;
  }
  throw new EncodingError('end of an indefinite value is missing', start);
}
