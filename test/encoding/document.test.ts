import { describe, expect, it } from 'vitest';
import { encode, encodeOid, encodeSequence, encodeUnsigned } from '../../src/asn1/writer.ts';
import { documentIn } from '../../src/encoding/document.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { simpleChain } from '../path/certificates.ts';

const { signer } = simpleChain();
const message = encodeSequence(encodeOid('1.2.840.113549.1.7.2'), encode(0xa0));
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

describe('a file that holds a signature', () => {
  it.each([
    ['PDF', Buffer.from('%PDF-1.7\n%binary')],
    [
      'XML with a certificate in armour somewhere inside',
      Buffer.from(`<a>${toPem('CERTIFICATE', signer.der)}</a>`),
    ],
    ['ASiC', Buffer.from('PK\u0003\u0004rest')],
    [
      'the answer of a time-stamping service',
      encodeSequence(encodeSequence(encodeUnsigned(Uint8Array.of(0))), message),
    ],
    ['CMS', message],
  ])('is %s as it is, and out of base64', (_, octets) => {
    expect(hex(documentIn(octets))).toBe(hex(octets));
    expect(hex(documentIn(Buffer.from(Buffer.from(octets).toString('base64'))))).toBe(hex(octets));
  });

  it('is CMS out of its armour', () => {
    expect(hex(documentIn(Buffer.from(toPem('PKCS7', message))))).toBe(hex(message));
  });

  it.each([
    ['a certificate', Buffer.from(signer.der), 'certificate-file'],
    ['an e-mail', Buffer.from('Subject: contract\n\ntext'), 'mail-message'],
    ['two messages', Buffer.concat([message, message]), 'several-encodings'],
    ['nothing', Buffer.alloc(0), 'nothing'],
  ])('is not %s, which is refused by its name', (_, octets, found) => {
    const details = { found, expected: 'signed-document', field: 'f' };
    expect(() => documentIn(octets, 'f')).toThrow(
      expect.objectContaining({ code: 'encoding_unexpected', details }),
    );
  });
});
