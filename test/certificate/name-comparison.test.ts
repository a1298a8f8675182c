import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/reader.ts';
import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { attributeOids, type Name, readName } from '../../src/certificate/name.ts';
import { prepareText } from '../../src/certificate/name-comparison.ts';
import { name, printable, utf8 } from '../path/certificates.ts';

function read(der: Uint8Array): Name {
  return readName(Reader.der(der));
}

function named(value: Uint8Array): Name {
  return read(name([attributeOids.commonName, value]));
}

const bmp = (text: string) => encode(tag.bmpString, Buffer.from(text, 'utf16le').swap16());
const teletex = (text: string) => encode(tag.teletexString, Buffer.from(text, 'latin1'));

describe('two names are the same (RFC 5280, section 7.1)', () => {
  it.each([
    ['in different case', printable('Test CA'), printable('TEST ca')],
    ['in different string types', printable('Test CA'), utf8('Test CA')],
    ['in UTF-8 and BMPString, Cyrillic, in different case', utf8('ООО Ромашка'), bmp('ооо РОМАШКА')],
    ['in Latin-1 and UTF-8', teletex('Müller'), utf8('MÜLLER')],
    ['with white space at the ends and doubled', printable('  Test   CA '), printable('Test CA')],
    ['with another kind of space', utf8('Test\u00a0CA'), utf8('Test CA')],
    ['composed and decomposed', utf8('\u00e9tude'), utf8('e\u0301tude')],
    ['in full-width letters', utf8('ＣＡ'), utf8('ca')],
    ['with sharp s and double s', utf8('Straße'), utf8('STRASSE')],
    ['with final and other sigma', utf8('ΟΔΟΣ'), utf8('οδος')],
    ['with invisible characters', utf8('Te\u00adst\u200b CA'), utf8('Test CA')],
  ])('%s', (_, one, other) => {
    expect(named(one).equals(named(other))).toBe(true);
  });

  it('with the attributes of one relative name in another order', () => {
    const parts = [attributeOids.commonName, attributeOids.serialNumber].map((type) =>
      encodeSequence(encodeOid(type), utf8('x')),
    );
    const one = read(encodeSequence(encodeSetOf(parts)));
    const other = read(encodeSequence(encode(tag.set, ...[...parts].reverse())));
    expect(one.equals(other)).toBe(true);
  });
});

describe('two names differ', () => {
  it.each([
    ['in a letter', utf8('Test CA'), utf8('Test CB')],
    ['in look-alikes of two alphabets', utf8('ООО'), utf8('OOO')],
    ['in a space inside a word', utf8('Test CA'), utf8('TestCA')],
    ['in dotted and dotless i', utf8('i'), utf8('ı')],
    ['in octets where one is no character string', encode(tag.octetString, Buffer.from('a')), utf8('a')],
    ['in octets where characters are prohibited', utf8('a\ue000'), utf8('A\ue000')],
  ])('%s', (_, one, other) => {
    expect(named(one).equals(named(other))).toBe(false);
  });

  it('in the order of their relative names', () => {
    const one: [string, Uint8Array] = [attributeOids.commonName, utf8('a')];
    const other: [string, Uint8Array] = [attributeOids.country, printable('RU')];
    expect(read(name(one, other)).equals(read(name(other, one)))).toBe(false);
  });

  it('in the type of an attribute, in their number, in being empty', () => {
    const one = read(name([attributeOids.commonName, utf8('a')]));
    expect(one.equals(read(name([attributeOids.surname, utf8('a')])))).toBe(false);
    expect(
      one.equals(read(name([attributeOids.commonName, utf8('a')], [attributeOids.country, utf8('b')]))),
    ).toBe(false);
    expect(one.equals(read(name()))).toBe(false);
  });
});

it('the text of an attribute that is compared keeps no way to forge another one', () => {
  expect(prepareText('a\u0001b\u0000c')).toBe('abc');
});
