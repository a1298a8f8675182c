import { type PdfDictionary, PdfError, type PdfValue } from './object.ts';

/** How deep arrays and dictionaries may nest, and how much one of them may hold. */
const deepest = 64;
const mostItems = 1_000_000;

const whiteSpace = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** Reads tokens and values of a PDF (ISO 32000-2, 7.2 and 7.3), strictly. Every method throws a PdfError. */
export class PdfParser {
  readonly octets: Buffer;
  private readonly end: number;
  position: number;

  constructor(octets: Buffer, position: number, end: number = octets.length) {
    this.octets = octets;
    this.position = position;
    this.end = end;
  }

  /** Throws a PdfError. */
  refuse(rule: string): never {
    throw new PdfError(`${rule} at octet ${this.position}`);
  }

  /** Skips white space and comments. */
  skip(): void {
    for (;;) {
      const octet = this.octets[this.position];
      if (this.position >= this.end || octet === undefined) return;
      if (octet === 0x25) {
        while (this.position < this.end && !isEndOfLine(this.octets[this.position]!)) this.position++;
      } else if (whiteSpace.has(octet)) this.position++;
      else return;
    }
  }

  /** A run of regular characters, such as a keyword or a number. */
  word(): string {
    this.skip();
    const start = this.position;
    while (this.position < this.end && isRegular(this.octets[this.position]!)) this.position++;
    return this.octets.toString('latin1', start, this.position);
  }

  /** Reads a keyword; throws where another stands there. */
  keyword(expected: string): void {
    if (this.word() !== expected) this.refuse(`${expected} expected`);
  }

  /** Reads a whole number from 0 on. */
  integer(): number {
    const word = this.word();
    if (!/^\d{1,15}$/.test(word)) this.refuse('number expected');
    return Number(word);
  }

  /** Reads a value, references included; what follows a dictionary that begins a stream is left. */
  value(depth = 0): PdfValue {
    if (depth > deepest) this.refuse('values are nested too deeply');
    this.skip();
    switch (this.octets[this.position]) {
      case 0x2f:
        return this.name();
      case 0x28:
        return this.literal();
      case 0x5b:
        return this.array(depth);
      case 0x3c:
        return this.octets[this.position + 1] === 0x3c ? this.dictionary(depth) : this.hexadecimal();
      default:
        return this.plain();
    }
  }

  /** A dictionary, each key once. */
  dictionary(depth = 0): PdfDictionary {
    this.skip();
    if (this.octets[this.position] !== 0x3c || this.octets[this.position + 1] !== 0x3c)
      this.refuse('dictionary expected');
    this.position += 2;
    const entries = new Map<string, PdfValue>();
    for (;;) {
      this.skip();
      if (this.octets[this.position] === 0x3e && this.octets[this.position + 1] === 0x3e) {
        this.position += 2;
        return { kind: 'dictionary', entries };
      }
      if (this.octets[this.position] !== 0x2f) this.refuse('key of a dictionary expected');
      const { name } = this.name();
      if (entries.has(name)) this.refuse(`the key ${name} occurs twice`);
      if (entries.size >= mostItems) this.refuse('dictionary is too large');
      entries.set(name, this.value(depth + 1));
    }
  }

  private array(depth: number): PdfValue {
    this.position++;
    const items: PdfValue[] = [];
    for (;;) {
      this.skip();
      if (this.octets[this.position] === 0x5d) {
        this.position++;
        return { kind: 'array', items };
      }
      if (items.length >= mostItems) this.refuse('array is too large');
      items.push(this.value(depth + 1));
    }
  }

  private name() {
    this.position++;
    const start = this.position;
    while (this.position < this.end && isRegular(this.octets[this.position]!)) this.position++;
    const written = this.octets.toString('latin1', start, this.position);
    const name = written.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return { kind: 'name' as const, name };
  }

  private plain(): PdfValue {
    const start = this.position;
    const word = this.word();
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    if (!number.test(word)) {
      this.position = start;
      this.refuse('value expected');
    }
    return /^\d{1,10}$/.test(word) ? this.referenceOr(Number(word)) : Number(word);
  }

  /** A whole number may begin a reference. */
  private referenceOr(first: number): PdfValue {
    const after = this.position;
    const generation = this.word();
    if (/^\d{1,5}$/.test(generation) && this.word() === 'R')
      return { kind: 'reference', number: first, generation: Number(generation) };
    this.position = after;
    return first;
  }

  private hexadecimal(): PdfValue {
    const start = this.position;
    const close = this.octets.indexOf(0x3e, start);
    if (close < 0 || close >= this.end) this.refuse('string is cut off');
    const digits = this.octets.toString('latin1', start + 1, close).replace(/[\0\t\n\f\r ]/g, '');
    if (/[^0-9A-Fa-f]/.test(digits)) this.refuse('string holds something else than digits');
    this.position = close + 1;
    const octets = Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex');
    return { kind: 'string', octets, isHex: true, start, end: this.position };
  }

  private literal(): PdfValue {
    const start = this.position;
    const octets: number[] = [];
    let open = 0;
    for (;;) {
      if (this.position >= this.end) this.refuse('string is cut off');
      const octet = this.octets[this.position++]!;
      if (octet === 0x5c) this.escape(octets);
      else {
        if (octet === 0x28) open++;
        if (octet === 0x29) open--;
        if (open === 0) break;
        if (open > 1 || octet !== 0x28) octets.push(octet);
      }
    }
    return { kind: 'string', octets: Uint8Array.from(octets), isHex: false, start, end: this.position };
  }

  private escape(octets: number[]): void {
    const octet = this.octets[this.position++] ?? 0;
    const plain = escapes.get(octet);
    if (plain !== undefined) octets.push(plain);
    else if (octet === 0x0d) {
      if (this.octets[this.position] === 0x0a) this.position++;
    } else if (isOctal(octet)) {
      let value = octet - 0x30;
      for (let count = 1; count < 3 && isOctal(this.octets[this.position] ?? 0); count++)
        value = value * 8 + (this.octets[this.position++]! - 0x30);
      octets.push(value & 0xff);
    } else if (octet !== 0x0a) octets.push(octet);
  }
}

const escapes = new Map([
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
  [0x28, 0x28],
  [0x29, 0x29],
  [0x5c, 0x5c],
]);

function isOctal(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x37;
}

function isEndOfLine(octet: number): boolean {
  return octet === 10 || octet === 13;
}

function isRegular(octet: number): boolean {
  return !whiteSpace.has(octet) && !delimiters.has(octet);
}
