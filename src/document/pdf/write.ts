import type { PdfValue } from './object.ts';

/** A value as it is written into a file (ISO 32000-2, 7.3). */
export function encodeValue(value: PdfValue): string {
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value !== 'object' || value === null) return String(value);
  switch (value.kind) {
    case 'name':
      return encodeName(value.name);
    case 'string':
      return `<${Buffer.from(value.octets).toString('hex')}>`;
    case 'reference':
      return `${value.number} ${value.generation} R`;
    case 'array':
      return `[${value.items.map(encodeValue).join(' ')}]`;
    case 'dictionary':
      return encodeEntries(value.entries);
    case 'stream':
      throw new Error('a stream is an object of its own');
  }
}

/** A dictionary. */
export function encodeEntries(entries: ReadonlyMap<string, PdfValue>): string {
  const rows = [...entries].map(([key, value]) => `${encodeName(key)} ${encodeValue(value)}`);
  return `<< ${rows.join(' ')} >>`;
}

/** A stream, its octets as they are. */
export function encodeStream(entries: ReadonlyMap<string, PdfValue>, octets: Uint8Array): Buffer {
  const dictionary = encodeEntries(new Map([...entries, ['Length', octets.length]]));
  return Buffer.concat([Buffer.from(`${dictionary}\nstream\n`), octets, Buffer.from('\nendstream')]);
}

/** Real numbers have no exponent there. */
function encodeNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/0+$/, '');
}

/** A name is read octet by octet as Latin-1; what is no regular character is written by its number. */
function encodeName(name: string): string {
  const octets = [...Buffer.from(name, 'latin1')];
  const written = octets.map((octet) => {
    const character = String.fromCharCode(octet);
    const isRegular = octet > 0x20 && octet < 0x7f && !'#()<>[]{}/%'.includes(character);
    return isRegular ? character : `#${octet.toString(16).padStart(2, '0')}`;
  });
  return `/${written.join('')}`;
}

/** Text as a string value: UTF-16 with its mark. */
export function textValue(text: string): PdfValue {
  const octets = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return { kind: 'string', octets, isHex: true, start: 0, end: 0 };
}

/** A name as a value. */
export function nameValue(name: string): PdfValue {
  return { kind: 'name', name };
}
