import { afterAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { generateKeyPair, type KeyKind } from '../../src/authority/key.ts';
import { makeRequest, verifyRequest } from '../../src/authority/request.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { encodeName } from '../../src/certificate/writer/name.ts';
import type { FailureCode } from '../../src/error.ts';
import { judgedKinds } from './kinds.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const name = encodeName([
  { type: 'C', value: 'RU' },
  { type: 'CN', value: 'Проверка' },
]);

async function requestOf(kind: KeyKind): Promise<Uint8Array> {
  return makeRequest(await generateKeyPair(kind), name);
}

function codeOf(action: () => unknown): FailureCode | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as { code?: FailureCode }).code;
  }
}

describe.each(judgedKinds)('request of a $kind key', ({ kind, skip }) => {
  it.skipIf(skip)(`is verified here and by OpenSSL${skip ? ` (skipped: ${skip})` : ''}`, async () => {
    const request = await requestOf(kind);
    expect(verifyRequest(request).subject).toEqual(name);
    const file = openssl.write('request.der', request);
    const verdict = await openssl.run('req', '-inform', 'DER', '-in', file, '-verify', '-noout');
    expect(verdict.text).toContain('self-signature verify OK');
  });

  it('is refused with any one octet of its signature changed', async () => {
    const request = await requestOf(kind);
    request[request.length - 2] = request[request.length - 2]! ^ 0x10;
    expect(codeOf(() => verifyRequest(request))).toBe('signature_invalid');
  });
});

describe('request', () => {
  it('made by OpenSSL, in PEM, becomes a certificate with its key and the subject of the order', async () => {
    await openssl.run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key.pem');
    await openssl.run('req', '-new', '-key', 'key.pem', '-subj', '/CN=anyone', '-out', 'request.pem');
    await openssl.run('ec', '-in', 'key.pem', '-pubout', '-outform', 'DER', '-out', 'public.der');
    const authority = await createAuthority();
    const request = openssl.read('request.pem').toString();
    const { certificate, key } = await authority.issue({ request, subscriber: sampleSubscriber('seal') });
    const parsed = parseCertificate(certificate);
    expect(key).toBeUndefined();
    expect(Buffer.from(parsed.publicKey.der)).toEqual(openssl.read('public.der'));
    expect(parsed.subject.text('2.5.4.10')).toBe('АО «Опытный завод»');
    const asAsked = parseCertificate((await authority.issue({ request })).certificate);
    expect(asAsked.subject.toString()).toBe('CN=anyone');
  });

  it.each([
    ['signed with SHA-1', 'rsa-2048-sha1', 'algorithm_forbidden'],
    ['of a short RSA key', 'rsa-1024', 'algorithm_forbidden'],
    ['of a long enough RSA key', 'rsa-2048', undefined],
  ] as const)('%s: %s gives %s', async (_, kind, code) => {
    const request = await requestOf(kind);
    expect(codeOf(() => verifyRequest(request))).toBe(code);
  });

  it('that is cut off or something else is request_malformed', async () => {
    const request = await requestOf('ecdsa-p256');
    expect(codeOf(() => verifyRequest(request.subarray(0, request.length - 1)))).toBe('request_malformed');
    expect(codeOf(() => verifyRequest('hello'))).toBe('request_malformed');
    expect(codeOf(() => verifyRequest(new Uint8Array()))).toBe('request_malformed');
  });
});
