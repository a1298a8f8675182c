import { Reader } from '../asn1/reader.ts';
import { decodeString, isStringTag } from '../asn1/string.ts';
import { constructedBit, tag as universal } from '../asn1/tag.ts';
import { compareOctets } from '../asn1/writer.ts';
import { attributeOids } from './attribute-oids.ts';
import type { NameAttribute } from './name-attribute.ts';
import { canonicalRelativeName } from './name-comparison.ts';

export { attributeOids } from './attribute-oids.ts';

const shortNames = new Map<string, string>([
  [attributeOids.commonName, 'CN'],
  [attributeOids.surname, 'SN'],
  [attributeOids.serialNumber, 'serialNumber'],
  [attributeOids.country, 'C'],
  [attributeOids.locality, 'L'],
  [attributeOids.state, 'ST'],
  [attributeOids.street, 'street'],
  [attributeOids.organisation, 'O'],
  [attributeOids.organisationalUnit, 'OU'],
  [attributeOids.title, 'title'],
  [attributeOids.givenName, 'GN'],
  [attributeOids.email, 'E'],
  [attributeOids.domainComponent, 'DC'],
  [attributeOids.ogrn, 'OGRN'],
  [attributeOids.snils, 'SNILS'],
  [attributeOids.innLegalEntity, 'INNLE'],
  [attributeOids.ogrnip, 'OGRNIP'],
  [attributeOids.inn, 'INN'],
]);

/** Longest name, in octets; the longest real ones stay below 1 KiB. */
const longestName = 8 * 1024;

/** Most attributes of one name, however they are grouped; real names have up to fifteen. */
const mostAttributes = 64;

/** Octets of the shortest attribute: the headers of three values, and one octet of an identifier. */
const leastAttribute = 7;

/** A distinguished name (RFC 5280, section 4.1.2.4). Read on first use: most names are only compared as octets. */
export class Name {
  readonly der: Uint8Array;
  private parsed: readonly (readonly NameAttribute[])[] | undefined;
  private flat: readonly NameAttribute[] | undefined;
  private shown: string | undefined;
  private octetKey: string | undefined;
  private readonly compared: string[] = [];

  /** `der` has to be a whole encoding whose nesting a strict Reader has checked. */
  constructor(der: Uint8Array) {
    this.der = der;
  }

  /** Relative distinguished names in order, each with its attributes. Throws an EncodingError. */
  get relativeNames(): readonly (readonly NameAttribute[])[] {
    this.parsed ??= readRelativeNames(this.der);
    return this.parsed;
  }

  /** All attributes in order, however they are grouped. Throws an EncodingError. */
  get attributes(): readonly NameAttribute[] {
    this.flat ??= this.relativeNames.flat();
    return this.flat;
  }

  get isEmpty(): boolean {
    return this.der.length === 2;
  }

  /** The octets as a text, one character an octet, for looking names up in a Map. */
  get key(): string {
    const { buffer, byteOffset, length } = this.der;
    this.octetKey ??= Buffer.from(buffer, byteOffset, length).toString('latin1');
    return this.octetKey;
  }

  /**
   * The relative distinguished names, each as a text that is equal for equal ones (RFC 5280, section 7.1). A name
   * lies below another if the other's texts are the beginning of its own. Throws an EncodingError.
   */
  get comparable(): readonly string[] {
    for (let at = this.compared.length; at < this.relativeNames.length; at++) this.comparableAt(at);
    return this.compared;
  }

  /** Prepared one by one: names that differ mostly do so in the first. */
  private comparableAt(at: number): string {
    let text = this.compared[at];
    if (text === undefined) {
      text = canonicalRelativeName(this.relativeNames[at]!);
      this.compared[at] = text;
    }
    return text;
  }

  /** Whether this is the same name as `other` (RFC 5280, section 7.1). Throws an EncodingError. */
  equals(other: Name): boolean {
    if (this === other || compareOctets(this.der, other.der) === 0) return true;
    const { length } = this.relativeNames;
    if (length !== other.relativeNames.length) return false;
    for (let at = 0; at < length; at++) if (this.comparableAt(at) !== other.comparableAt(at)) return false;
    return true;
  }

  /** All attributes of one type. */
  all(type: string): readonly NameAttribute[] {
    return this.attributes.filter((attribute) => attribute.type === type);
  }

  /** Text of the only attribute of that type; undefined where there is none, several, or no text in it. */
  text(type: string): string | undefined {
    let text: string | undefined;
    let count = 0;
    for (const attribute of this.attributes) {
      if (attribute.type !== type) continue;
      text = attribute.text;
      count++;
    }
    return count === 1 ? text : undefined;
  }

  /**
   * For reports: `CN=…, O=…` in the order of the encoding; not for comparing and not for deciding. Never throws: a
   * name that breaks its own encoding is shown as such.
   */
  toString(): string {
    this.shown ??= shownText(this);
    return this.shown;
  }

  toJSON(): string {
    return this.toString();
  }
}

function shownText(name: Name): string {
  try {
    return name.relativeNames.map((attributes) => attributes.map(attributeToString).join(' + ')).join(', ');
  } catch {
    return '(unreadable)';
  }
}

/**
 * Reads a Name of at most 8 KiB and 64 attributes; what it nests is checked here and interpreted on first use. The
 * limits hold from the start, because a parsed name takes a hundred times its octets. Throws an EncodingError.
 */
export function readName(reader: Reader): Name {
  if (reader.peek() !== universal.sequence) reader.refuse('name is no SEQUENCE');
  const der = reader.any();
  if (der.length > longestName) reader.refuse(`name is longer than ${longestName} octets`);
  if (der.length > mostAttributes * leastAttribute && countAttributes(der) > mostAttributes)
    reader.refuse(`there are more than ${mostAttributes} attributes in a name`);
  return new Name(der);
}

/** Attributes of a name that is known to be DER, and the empty groups, which count as one each. */
function countAttributes(der: Uint8Array): number {
  let count = 0;
  for (let group = contentOf(der, 0); group < der.length; group = endOf(der, group)) {
    count++;
    if ((der[group]! & constructedBit) === 0) continue;
    const end = endOf(der, group);
    const first = contentOf(der, group);
    for (let at = first; at < end; at = endOf(der, at)) if (at > first) count++;
  }
  return count;
}

/** Where the content of the value at `at` begins. */
function contentOf(der: Uint8Array, at: number): number {
  const length = der[at + 1]!;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}

/** Where the value at `at` ends. */
function endOf(der: Uint8Array, at: number): number {
  const content = contentOf(der, at);
  let length = der[at + 1]!;
  if (length >= 0x80) {
    length = 0;
    for (let digit = at + 2; digit < content; digit++) length = length * 256 + der[digit]!;
  }
  return content + length;
}

function attributeToString(attribute: NameAttribute): string {
  const name = shortNames.get(attribute.type) ?? attribute.type;
  const value = attribute.text ?? `#${Buffer.from(attribute.content).toString('hex')}`;
  return `${name}=${value.replace(/[\\,+="]/g, '\\$&')}`;
}

function readRelativeNames(der: Uint8Array): NameAttribute[][] {
  const names: NameAttribute[][] = [];
  const sequence = Reader.der(der).sequence();
  while (!sequence.isAtEnd) {
    const set = sequence.set();
    if (set.isAtEnd) set.refuse('relative distinguished name is empty');
    const attributes: NameAttribute[] = [];
    while (!set.isAtEnd) attributes.push(readAttribute(set));
    names.push(attributes);
  }
  return names;
}

function readAttribute(set: Reader): NameAttribute {
  const fields = set.sequence();
  const type = fields.oid();
  const { tag, content } = fields.element();
  fields.finish();
  return { type, tag, content, text: isStringTag(tag) ? textOf(tag, content) : undefined };
}

function textOf(tag: number, content: Uint8Array): string | undefined {
  try {
    return decodeString(tag, content);
  } catch {
    return undefined;
  }
}
