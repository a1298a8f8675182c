/** The length of a value that ends where two zeros stand (X.690, section 8.1.3.6). */
const indefinite = 0x80;

/** A value as its header has it, whether or not the header keeps to the rules. */
export interface Outline {
  /** Identifier octet. */
  readonly tag: number;
  /** The whole encoding, header included. */
  readonly octets: Uint8Array;
  readonly content: Uint8Array;
  /** Whether its length is definite and all of it is there. */
  readonly isWhole: boolean;
}

/**
 * The first `most` values in octets, for telling what an encoding is and for showing broken ones; whoever relies on what
 * is in it uses a Reader. Lengths that do not fit, and indefinite ones, reach to the end of what is there; what is too
 * short for a header is left out. Never throws.
 */
export function outlinesIn(octets: Uint8Array, most: number): readonly Outline[] {
  const found: Outline[] = [];
  for (let at = 0; at + 1 < octets.length && found.length < most; ) {
    const { start, end, isWhole } = contentAt(octets, at + 1);
    found.push({
      tag: octets[at] ?? 0,
      octets: octets.subarray(at, end),
      content: octets.subarray(start, end),
      isWhole,
    });
    at = end;
  }
  return found;
}

/** Where the content lies whose length stands at `at`. */
function contentAt(octets: Uint8Array, at: number): { start: number; end: number; isWhole: boolean } {
  const { length: total } = octets;
  const first = octets[at] ?? 0;
  if (first === indefinite) return { start: at + 1, end: total, isWhole: false };
  const digits = first < indefinite ? 0 : first & 0x7f;
  const start = Math.min(at + 1 + digits, total);
  let length = digits === 0 ? first : 0;
  for (const octet of octets.subarray(at + 1, start)) length = length * 256 + octet;
  const end = start + length;
  return { start, end: Math.min(end, total), isWhole: end <= total };
}
