import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeSignature, largestSignature } from '../../src/signature/base64.ts';

const message = randomBytes(1_000);
const base64 = message.toString('base64');
const lines = base64.replace(/.{64}/g, '$&\r\n');
const malformed = expect.objectContaining({ code: 'signature_malformed' });

describe('a message in base64', () => {
  it.each([
    ['on one line', base64],
    ['broken into lines', lines],
    ['with space around it', `\n  ${base64}\n`],
    ['without its padding', base64.replace(/=+$/, '')],
    ['in armour of CMS', `-----BEGIN CMS-----\n${lines}\n-----END CMS-----\n`],
    ['in armour of PKCS #7', `-----BEGIN PKCS7-----\n${lines}\n-----END PKCS7-----`],
  ])('is read %s', (_, text) => {
    expect(Buffer.compare(decodeSignature(text), message)).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['nothing but space', ' \n'],
    ['the alphabet of URLs', `${base64.slice(0, 4)}-_${base64.slice(6)}`],
    ['a foreign character', `${base64.slice(0, 4)}*${base64.slice(5)}`],
    ['padding in the middle', `${base64.slice(0, 4)}=${base64.slice(5)}`],
    ['armour of something else', `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`],
    ['two armours', `-----BEGIN CMS-----\n${lines}\n-----END CMS-----\n`.repeat(2)],
  ])('is refused with signature_malformed where it is %s', (_, text) => {
    expect(() => decodeSignature(text)).toThrow(malformed);
  });

  it('may be as large as the limit, and no larger', () => {
    const largest = Buffer.alloc(largestSignature, 7);
    expect(decodeSignature(largest.toString('base64'))).toHaveLength(largestSignature);
    const larger = Buffer.alloc(largestSignature + 1, 7).toString('base64');
    expect(() => decodeSignature(larger)).toThrow(
      expect.objectContaining({
        code: 'request_too_large',
        details: { field: 'signature', limit: largestSignature },
      }),
    );
  });
});
