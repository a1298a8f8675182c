import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeOctetString, encodeSequence } from '../../src/asn1/writer.ts';
import { certificateIn, certificatesIn, chainIn } from '../../src/encoding/certificates.ts';
import { readEncodings } from '../../src/encoding/encoding.ts';
import { messageIn } from '../../src/encoding/message.ts';
import { answersIn, listsIn } from '../../src/encoding/revocation.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { commonName, simpleChain } from '../path/certificates.ts';
import { listOf } from '../validation/list.ts';

const { root, middle, signer, keys } = simpleChain();
const list = listOf({ issuer: commonName('Root'), signer: keys.root });
const folder = mkdtempSync(join(tmpdir(), 'sealgate-encoding-'));
const file = (name: string) => join(folder, name);
const octetsOf = (name: string) => readFileSync(file(name));

/** What OpenSSL makes, by the arguments that make it; `in.pem` is a certificate with its key in `key.pem`. */
const made = {
  'in.cer': ['x509', '-in', 'in.pem', '-outform', 'DER'],
  'trusted.pem': ['x509', '-in', 'in.pem', '-trustout', '-addtrust', 'clientAuth', '-setalias', 'name'],
  'request.der': ['req', '-new', '-key', 'key.pem', '-subj', '/CN=R', '-outform', 'DER'],
  'request.pem': ['req', '-new', '-key', 'key.pem', '-subj', '/CN=R', '-addext', 'subjectAltName=DNS:a.test'],
  'pkcs8.der': ['pkcs8', '-topk8', '-nocrypt', '-in', 'key.pem', '-outform', 'DER'],
  'encrypted.der': ['pkcs8', '-topk8', '-passout', 'pass:x', '-in', 'key.pem', '-outform', 'DER'],
  'pkcs1.der': ['rsa', '-in', 'key.pem', '-traditional', '-outform', 'DER'],
  'encrypted-pkcs1.pem': ['rsa', '-in', 'key.pem', '-traditional', '-aes128', '-passout', 'pass:x'],
  'sec1.der': ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-outform', 'DER'],
  'public.der': ['rsa', '-in', 'key.pem', '-pubout', '-outform', 'DER'],
  'public-pkcs1.der': ['rsa', '-in', 'key.pem', '-RSAPublicKey_out', '-outform', 'DER'],
  'container.p12': ['pkcs12', '-export', '-inkey', 'key.pem', '-in', 'in.pem', '-passout', 'pass:x'],
  'collection.p7b': ['crl2pkcs7', '-nocrl', '-certfile', 'chain.pem', '-outform', 'DER'],
  'collection.pem': ['crl2pkcs7', '-in', 'list.pem', '-certfile', 'chain.pem'],
  'message.p7s': ['cms', '-sign', '-signer', 'in.pem', '-inkey', 'key.pem', '-in', 'text', '-outform', 'DER'],
  'encrypted.p7m': ['cms', '-encrypt', '-in', 'text', '-outform', 'DER', 'in.pem'],
  'question.der': ['ocsp', '-issuer', 'in.pem', '-cert', 'in.pem', '-reqout', 'question.der'],
} as const satisfies Record<string, readonly string[]>;

beforeAll(() => {
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  writeFileSync(file('text'), 'text');
  writeFileSync(file('chain.pem'), toPem('CERTIFICATE', middle.der) + toPem('CERTIFICATE', signer.der));
  writeFileSync(file('list.pem'), toPem('X509 CRL', list));
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'in.pem',
    '-subj',
    '/CN=T',
  );
  for (const [name, words] of Object.entries(made)) {
    const out = openssl(...words);
    if (name !== 'question.der') writeFileSync(file(name), out);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('what somebody gave is told by its structure', () => {
  it.each([
    ['in.cer', 'certificate-file'],
    ['in.pem', 'certificate-file'],
    ['request.der', 'certificate-request-file'],
    ['request.pem', 'certificate-request-file'],
    ['key.pem', 'private-key'],
    ['pkcs8.der', 'private-key'],
    ['pkcs1.der', 'private-key'],
    ['encrypted-pkcs1.pem', 'private-key'],
    ['sec1.der', 'private-key'],
    ['encrypted.der', 'encrypted-private-key'],
    ['public.der', 'public-key'],
    ['public-pkcs1.der', 'public-key'],
    ['container.p12', 'key-container'],
    ['collection.p7b', 'cms-message'],
    ['message.p7s', 'cms-message'],
    ['encrypted.p7m', 'other-cms-message'],
    ['question.der', 'ocsp-request'],
    ['list.pem', 'revocation-list'],
    ['text', 'unknown-encoding'],
  ])('%s is %s', (name, kind) => {
    expect(readEncodings(octetsOf(name))[0]?.kind).toBe(kind);
  });

  it.each([
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'pdf-document'],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004rest'), 'zip-archive'],
    ['an XML document', Buffer.from('<?xml version="1.0"?><a/>'), 'xml-document'],
    ['an e-mail', Buffer.from('MIME-Version: 1.0\nContent-Type: multipart/signed\n\n'), 'mail-message'],
    [
      'a signature of OpenPGP',
      Buffer.from('-----BEGIN PGP SIGNATURE-----\n\niQ==\n=abcd\n-----END PGP SIGNATURE-----'),
      'openpgp-data',
    ],
    ['a store of Windows', Buffer.from('\0\0\0\0CERT\x01\0\0\0'), 'certificate-store'],
    ['a key of CryptoPro', encodeSequence(encodeOctetString(randomBytes(32))), 'key-container'],
    [
      'its masks',
      encodeSequence(...[32, 12, 4].map((size) => encodeOctetString(randomBytes(size)))),
      'key-container',
    ],
    ['nothing', Buffer.alloc(0), 'nothing'],
    ['noise', randomBytes(64).fill(0xfe, 0, 2), 'unknown-encoding'],
  ])('%s is named too', (_, octets, kind) => {
    expect(readEncodings(octets)[0]?.kind).toBe(kind);
  });

  it('and not by a label that says something else, as certutil writes CERTIFICATE around anything', () => {
    const labelled = Buffer.from(toPem('CERTIFICATE', octetsOf('message.p7s')));
    expect(readEncodings(labelled)[0]?.kind).toBe('cms-message');
    expect(messageIn(labelled)).toEqual(octetsOf('message.p7s'));
    expect(() => certificatesIn(labelled)).toThrow('encoding_unexpected');
  });

  it('and each prefix of an encoding is told in bounded time, without an error', () => {
    for (const name of ['in.cer', 'container.p12', 'message.p7s', 'list.pem'])
      for (let length = 0; length < 600; length++) readEncodings(octetsOf(name).subarray(0, length));
  });
});

describe('certificates are read', () => {
  const one = Buffer.from(signer.der).toString('base64');
  it.each([
    ['DER', signer.der],
    ['DER with a line end behind it', Buffer.concat([signer.der, Buffer.from('\r\n')])],
    ['DER padded with zeros, as cards have it', Buffer.concat([signer.der, Buffer.alloc(64)])],
    ['PEM with the end of a file under DOS', Buffer.from(`${toPem('CERTIFICATE', signer.der)}\x1a`)],
    ['bare base64 on one line', Buffer.from(one)],
    ['bare base64 on many lines', Buffer.from(one.replace(/.{76}/g, '$&\r\n'))],
    ['base64 in UTF-16, as an editor saves it', Buffer.from(`\ufeff${one}`, 'utf16le')],
    ['base64 behind a byte order mark', Buffer.from(`\ufeff${one}`)],
    ['PEM', Buffer.from(toPem('CERTIFICATE', signer.der))],
    ['PEM on one line', Buffer.from(toPem('CERTIFICATE', signer.der).replaceAll('\n', ' '))],
    ['PEM that is indented', Buffer.from(toPem('CERTIFICATE', signer.der).replace(/^/gm, '    '))],
    ['PEM of an older label', Buffer.from(toPem('X509 CERTIFICATE', signer.der))],
    ['PEM with a text in Russian before it', Buffer.from(`Сертификат:\n${toPem('CERTIFICATE', signer.der)}`)],
    [
      'PEM behind a key',
      Buffer.from(toPem('PRIVATE KEY', randomBytes(40)) + toPem('CERTIFICATE', signer.der)),
    ],
    ['base64 of PEM', Buffer.from(Buffer.from(toPem('CERTIFICATE', signer.der)).toString('base64'))],
  ])('from %s', (_, octets) => {
    expect(hex(certificateIn(octets))).toBe(hexOf(signer));
  });

  it('from a collection (.p7b), DER or PEM, with the lists in it', () => {
    for (const name of ['collection.p7b', 'collection.pem'])
      expect(new Set(certificatesIn(octetsOf(name)).map(hex))).toEqual(new Set([middle, signer].map(hexOf)));
    expect(listsIn(octetsOf('collection.pem')).map(hex)).toEqual([hex(list)]);
  });

  it('from a TRUSTED CERTIFICATE, whose settings are left unread', () => {
    expect(certificateIn(octetsOf('trusted.pem'))).toEqual(octetsOf('in.cer'));
  });

  it('from several in a row, DER or PEM', () => {
    const der = Buffer.concat([root.der, middle.der]);
    const pem = Buffer.from([root.der, middle.der].map((each) => toPem('CERTIFICATE', each)).join('text\n'));
    for (const octets of [der, pem])
      expect(certificatesIn(octets).map(hex)).toEqual([root, middle].map(hexOf));
    const one = expect.objectContaining({
      details: { found: 'several-encodings', expected: 'one-certificate' },
    });
    expect(() => certificateIn(der)).toThrow(one);
  });

  it('with the one that the others lead to first, whatever the order', () => {
    for (const order of [
      [root, middle, signer],
      [signer, root, middle],
      [middle, signer],
    ])
      expect(hex(chainIn(Buffer.concat(order.map(({ der }) => der)))[0])).toBe(hexOf(signer));
    expect(hex(chainIn(Buffer.concat([root.der, middle.der]))[0])).toBe(hexOf(middle));
  });

  it('though broken, so that their own failure is told', () => {
    const broken = signer.der.subarray(0, signer.der.length - 5);
    expect(certificatesIn(broken)).toEqual([broken]);
  });
});

describe('something else is refused with encoding_unexpected, by its name', () => {
  const found = (kind: string, expected: string) =>
    expect.objectContaining({ code: 'encoding_unexpected', details: { found: kind, expected, field: 'f' } });
  it.each([
    ['a list', 'list.pem', 'revocation-list'],
    ['a message', 'message.p7s', 'cms-message'],
    ['a request', 'request.der', 'certificate-request-file'],
    ['a key', 'key.pem', 'private-key'],
    ['a container', 'container.p12', 'key-container'],
  ])('%s in place of a certificate', (_, name, kind) => {
    expect(() => certificatesIn(octetsOf(name), 'f')).toThrow(found(kind, 'certificate-file'));
  });

  it('a certificate in place of a list, an answer or a message', () => {
    const read = (take: (octets: Uint8Array, field: string) => unknown) => () => take(signer.der, 'f');
    expect(read(listsIn)).toThrow(found('certificate-file', 'revocation-list'));
    expect(read(answersIn)).toThrow(found('certificate-file', 'ocsp-answer'));
    expect(read(messageIn)).toThrow(found('certificate-file', 'cms-message'));
  });
});

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

function hexOf({ der }: { readonly der: Uint8Array }): string {
  return hex(der);
}
