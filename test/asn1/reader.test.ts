import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../src/asn1/error.ts';
import { type EncodingQuirk, Reader } from '../../src/asn1/reader.ts';

function hex(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function rule(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof EncodingError) return error.rule;
    throw error;
  }
  return 'accepted';
}

describe('strict DER', () => {
  it.each([
    ['a length in more octets than needed', '30 81 03 02 01 05', 'length is not minimal'],
    ['a long length with a leading zero', `04 82 00 80 ${'00'.repeat(128)}`, 'length is not minimal'],
    ['an indefinite length', '30 80 02 01 05 00 00', 'length is indefinite'],
    ['a padded integer', '02 02 00 7f', 'integer is not minimal'],
    ['a padded negative integer', '02 02 ff 80', 'integer is not minimal'],
    ['an empty integer', '02 00', 'integer is empty'],
    ['a BOOLEAN that is 01', '01 01 01', 'not DER: boolean-true-is-01'],
    ['a BOOLEAN of two octets', '01 02 ff ff', 'BOOLEAN is not one octet'],
    ['a NULL with content', '05 01 00', 'NULL is not empty'],
    ['a bit string without its first octet', '03 00', 'bit string is empty'],
    ['a bit string with eight unused bits', '03 02 08 00', 'bit string has false padding'],
    ['a bit string with padding that is not zero', '03 02 01 01', 'padding of the bit string is not zero'],
    ['a constructed octet string', '24 03 04 01 00', 'string is constructed'],
    ['a primitive SEQUENCE', '10 00', 'SEQUENCE or SET is primitive'],
    ['an object identifier with a padded arc', '06 03 2a 80 01', 'object identifier arc is not minimal'],
    ['an object identifier that is cut off', '06 02 2a 86', 'object identifier is cut off'],
    ['a tag number above 30', '1f 81 00 00', 'tag number is above 30'],
    ['a value that is cut off', '04 05 00 00', 'value is cut off'],
    ['a header that is cut off', '04', 'header is cut off'],
    ['a length of five octets', '04 85 01 00 00 00 00', 'length is cut off or too large'],
    ['end-of-contents octets', '00 00', 'end of contents out of place'],
  ])('refuses %s', (_, octets, expected) => {
    expect(rule(() => Reader.der(hex(octets)).element())).toBe(expected);
    // The same value inside of a structure that nobody reads is refused as well.
    const nested = Buffer.concat([Uint8Array.of(0x30, hex(octets).length), hex(octets)]);
    if (nested.length < 0x80) expect(rule(() => Reader.der(nested).any())).not.toBe('accepted');
  });

  it.each([
    ['a one-octet length at its limit', `04 7f ${'00'.repeat(127)}`],
    ['a two-octet length at its beginning', `04 81 80 ${'00'.repeat(128)}`],
    ['an integer whose first octet is needed', '02 02 00 80'],
    ['a BOOLEAN that is FF', '01 01 ff'],
    ['a bit string with zero padding', '03 02 01 02'],
    ['an object identifier with a long arc', '06 06 2a 86 48 86 f7 0d'],
  ])('accepts %s', (_, octets) => {
    expect(Reader.der(hex(octets)).any()).toEqual(hex(octets));
  });

  it('refuses nesting deeper than 32 and accepts 32', () => {
    const nest = (depth: number) => {
      let octets: Uint8Array = Uint8Array.of(0x05, 0);
      for (let level = 0; level < depth; level++)
        octets = Buffer.concat([Uint8Array.of(0x30, octets.length), octets]);
      return octets;
    };
    expect(rule(() => Reader.der(nest(33)).any())).toBe('structure is nested too deeply');
    expect(rule(() => Reader.der(nest(32)).any())).toBe('accepted');
  });

  it('returns views of the input, never copies', () => {
    const octets = Uint8Array.from(hex('30 05 04 03 01 02 03'));
    expect(Reader.der(octets).sequence().octetString().buffer).toBe(octets.buffer);
  });

  it('notes the quirks it was told to accept, by name', () => {
    const quirks = new Set<EncodingQuirk>();
    expect(Reader.der(hex('01 01 01'), quirks).boolean()).toBe(true);
    expect(Reader.der(hex('01 01 00'), quirks).booleanDefaultFalse()).toBe(false);
    expect([...quirks]).toEqual(['boolean-true-is-01', 'default-is-encoded']);
    expect(rule(() => Reader.der(hex('01 01 02'), quirks).boolean())).toBe('BOOLEAN is neither 00 nor FF');
  });

  it('refuses what follows the structure', () => {
    const reader = Reader.der(hex('02 01 05 00'));
    reader.integer();
    expect(rule(() => reader.finish())).toBe('there is more than the structure allows');
  });
});

describe('BER of a CMS envelope', () => {
  it('joins the pieces of an octet string, nested and indefinite', () => {
    const octets = hex('24 80 04 01 01 24 80 04 02 02 03 00 00 04 00 00 00');
    expect(Buffer.from(Reader.ber(octets).octetString())).toEqual(hex('010203'));
  });

  it('takes a string in one piece as it stands, and none where there are no pieces', () => {
    const octets = hex('24 05 04 03 01 02 03');
    const content = Reader.ber(octets).octetString();
    expect(Buffer.from(content)).toEqual(hex('010203'));
    expect(content.buffer).toBe(octets.buffer);
    expect(Reader.ber(hex('24 00')).octetString()).toHaveLength(0);
  });

  it('joins pieces within pieces five deep, and refuses a sixth', () => {
    const nested = (depth: number) =>
      hex(`${'24 80'.repeat(depth)} 04 01 07 04 01 08 ${'00 00'.repeat(depth)}`);
    expect(Buffer.from(Reader.ber(nested(5)).octetString())).toEqual(hex('0708'));
    expect(rule(() => Reader.ber(nested(6)).octetString())).toBe('string is nested too deeply');
  });

  it('refuses pieces that are no octet strings', () => {
    expect(rule(() => Reader.ber(hex('24 04 04 00 05 00')).octetString())).toBe(
      'tag 0x05 where 0x04 is expected',
    );
    expect(rule(() => Reader.ber(hex('24 02 05 00')).octetString())).toBe('tag 0x05 where 0x04 is expected');
  });

  it('accepts long lengths and refuses a missing end of contents', () => {
    expect(Reader.ber(hex('30 81 02 05 00')).sequence().peek()).toBe(5);
    expect(rule(() => Reader.ber(hex('30 80 05 00')).sequence())).toBe(
      'end of an indefinite value is missing',
    );
    expect(rule(() => Reader.ber(hex('04 80 00 00')).element())).toBe(
      'length of a primitive value is indefinite',
    );
  });

  it('refuses indefinite nesting deeper than 32 without recursion', () => {
    const octets = Buffer.concat([Buffer.from('2480'.repeat(50_000), 'hex'), Buffer.alloc(100_000)]);
    expect(rule(() => Reader.ber(octets).octetString())).toBe('structure is nested too deeply');
  });
});

describe('time', () => {
  const utc = (text: string) => Buffer.concat([Uint8Array.of(0x17, text.length), Buffer.from(text)]);
  const generalized = (text: string) => Buffer.concat([Uint8Array.of(0x18, text.length), Buffer.from(text)]);

  it.each([
    [utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [utc('240229120000Z'), '2024-02-29T12:00:00.000Z'],
    [generalized('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
    [generalized('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
    [generalized('00010101000000Z'), '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (octets, expected) => {
    expect(new Date(Reader.der(octets).time()).toISOString()).toBe(expected);
  });

  it.each([
    [utc('2401010000Z'), 'time is not in UTC with seconds'],
    [utc('240101000000+0300'), 'time is not in UTC with seconds'],
    [utc('230229120000Z'), 'date does not exist'],
    [utc('240101240000Z'), 'time does not exist'],
    [utc('2401010000x0Z'), 'time holds something other than digits'],
    [generalized('20240101000000.5Z'), 'time has a fraction that is not allowed'],
    [generalized('20241301000000Z'), 'date does not exist'],
  ])('refuses %s', (octets, expected) => {
    expect(rule(() => Reader.der(octets).time())).toBe(expected);
  });

  it('reads fractions where they are allowed, without zeros at their end', () => {
    expect(Reader.der(generalized('20240101000000.25Z')).time('allowed') % 1000).toBe(250);
    expect(rule(() => Reader.der(generalized('20240101000000.50Z')).time('allowed'))).toBe(
      'fraction of the time ends in zero',
    );
  });
});
