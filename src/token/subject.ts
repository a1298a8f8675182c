import { type Attribute, attributeTypes } from '../certificate/writer/name.ts';

/** Other short names that people write, and the ones that we know them by. */
const aliases: Readonly<Record<string, string>> = {
  S: 'ST',
  SURNAME: 'SN',
  GN: 'G',
  TITLE: 'T',
  EMAIL: 'E',
  EMAILADDRESS: 'E',
};

const namesByUpperCase = new Map(Object.keys(attributeTypes).map((name) => [name.toUpperCase(), name]));

/**
 * Reads `C=RU, O=ООО \"Ромашка\", INNLE=7707083893`: attributes in the order of the certificate, each a short name
 * or an OID, an equals sign and a value; commas in values are escaped by a backslash, or the value stands in quotes.
 * Throws a RangeError that says what is wrong.
 */
export function parseSubject(text: string): Attribute[] {
  const attributes = splitUnescaped(text, ',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseAttribute);
  if (attributes.length === 0) throw new RangeError('the subject is empty');
  return attributes;
}

function parseAttribute(part: string): Attribute {
  const at = part.indexOf('=');
  if (at < 1) throw new RangeError(`no NAME=value: ${part}`);
  const type = attributeType(part.slice(0, at).trim());
  const value = unescaped(part.slice(at + 1).trim());
  if (value === '') throw new RangeError(`the value of ${type} is empty`);
  return { type, value };
}

function attributeType(name: string): string {
  if (/^[0-2](\.\d+)+$/.test(name)) return name;
  const upper = name.toUpperCase();
  const known = namesByUpperCase.get(aliases[upper] ?? upper);
  if (known === undefined) {
    throw new RangeError(
      `unknown attribute ${name}; known are ${Object.keys(attributeTypes).join(', ')} and OIDs`,
    );
  }
  return known;
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const last = parts.length - 1;
    if (character === '\\') {
      parts[last] += character + text.charAt(++at);
    } else if (character === separator && !isQuoted) {
      parts.push('');
    } else {
      if (character === '"') isQuoted = !isQuoted;
      parts[last] += character;
    }
  }
  if (isQuoted) throw new RangeError('a quotation mark is not closed');
  return parts;
}

function unescaped(value: string): string {
  const bare = /^".*"$/s.test(value) ? value.slice(1, -1) : value;
  return bare.replace(/\\(.)/gs, '$1');
}
