import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { certificateId, makeOcspError, makeOcspResponse } from '../../src/authority/ocsp.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { crypto } from '../../src/webcrypto/crypto.ts';
import { X509Certificate, X509Crl } from '../../src/webcrypto/x509.ts';
import { judgedKinds } from './kinds.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const subscriber = sampleSubscriber('legal-entity');

async function fetched(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe.each(judgedKinds)('authority on $kind', ({ kind, skip }) => {
  it.skipIf(skip)(
    `lists and answers over HTTP are accepted by OpenSSL and follow revocations${skip ? ` (skipped: ${skip})` : ''}`,
    async () => {
      const authority = await createAuthority({ algorithm: kind, serve: {} });
      try {
        const { certificate, chain } = await authority.issue({ subscriber });
        const issuer = openssl.writeCertificates('issuer.pem', authority.accredited.certificate);
        const anchors = openssl.writeCertificates('anchors.pem', ...chain);
        const file = openssl.writeCertificates('subscriber.pem', certificate);
        const ask = (...options: string[]) =>
          openssl.run(
            ...['ocsp', ...options, '-issuer', issuer, '-cert', file, '-CAfile', anchors],
            ...['-url', authority.accredited.ocspUrl],
          );

        const good = await ask();
        expect(good.text).toContain('Response verify OK');
        expect(good.text).toContain('subscriber.pem: good');
        expect(good.text).not.toContain('no nonce');

        authority.revoke(certificate, 'keyCompromise');
        const revoked = await ask(kind.startsWith('gost') ? '-md_gost12_256' : '-sha256');
        expect(revoked.text).toContain('Response verify OK');
        expect(revoked.text).toContain('subscriber.pem: revoked');
        expect(revoked.text).toContain('Reason: keyCompromise');

        const list = openssl.write('list.crl', await fetched(authority.accredited.crlUrl));
        const shown = await openssl.run(
          'crl',
          '-inform',
          'DER',
          '-in',
          list,
          '-noout',
          '-text',
          '-CAfile',
          issuer,
        );
        expect(shown.text).toContain('verify OK');
        expect(shown.text).toContain('Key Compromise');
        const listInPem = await openssl.run('crl', '-inform', 'DER', '-in', list, '-out', 'list.pem');
        expect(listInPem.passed).toBe(true);
        const checked = await openssl.run(
          'verify',
          '-CAfile',
          anchors,
          '-crl_check',
          '-CRLfile',
          'list.pem',
          file,
        );
        expect(checked.text).toContain('certificate revoked');

        const second = new X509Crl(openssl.read('list.crl'));
        const issuerKey = new X509Certificate(authority.accredited.certificate).publicKey;
        expect(await second.verify({ publicKey: issuerKey }, crypto)).toBe(true);
      } finally {
        await authority.close();
      }
    },
  );
});

describe('lists', () => {
  it('are renewed at a revocation, and their number rises', async () => {
    const authority = await createAuthority();
    const { serialNumber } = await authority.issue({ subscriber });
    const before = await authority.accredited.currentCrl();
    expect(await authority.accredited.currentCrl()).toBe(before);
    authority.revoke(serialNumber, 'certificateHold');
    const held = new X509Crl(await authority.accredited.currentCrl());
    expect(held.entries.map((entry) => entry.serialNumber)).toEqual([serialNumber]);
    authority.accredited.release(serialNumber);
    expect(new X509Crl(await authority.accredited.currentCrl()).entries).toEqual([]);
    expect(authority.accredited.register.listNumber).toBe(3);
  });

  it('delta, scope and reasons are written as OpenSSL reads them', async () => {
    const authority = await createAuthority();
    const { serialNumber } = await authority.issue({ subscriber });
    authority.revoke(serialNumber, 'superseded');
    const delta = await authority.accredited.makeCrl({
      deltaBase: 1,
      scope: {
        urls: ['http://authority.invalid/part.crl'],
        only: 'users',
        reasons: ['superseded', 'aACompromise'],
      },
      freshestUrls: ['http://authority.invalid/delta.crl'],
    });
    const list = openssl.write('delta.crl', delta);
    const issuer = openssl.writeCertificates('issuer.pem', authority.accredited.certificate);
    const { text } = await openssl.run(
      'crl',
      '-inform',
      'DER',
      '-in',
      list,
      '-noout',
      '-text',
      '-CAfile',
      issuer,
    );
    expect(text).toContain('verify OK');
    expect(text).toMatch(/Delta CRL Indicator: critical\s+1/);
    expect(text).toContain('Only User Certificates');
    expect(text).toMatch(/Only Some Reasons:\s+Superseded, AA Compromise/);
    expect(text).toContain('URI:http://authority.invalid/part.crl');
  });

  it('a hundred thousand entries are made in time that grows with their number', async () => {
    const authority = await createAuthority();
    const entries = Array.from({ length: 100_000 }, (_, index) => ({
      serialNumber: Buffer.from((index + 0x10_0000).toString(16).padStart(16, '1'), 'hex'),
      at: Date.UTC(2026, 0, 1),
      reason: 'cessationOfOperation' as const,
    }));
    const list = await authority.accredited.makeCrl({ entries });
    expect(list.length).toBeGreaterThan(100_000 * 30);
  });
});

describe('OCSP', () => {
  let authority: Authority;
  let certificate: Uint8Array;
  let issuer: string;
  let anchors: string;
  let file: string;

  beforeAll(async () => {
    authority = await createAuthority({ serve: {} });
    const issued = await authority.issue({ subscriber });
    certificate = issued.certificate;
    issuer = openssl.writeCertificates('ocsp-issuer.pem', authority.accredited.certificate);
    anchors = openssl.writeCertificates('ocsp-anchors.pem', ...issued.chain);
    file = openssl.writeCertificates('ocsp-subscriber.pem', certificate);
  });
  afterAll(() => authority.close());

  async function questionFor(...options: string[]): Promise<Buffer> {
    await openssl.run('ocsp', '-issuer', issuer, '-cert', file, '-reqout', 'question.der', ...options);
    return openssl.read('question.der');
  }

  async function shown(answer: Uint8Array): Promise<string> {
    openssl.write('answer.der', answer);
    return (await openssl.run('ocsp', '-respin', 'answer.der', '-noverify', '-resp_text')).text;
  }

  it('a question by GET gets the answer that it gets by POST', async () => {
    const question = (await questionFor('-no_nonce')).toString('base64');
    const answer = await fetched(`${authority.accredited.ocspUrl}/${encodeURIComponent(question)}`);
    expect(await shown(answer)).toContain('Cert Status: good');
  });

  it('a serial number that was never issued is unknown', async () => {
    const { certificate: unrecorded } = await authority.issue({ subscriber, isRecorded: false });
    const name = openssl.writeCertificates('unrecorded.pem', unrecorded);
    const url = authority.accredited.ocspUrl;
    const { text } = await openssl.run(
      'ocsp',
      '-issuer',
      issuer,
      '-cert',
      name,
      '-CAfile',
      anchors,
      '-url',
      url,
    );
    expect(text).toContain('unrecorded.pem: unknown');
  });

  it('a question about another authority’s certificate is refused as unauthorized', async () => {
    expect(await shown(await authority.root.answerOcsp(await questionFor()))).toContain('unauthorized');
  });

  it('octets that are no question are refused as malformed', async () => {
    expect(await shown(await authority.root.answerOcsp(Buffer.from('hello')))).toContain('malformedrequest');
  });

  it('an answer can be made to say anything, for tests of those who read it', async () => {
    const { accredited } = authority;
    const { fields } = parseCertificate(certificate);
    const id = certificateId(accredited.name, accredited.key.publicKey, fields.serialNumber, 'sha256');
    const long = Date.UTC(2020, 0, 1);
    const answer = await makeOcspResponse(
      {
        answers: [{ id, status: { kind: 'revoked', at: long }, thisUpdate: long, nextUpdate: long + 1000 }],
        producedAt: long,
        nonce: Buffer.from('another nonce'),
        naming: 'name',
        certificate: accredited.certificate,
        sendsCertificate: false,
      },
      accredited.key,
    );
    const text = await shown(answer);
    expect(text).toContain('Cert Status: revoked');
    expect(text).toContain('Produced At: Jan  1 00:00:00 2020 GMT');
    expect(text).toContain('Hash Algorithm: sha256');
    expect(await shown(makeOcspError('tryLater'))).toContain('trylater');
  });
});
