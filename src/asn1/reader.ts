import { EncodingError } from './error.ts';
import { deepest, endOfContents } from './indefinite.ts';
import { decodeOid } from './oid.ts';
import { checkBitString, checkInteger, checkPrimitive, readBoolean } from './primitive.ts';
import { constructedBit, tag } from './tag.ts';
import { decodeTime, type Fractions } from './time.ts';

/** DER everywhere; BER only for the envelope of a CMS message. */
export type Rules = 'der' | 'ber';

/** An encoding that breaks DER, is seen in real certificates, and is accepted by this name. */
export type EncodingQuirk = 'boolean-true-is-01' | 'default-is-encoded' | 'named-bits-end-in-zero';

/** Pieces of strings within pieces: OpenSSL accepts as many, and each costs another look at all of them. */
const deepestString = 5;

const noQuirks: unique symbol = Symbol('no quirks');

/** A value with its identifier octet and its place in the input; views, never copies. */
export interface Element {
  readonly tag: number;
  /** The whole encoding, header included. */
  readonly octets: Uint8Array;
  /** The content without header. */
  readonly content: Uint8Array;
}

/**
 * Reads one encoding from start to end, value by value, without copying: what it returns are views of the input.
 *
 * Under DER (X.690, section 10 and 11) every form that is not canonical is refused: indefinite and
 * longer-than-needed lengths, constructed strings, padded integers, BOOLEAN other than 00 and FF, non-zero
 * padding bits. Under BER indefinite lengths, long lengths and constructed OCTET STRINGs are accepted.
 * Tags above 30 occur nowhere in our formats and are refused. Every method throws an EncodingError.
 */
export class Reader {
  private readonly octets: Uint8Array;
  private readonly end: number;
  private readonly depth: number;
  private readonly rules: Rules;
  private readonly quirks: Set<EncodingQuirk> | typeof noQuirks;
  private position: number;

  // The header read last; fields and not a result object, because a header is read some hundred times a message.
  private headerTag = 0;
  private contentStart = 0;
  private contentEnd = 0;

  private constructor(
    octets: Uint8Array,
    start: number,
    end: number,
    depth: number,
    rules: Rules,
    quirks: Set<EncodingQuirk> | typeof noQuirks,
  ) {
    this.octets = octets;
    this.position = start;
    this.end = end;
    this.depth = depth;
    this.rules = rules;
    this.quirks = quirks;
  }

  /** A strict reader. With `quirks`, the encodings that EncodingQuirk names are accepted and noted there. */
  static der(octets: Uint8Array, quirks?: Set<EncodingQuirk>): Reader {
    return new Reader(octets, 0, octets.length, 0, 'der', quirks ?? noQuirks);
  }

  /** A reader that accepts BER, for the envelope of a CMS message only. */
  static ber(octets: Uint8Array): Reader {
    return new Reader(octets, 0, octets.length, 0, 'ber', noQuirks);
  }

  /** Whether all has been read. */
  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** Identifier octet of the next value, or -1 at the end. */
  peek(): number {
    return this.position < this.end ? this.octets[this.position]! : -1;
  }

  /** Marks where the next value begins, for `since`. */
  mark(): number {
    return this.position;
  }

  /** The octets read since `mark`. */
  since(mark: number): Uint8Array {
    return this.octets.subarray(mark, this.position);
  }

  /** Throws unless all has been read. */
  finish(): void {
    if (this.position < this.end) this.refuse('there is more than the structure allows');
  }

  /** Throws an EncodingError with `rule` at the present offset. */
  refuse(rule: string): never {
    throw new EncodingError(rule, this.position);
  }

  /** Reader of the content of the next value, which has to be constructed and to carry `expected`. */
  constructed(expected: number): Reader {
    if (this.depth >= deepest) this.refuse('structure is nested too deeply');
    this.header(expected);
    return new Reader(
      this.octets,
      this.contentStart,
      this.contentEnd,
      this.depth + 1,
      this.rules,
      this.quirks,
    );
  }

  sequence(): Reader {
    return this.constructed(tag.sequence);
  }

  set(): Reader {
    return this.constructed(tag.set);
  }

  /** Reader of the next value if it carries `expected`, otherwise undefined and nothing is read. */
  optionalConstructed(expected: number): Reader | undefined {
    return this.peek() === expected ? this.constructed(expected) : undefined;
  }

  /** The next value, whatever it is; what it nests is checked against the same rules. */
  element(): Element {
    const start = this.position;
    this.header(this.peek());
    const { headerTag, contentStart, contentEnd } = this;
    this.check(headerTag, contentStart, contentEnd);
    return {
      tag: headerTag,
      octets: this.octets.subarray(start, this.position),
      content: this.octets.subarray(contentStart, contentEnd),
    };
  }

  /** The next value as a whole, whatever it is, checked as by `element`. */
  any(): Uint8Array {
    const start = this.position;
    this.header(this.peek());
    this.check(this.headerTag, this.contentStart, this.contentEnd);
    return this.octets.subarray(start, this.position);
  }

  /** As `any`, but what it nests is left to whoever reads it. */
  raw(): Uint8Array {
    const start = this.position;
    this.header(this.peek());
    return this.octets.subarray(start, this.position);
  }

  /** Content octets of an INTEGER, two's complement, minimal. */
  integer(expected: number = tag.integer): Uint8Array {
    this.header(expected);
    checkInteger(this.octets, this.contentStart, this.contentEnd);
    return this.octets.subarray(this.contentStart, this.contentEnd);
  }

  /** An INTEGER or ENUMERATED from 0 to 2^31 - 1. */
  smallInteger(expected: number = tag.integer): number {
    const content = this.integer(expected);
    if (content.length > 4 || content[0]! >= 0x80) this.refuse('integer is out of range');
    let value = 0;
    for (const octet of content) value = value * 256 + octet;
    return value;
  }

  boolean(expected: number = tag.boolean): boolean {
    this.header(expected);
    return this.booleanAt(this.contentStart, this.contentEnd);
  }

  /** A BOOLEAN DEFAULT FALSE; DER leaves the default out, and where it stands all the same that is a quirk. */
  booleanDefaultFalse(expected: number = tag.boolean): boolean {
    if (this.peek() !== expected) return false;
    const value = this.boolean(expected);
    if (!value) this.acceptQuirk('default-is-encoded');
    return value;
  }

  null(): void {
    this.header(tag.null);
    if (this.contentStart !== this.contentEnd) this.refuse('NULL is not empty');
  }

  oid(expected: number = tag.oid): string {
    this.header(expected);
    return decodeOid(this.octets, this.contentStart, this.contentEnd);
  }

  /** Octets of a BIT STRING that has to hold whole octets, as keys and signatures do. */
  octetsOfBitString(expected: number = tag.bitString): Uint8Array {
    const { unused, octets } = this.bitString(expected);
    if (unused !== 0) this.refuse('bit string does not hold whole octets');
    return octets;
  }

  /** A BIT STRING: its octets, most significant bit first, and how many bits at the end do not count. */
  bitString(expected: number = tag.bitString): { readonly unused: number; readonly octets: Uint8Array } {
    this.header(expected);
    checkBitString(this.octets, this.contentStart, this.contentEnd);
    return {
      unused: this.octets[this.contentStart]!,
      octets: this.octets.subarray(this.contentStart + 1, this.contentEnd),
    };
  }

  /**
   * A BIT STRING of named bits, whose last bit written is a one (X.690, section 11.2.2); where zeros follow it, which
   * mean nothing, that is a quirk.
   */
  namedBits(expected: number = tag.bitString): Uint8Array {
    const { unused, octets } = this.bitString(expected);
    if (octets.length > 0 && (octets.at(-1)! & (1 << unused)) === 0)
      this.acceptQuirk('named-bits-end-in-zero');
    return octets;
  }

  /** An OCTET STRING; under BER its pieces are joined. */
  octetString(expected: number = tag.octetString): Uint8Array {
    if (this.rules === 'ber' && this.peek() === (expected | constructedBit)) {
      return this.joined(expected | constructedBit);
    }
    this.header(expected);
    return this.octets.subarray(this.contentStart, this.contentEnd);
  }

  /** Content of a primitive value that carries `expected`, for string types and IMPLICIT tags. */
  content(expected: number): Uint8Array {
    this.header(expected);
    return this.octets.subarray(this.contentStart, this.contentEnd);
  }

  /** UTCTime or GeneralizedTime, in milliseconds since the epoch. */
  time(fractions?: Fractions): number {
    const type = this.peek();
    if (type !== tag.utcTime && type !== tag.generalizedTime) this.refuse('time expected');
    return this.timeOf(type, type, fractions);
  }

  /** GeneralizedTime, also under an IMPLICIT tag, in milliseconds since the epoch. */
  generalizedTime(expected: number = tag.generalizedTime, fractions?: Fractions): number {
    return this.timeOf(expected, tag.generalizedTime, fractions);
  }

  private timeOf(expected: number, type: number, fractions?: Fractions): number {
    this.header(expected);
    return decodeTime(this.octets, type, this.contentStart, this.contentEnd, fractions);
  }

  /** The pieces of a string; a copy, unless it is in one. */
  private joined(expected: number): Uint8Array {
    const inner = this.constructed(expected);
    const start = inner.position;
    if (inner.peek() === tag.octetString) {
      const only = inner.content(tag.octetString);
      if (inner.isAtEnd) return only;
      inner.position = start;
    }
    const joined = new Uint8Array(inner.end - inner.position);
    return joined.subarray(0, inner.join(joined, 0, 1));
  }

  /** Copies the pieces that follow to `joined` at `length`; returns the new length. One copy, however they nest. */
  private join(joined: Uint8Array, length: number, nesting: number): number {
    let at = length;
    while (this.position < this.end) {
      if (this.peek() === (tag.octetString | constructedBit)) {
        if (nesting >= deepestString) this.refuse('string is nested too deeply');
        at = this.constructed(tag.octetString | constructedBit).join(joined, at, nesting + 1);
        continue;
      }
      this.header(tag.octetString);
      joined.set(this.octets.subarray(this.contentStart, this.contentEnd), at);
      at += this.contentEnd - this.contentStart;
    }
    return at;
  }

  /** Reads a header, checks its tag and moves behind the value. */
  private header(expected: number): void {
    const { octets, end } = this;
    let at = this.position;
    if (at + 2 > end) this.refuse(at >= end ? 'a value is missing' : 'header is cut off');
    const identifier = octets[at]!;
    if (identifier !== expected) this.refuse(`tag ${hex(identifier)} where ${hex(expected)} is expected`);
    if ((identifier & 0x1f) === 0x1f) this.refuse('tag number is above 30');
    let length = octets[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      if (length === 0x80) {
        this.indefinite(identifier, at);
        return;
      }
      const count = length & 0x7f;
      if (count > 4 || at + count > end) this.refuse('length is cut off or too large');
      length = 0;
      for (const stop = at + count; at < stop; at++) length = length * 256 + octets[at]!;
      if (this.rules === 'der' && (length < 0x80 || length < 256 ** (count - 1)))
        this.refuse('length is not minimal');
    }
    if (length > end - at) this.refuse('value is cut off');
    this.headerTag = identifier;
    this.contentStart = at;
    this.contentEnd = at + length;
    this.position = at + length;
  }

  private indefinite(identifier: number, start: number): void {
    if (this.rules === 'der') this.refuse('length is indefinite');
    if ((identifier & constructedBit) === 0) this.refuse('length of a primitive value is indefinite');
    const contentEnd = endOfContents(this.octets, start, this.end, this.depth);
    this.headerTag = identifier;
    this.contentStart = start;
    this.contentEnd = contentEnd;
    this.position = contentEnd + 2;
  }

  /** Checks a value that nobody reads further, so that nothing that is not canonical hides in it. */
  private check(identifier: number, start: number, end: number): void {
    if ((identifier & constructedBit) !== 0) {
      if (
        identifier !== tag.sequence &&
        identifier !== tag.set &&
        identifier < 0x80 &&
        this.rules === 'der'
      ) {
        throw new EncodingError('string is constructed', start);
      }
      if (this.depth >= deepest) throw new EncodingError('structure is nested too deeply', start);
      const inner = new Reader(this.octets, start, end, this.depth + 1, this.rules, this.quirks);
      while (inner.position < inner.end) {
        inner.header(inner.octets[inner.position]!);
        inner.check(inner.headerTag, inner.contentStart, inner.contentEnd);
      }
      return;
    }
    if (identifier === tag.boolean) this.booleanAt(start, end);
    else checkPrimitive(identifier, this.octets, start, end);
  }

  private booleanAt(start: number, end: number): boolean {
    const content = readBoolean(this.octets, start, end);
    if (content === 'true-as-01') this.acceptQuirk('boolean-true-is-01');
    return content !== 'false';
  }

  private acceptQuirk(quirk: EncodingQuirk): void {
    if (this.quirks === noQuirks) throw new EncodingError(`not DER: ${quirk}`, this.position);
    this.quirks.add(quirk);
  }
}

function hex(octet: number): string {
  return octet < 0 ? 'none' : `0x${octet.toString(16).padStart(2, '0')}`;
}
