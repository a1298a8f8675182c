import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeSignature, largestSignature, messageIn } from '../../src/encoding/message.ts';
import { toPem } from '../../src/encoding/textual.ts';

const message = randomBytes(1_000);
const base64 = message.toString('base64');
const lines = base64.replace(/.{64}/g, '$&\r\n');
const armoured = (label: string) => `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
const malformed = expect.objectContaining({ code: 'signature_malformed' });

describe('a message in base64', () => {
  it.each([
    ['on one line', base64],
    ['broken into lines', lines],
    ['with space around it', `\n  ${base64}\n`],
    ['without its padding', base64.replace(/=+$/, '')],
    ['in armour of CMS', armoured('CMS')],
    ['in armour of PKCS7', armoured('PKCS7')],
    ['in armour of PKCS #7', armoured('PKCS #7 SIGNED DATA')],
    ['in armour with a text before it', `Signed by somebody:\n${armoured('CMS')}`],
    ['in armour whose lines ends are written as \\n', armoured('CMS').replaceAll(/\r?\n/g, '\\n')],
    ['in base64 of its armour, as a form sends a file', Buffer.from(armoured('PKCS7')).toString('base64')],
    ['in base64 of its base64', Buffer.from(lines).toString('base64')],
  ])('is read %s', (_, text) => {
    expect(Buffer.compare(decodeSignature(text), message)).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['nothing but space', ' \n'],
    ['the alphabet of URLs', `${base64.slice(0, 4)}-_${base64.slice(6)}`],
    ['a foreign character', `${base64.slice(0, 4)}*${base64.slice(5)}`],
    ['padding in the middle', `${base64.slice(0, 4)}=${base64.slice(5)}`],
    ['armour that is cut off', armoured('CMS').slice(0, -20)],
    ['armour that ends by another name', `-----BEGIN CMS-----\n${lines}\n-----END PKCS7-----\n`],
    ['base64 of base64 of base64', [1, 2].reduce((text) => Buffer.from(text).toString('base64'), lines)],
  ])('is refused with signature_malformed where it is %s', (_, text) => {
    expect(() => decodeSignature(text)).toThrow(malformed);
  });

  it.each([
    ['armour of a certificate', armoured('CERTIFICATE'), 'certificate-file'],
    ['a private key', armoured('PRIVATE KEY'), 'private-key'],
    ['two messages', armoured('CMS').repeat(2), 'several-encodings'],
  ])('is refused by the name of what it is where it is %s', (_, text, found) => {
    expect(() => decodeSignature(text)).toThrow(
      expect.objectContaining({
        code: 'encoding_unexpected',
        details: { found, expected: 'cms-message', field: 'signature' },
      }),
    );
  });

  it('may be as large as the limit, and no larger', () => {
    const largest = Buffer.alloc(largestSignature, 7);
    expect(decodeSignature(largest.toString('base64'))).toHaveLength(largestSignature);
    const larger = Buffer.alloc(largestSignature + 1, 7);
    const tooLarge = expect.objectContaining({
      code: 'request_too_large',
      details: { field: 'signature', limit: largestSignature },
    });
    expect(() => decodeSignature(larger.toString('base64'))).toThrow(tooLarge);
    expect(() => decodeSignature(toPem('CMS', larger))).toThrow(tooLarge);
  });
});

it('a message in a file may be DER as it is, and a broken one is left to whoever reads it', () => {
  expect(messageIn(message)).toBe(message);
});
