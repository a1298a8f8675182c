import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/asn1/canonical.ts';
import { EncodingError } from '../../src/asn1/error.ts';
import { declareOids, decodeOid, encodeOidContent } from '../../src/asn1/oid.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { decodeString } from '../../src/asn1/string.ts';
import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSetOf, encodeUnsigned } from '../../src/asn1/writer.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('writer', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])(
    'writes %i octets so that the strict reader takes them',
    (length) => {
      const octets = encode(tag.octetString, new Uint8Array(length));
      expect(Reader.der(octets).octetString().length).toBe(length);
    },
  );

  it.each([
    ['00', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['000001', '020101'],
  ])('writes the unsigned number %s minimally', (magnitude, expected) => {
    expect(Buffer.from(encodeUnsigned(hex(magnitude))).toString('hex')).toBe(expected);
  });

  it('orders a SET OF by octets, the shorter first', () => {
    expect(Buffer.from(encodeSetOf([hex('0402ff00'), hex('0401ff'), hex('020105')])).toString('hex')).toBe(
      '310a0201050401ff0402ff00',
    );
  });
});

describe('object identifiers', () => {
  it.each([
    '0.0',
    '1.39.5',
    '2.5.4.3',
    '2.999.1',
    '1.2.643.7.1.1.1.1',
    '2.25.329800735698586629295641978511506172918',
  ])('round-trips %s, declared or not', (dotted) => {
    const content = encodeOidContent(dotted);
    expect(decodeOid(content, 0, content.length)).toBe(dotted);
    declareOids({ dotted });
    expect(decodeOid(content, 0, content.length)).toBe(dotted);
  });

  it.each(['', '1', '3.1', '0.40', '1.2.', '01.2'])('refuses to write %j', (dotted) => {
    expect(() => encodeOid(dotted)).toThrow(RangeError);
  });
});

describe('canonical', () => {
  it('returns DER as it is', () => {
    const der = hex('3106020101020102');
    expect(canonical(der)).toBe(der);
  });

  it('orders sets, joins strings and shortens lengths', () => {
    const ber = hex('3180 020102 02810101 2480040101040102 0000 0000'.replaceAll(' ', ''));
    expect(Buffer.from(canonical(ber)).toString('hex')).toBe('310a02010102010204020102');
  });
});

describe('strings', () => {
  it.each([
    [tag.utf8String, 'd09ed0b3d180d0bd', 'Огрн'],
    [tag.bmpString, '041e0433', 'Ог'],
    [tag.universalString, '0001f600', '😀'],
    [tag.teletexString, 'e9', 'é'],
  ])('decodes tag %i', (identifier, content, expected) => {
    expect(decodeString(identifier, hex(content))).toBe(expected);
  });

  it.each([
    [tag.utf8String, 'c080'],
    [tag.utf8String, 'eda080'],
    [tag.bmpString, '04'],
    [tag.bmpString, 'd83d'],
    [tag.universalString, '00110000'],
    [tag.printableString, 'e9'],
  ])('refuses tag %i with %s', (identifier, content) => {
    expect(() => decodeString(identifier, hex(content))).toThrow(EncodingError);
  });
});
