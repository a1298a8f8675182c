import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { verifyCmsSecret } from '../../src/esia/client-secret/cms.ts';
import { decodeSecret } from '../../src/esia/client-secret/encoding.ts';
import { certificateHash, verifyRawSecret } from '../../src/esia/client-secret/raw.ts';
import { signedString } from '../../src/esia/client-secret/signed-string.ts';
import { parseTimestamp } from '../../src/esia/timestamp.ts';
import { type SystemKey, signAttached, signCms, signRaw, systemKey } from './system.ts';

const text = 'openid2026.01.01 00:00:00 +0300SYSTEM00000000-0000-4000-8000-000000000000';
const expected = Buffer.from(text);

let rsa: SystemKey;
let gost: SystemKey;
let other: SystemKey;
let folder: string;
beforeAll(async () => {
  [rsa, gost, other] = await Promise.all([
    systemKey('rsa-2048'),
    systemKey('gost2012-256'),
    systemKey('rsa-2048'),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'sealgate-esia-'));
  writeFileSync(join(folder, 'cert.pem'), rsa.certificatePem);
  writeFileSync(join(folder, 'key.pem'), rsa.keyPem);
  writeFileSync(join(folder, 'text'), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What OpenSSL signs, DER. */
function byOpenssl(...options: readonly string[]): Uint8Array {
  const at = (file: string) => join(folder, file);
  const words = ['cms', '-sign', '-binary', '-outform', 'DER', '-in', at('text')];
  return execFileSync('openssl', [...words, '-signer', at('cert.pem'), '-inkey', at('key.pem'), ...options]);
}

const octets = (secret: string) => new Uint8Array(Buffer.from(secret, 'base64url'));
const registered = () => [rsa, gost].map(({ certificate }) => parseCertificate(certificate));
const verdict = (message: Uint8Array, signed: Uint8Array = expected) =>
  verifyCmsSecret(message, signed, registered());

describe('a CMS secret', () => {
  it.each([
    ['detached, without attributes', () => byOpenssl('-noattr')],
    ['detached, with S/MIME capabilities', () => byOpenssl()],
    ['attached', () => byOpenssl('-nodetach')],
    ['attached, BER of indefinite length', () => byOpenssl('-nodetach', '-stream', '-indef')],
    ['without its certificate', () => byOpenssl('-nocerts')],
    ['without certificate and attributes', () => byOpenssl('-nocerts', '-noattr')],
    ['attached, by forge, without attributes', async () => octets(signAttached(rsa, text))],
    ['detached, by forge, without attributes', async () => octets(signAttached(rsa, text, true))],
    ['detached, of a GOST key', async () => octets(await signCms(gost, text))],
  ] as [string, () => Uint8Array | Promise<Uint8Array>][])(
    '%s is accepted, and over another string is not',
    async (_name, make) => {
      const message = await make();
      expect(verdict(message)).toHaveProperty('certificate');
      expect(verdict(message, Buffer.from(`${text} `))).toHaveProperty('problem');
    },
  );

  it('is refused where two sign, or another than the registered certificate does', async () => {
    writeFileSync(join(folder, 'other.pem'), other.certificatePem);
    writeFileSync(join(folder, 'other-key.pem'), other.keyPem);
    const twice = byOpenssl('-signer', join(folder, 'other.pem'), '-inkey', join(folder, 'other-key.pem'));
    expect(verdict(twice)).toEqual({ problem: 'esia-signer-count' });
    const foreign = octets(signAttached(other, text));
    expect(verdict(foreign)).toMatchObject({ problem: 'esia-certificate-unregistered' });
  });

  it('is refused where it brings another certificate of the same name and number', async () => {
    const message = Buffer.from(octets(await signCms(rsa, text)));
    const at = message.indexOf(Buffer.from(rsa.certificate));
    // The last octet of the certificate, which is one of its own signature.
    message[at + rsa.certificate.length - 1]! ^= 1;
    expect(verdict(message)).toMatchObject({ problem: 'esia-certificate-unregistered' });
  });

  it('is refused by SHA-1, and where it is no CMS', () => {
    expect(verdict(byOpenssl('-md', 'sha1'))).toEqual({ problem: 'esia-algorithm' });
    expect(verdict(Buffer.from('nothing'))).toEqual({ problem: 'esia-cms-expected' });
    expect(verdict(octets(signRaw(gost, text)))).toEqual({ problem: 'esia-cms-expected' });
  });
});

describe('a raw secret', () => {
  it('is accepted by the certificate that the hash names, in whatever case, and not over another string', () => {
    const [, certificate] = registered();
    if (certificate === undefined) throw new Error('no certificate');
    const signature = octets(signRaw(gost, text));
    const hash = certificateHash(certificate);
    for (const named of [hash, hash.toUpperCase()])
      expect(verifyRawSecret(signature, expected, named, registered())).toEqual({
        certificate: registered()[1],
      });
    expect(verifyRawSecret(signature, Buffer.from('x'), hash, registered())).toEqual({
      problem: 'esia-signature',
    });
  });

  it.each([
    ['esia-hash-missing', () => undefined],
    ['esia-hash-form', () => 'A'.repeat(40)],
    ['esia-hash-by-sha', () => parseCertificate(gost.certificate).sha256],
    ['esia-key-kind', () => rsa.hash],
    ['esia-certificate-unregistered', () => '0'.repeat(64)],
  ] as [string, () => string | undefined][])('is refused with %s', (problem, named) => {
    const signature = octets(signRaw(gost, text));
    expect(verifyRawSecret(signature, expected, named(), registered())).toMatchObject({ problem });
  });
});

describe('the encoding', () => {
  const bytes = Buffer.from('fbfffe', 'hex');
  it.each([
    ['base64url', '-__-'],
    ['base64', '+//+'],
    ['base64 whose plus became a blank', ' //+'],
  ])('%s is read', (_name, text) => {
    expect(decodeSecret(text)).toEqual(bytes);
  });

  it.each([
    ['with padding', 'AA=='],
    ['without', 'AA'],
    ['with only the first sign of it', 'AA='],
  ])('%s is read', (_name, text) => {
    expect(decodeSecret(text)).toEqual(Buffer.from([0]));
  });

  it.each(['', 'A', 'AA===', 'AAA==', '-_+/', 'AB', 'AA\n', 'é'])('%j is not', (text) => {
    expect(decodeSecret(text)).toBe(undefined);
  });
});

describe('the time of a request', () => {
  it.each([
    ['2013.01.25 14:36:11 +0400', Date.UTC(2013, 0, 25, 10, 36, 11)],
    ['2024.02.29 23:59:59 -0530', Date.UTC(2024, 2, 1, 5, 29, 59)],
  ])('%s is read', (written, at) => {
    expect(parseTimestamp(written)).toBe(at);
  });

  it.each([
    '2013.01.25 14:36:11  0400',
    '2013-01-25 14:36:11 +0400',
    '2013.02.30 14:36:11 +0400',
    '2013.01.25 24:00:00 +0000',
    '2013.01.25 14:36:11 +04:00',
    '2013.01.25 14:36:11 +1500',
    '2013.01.25 14:36:11',
  ])('%j is not', (written) => {
    expect(parseTimestamp(written)).toBe(undefined);
  });
});

it('what is signed stands in ЕСИА’s orders', () => {
  const parts = {
    ...{ clientId: 'I', scope: 'S', scopeOrg: 'O', timestamp: 'T', state: 'U', redirectUri: 'R', code: 'C' },
    refreshToken: 'F',
  };
  expect(signedString('cms', parts)).toBe('STIU');
  expect(signedString('raw', parts)).toBe('ISOTURC');
});
