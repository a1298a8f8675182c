import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../src/asn1/error.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodedNull, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { looksLikeAttributes, readSignedAttributes } from '../../src/signature/attributes.ts';
import { refuseMisplacedAttributes } from '../../src/signature/signed-attribute.ts';

function attribute(oid: string, ...values: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeOid(oid), encode(tag.set, ...values));
}

function nulls(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => encodedNull);
}

function listOf(count: number, item: (at: number) => Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, at) => item(at));
}

/** The rule that is broken, or undefined. */
function ruleBroken(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return error.rule;
  }
}

function ofSigned(...attributes: readonly Uint8Array[]): string | undefined {
  return ruleBroken(() => readSignedAttributes(encode(contextConstructed(0), ...attributes)));
}

function ofUnsigned(...attributes: readonly Uint8Array[]): string | undefined {
  return ruleBroken(() => refuseMisplacedAttributes(encode(contextConstructed(1), ...attributes)));
}

describe('signed attributes', () => {
  it('of 16 KiB are read, longer ones are refused before anything is re-encoded', () => {
    const of = (octets: number) => attribute('1.2.3', encodeOctetString(new Uint8Array(octets)));
    const overhead = encode(contextConstructed(0), of(16_000)).length - 16_000;
    expect(ofSigned(of(16_384 - overhead))).toBeUndefined();
    expect(ofSigned(of(16_385 - overhead))).toBe('signed attributes are longer than 16384 octets');
  });

  it('may have 256 values in all, however they are spread', () => {
    const rule = 'there are more than 256 values of attributes';
    expect(ofSigned(attribute('1.2.3', ...nulls(256)))).toBeUndefined();
    expect(ofSigned(attribute('1.2.3', ...nulls(257)))).toBe(rule);
    expect(ofSigned(attribute('1.2.3', ...nulls(128)), attribute('1.2.4', ...nulls(128)))).toBeUndefined();
    expect(ofSigned(attribute('1.2.3', ...nulls(128)), attribute('1.2.4', ...nulls(129)))).toBe(rule);
    expect(ofSigned(attribute('1.2.3', ...nulls(128)), attribute('1.2.3', ...nulls(129)))).toBe(rule);
  });

  it('may be 64', () => {
    const many = (count: number) => listOf(count, (at) => attribute(`1.2.3.${at}`, encodedNull));
    expect(ofSigned(...many(64))).toBeUndefined();
    expect(ofSigned(...many(65))).toBe('there are more than 64 attributes');
  });

  it('of one type are joined, so that nothing decisive can come twice', () => {
    const { byOid } = readSignedAttributes(
      encode(contextConstructed(0), attribute('1.2.3', encodedNull), attribute('1.2.3', encodedNull)),
    );
    expect(byOid.get('1.2.3')?.values).toHaveLength(2);
  });

  it('in BER are hashed as DER, whatever the lengths of their values', () => {
    const long = encodeOctetString(new Uint8Array(200));
    const inDer = attribute('1.2.3', encodedNull, long);
    const indefinite = Buffer.concat([
      Buffer.from('3080', 'hex'),
      encodeOid('1.2.3'),
      Buffer.from('3180', 'hex'),
      long,
      Buffer.from('058100', 'hex'),
      Buffer.from('00000000', 'hex'),
    ]);
    const { der } = readSignedAttributes(encode(contextConstructed(0), indefinite));
    expect(Buffer.from(der).equals(encode(tag.set, attribute('1.2.3', long, encodedNull)))).toBe(true);
    expect(Buffer.from(der).equals(encode(tag.set, inDer))).toBe(false);
  });
});

describe('unsigned attributes', () => {
  it('may have any number of values, which nobody reads here', () => {
    const many = Buffer.alloc(200_000, Buffer.from(encodedNull));
    expect(ofUnsigned(attribute('1.2.3', many))).toBeUndefined();
  });

  it('may be 64', () => {
    const many = (count: number) => listOf(count, (at) => attribute(`1.2.3.${at}`, encodedNull));
    expect(ofUnsigned(...many(64))).toBeUndefined();
    expect(ofUnsigned(...many(65))).toBe('there are more than 64 attributes');
  });

  it('that have to be signed are refused, behind others too', () => {
    const harmless = listOf(10, () => attribute('1.2.3', encodedNull));
    const signingTime = '1.2.840.113549.1.9.5';
    expect(ofUnsigned(...harmless, attribute(signingTime, encodedNull))).toBe(
      `attribute ${signingTime} is not signed`,
    );
    expect(ofUnsigned(...harmless)).toBeUndefined();
  });
});

describe('content that could pass for attributes', () => {
  it('is found, and so is what begins like more of them than are allowed', () => {
    const many = (count: number, end: Uint8Array) =>
      encode(tag.set, ...listOf(count, () => attribute('1.2.3', encodedNull)), end);
    expect(looksLikeAttributes(many(64, new Uint8Array()))).toBe(true);
    expect(looksLikeAttributes(many(63, encodedNull))).toBe(false);
    expect(looksLikeAttributes(many(64, encodedNull))).toBe(true);
  });
});
