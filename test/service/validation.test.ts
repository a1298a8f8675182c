import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { encodeQuestion } from '../../src/timestamp/request.ts';
import type { CertificateVerdict } from '../../src/validation/certificate.ts';
import type { Qualification } from '../../src/validation/service.ts';
import { vectors } from '../vectors.ts';
import type { Portal, TestService } from './portal.ts';
import { type ValidatingService, validatingService } from './validating.ts';

const day = 86_400_000;
const documents = vectors('documents');
const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');

let validating: ValidatingService;
let authority: Authority;
let service: TestService;
let portal: Portal;
let signer: IssuedCertificate;
beforeAll(async () => {
  validating = await validatingService();
  ({ authority, service, signer } = validating);
  portal = await service.portal();
});
afterAll(() => validating.close());

type Answer = CertificateVerdict & { readonly qualification?: Qualification };

describe('POST /v1/certificates/validate', () => {
  it('judges by the service’s own roots and lists, and tells whether the certificate is qualified', async () => {
    const { status, body } = await portal.post<Answer>('/v1/certificates/validate', {
      certificate: base64(signer.certificate),
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      indication: 'TOTAL-PASSED',
      revocation: 'good',
      qualification: { qualified: true, acr: expect.stringMatching(/^urn:oid:1\.2\.643\.100\.113\./) },
    });
  });

  it('fails for a revoked certificate, in the language that was asked for', async () => {
    const revoked = await authority.issue({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: Date.now() - day,
      profile: { crlUrls: false },
    });
    authority.accredited.revoke(revoked.serialNumber);
    const { body } = await portal.post<Answer>(
      '/v1/certificates/validate',
      { certificate: base64(revoked.certificate) },
      { 'accept-language': 'ru' },
    );
    expect(body).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'certificate_revoked', title: 'Сертификат отозван' },
    });
  });

  it('does not pass a certificate below a root of the caller’s', async () => {
    const stranger = await createAuthority({ algorithm: 'ecdsa-p256' });
    const other = await stranger.issue({ subscriber: sampleSubscriber('legal-entity') });
    const { body } = await portal.post<Answer>('/v1/certificates/validate', {
      certificate: base64(other.certificate),
      untrusted: other.chain.map(base64),
    });
    expect(body.indication).toBe('INDETERMINATE');
    expect(body.qualification).toBeUndefined();
  });

  it('asks for lists of its own time where the moment is another', async () => {
    const question = {
      certificate: base64(signer.certificate),
      at: new Date(Date.now() - 3_600_000).toISOString(),
    };
    const { body } = await portal.post<Answer>('/v1/certificates/validate', question);
    expect(body).toMatchObject({ indication: 'INDETERMINATE', failure: { code: 'revocation_undetermined' } });
    const future = { ...question, at: new Date(Date.now() + 3_600_000).toISOString() };
    expect((await portal.post('/v1/certificates/validate', future)).body.code).toBe('request_malformed');
  });

  it('takes what it is given as people have it: PEM, its base64, a chain in one', async () => {
    const pem = toPem('CERTIFICATE', signer.certificate);
    const chain = toPem('CERTIFICATE', authority.accredited.certificate) + pem;
    for (const certificate of [pem, base64(Buffer.from(pem)), chain]) {
      const { body } = await portal.post<Answer>('/v1/certificates/validate', { certificate });
      expect(body.indication).toBe('TOTAL-PASSED');
    }
  });

  it('names what is no certificate at all, with encoding_unexpected', async () => {
    const list = base64(await authority.accredited.currentCrl());
    for (const [certificate, found] of [
      [list, 'revocation-list'],
      [toPem('PRIVATE KEY', Buffer.alloc(40, 1)), 'private-key'],
      ['rubbish!', 'unknown-encoding'],
    ]) {
      const { status, body } = await portal.post('/v1/certificates/validate', { certificate });
      expect([status, body.code]).toEqual([422, 'encoding_unexpected']);
      expect(JSON.stringify(body), found).toContain('Needed: a certificate.');
    }
  });

  it('gives a verdict on a broken one, and answers relying parties only', async () => {
    const rubbish = { certificate: base64(signer.certificate.subarray(0, 100)) };
    expect((await portal.post<Answer>('/v1/certificates/validate', rubbish)).body).toMatchObject({
      indication: 'INDETERMINATE',
      failure: { code: 'certificate_malformed' },
    });
    const { status } = await portal.post('/v1/certificates/validate', rubbish, {
      authorization: 'Basic eDp5',
    });
    expect(status).toBe(401);
  });
});

describe('POST /v1/signatures/validate', () => {
  const content = Buffer.from('A contract of one line.');

  it('judges each signer of a detached signature', async () => {
    const message = await signDetached(content, signer, Date.now());
    const { body } = await portal.post<DocumentReport>('/v1/signatures/validate', {
      message: base64(message),
      content: base64(content),
    });
    expect(body).toMatchObject({
      indication: 'TOTAL-PASSED',
      form: 'detached',
      signatures: [{ indication: 'TOTAL-PASSED', revocation: 'good', qualification: { qualified: true } }],
    });
  });

  it('takes the message in armour and lists in PEM, as a sign-in does', async () => {
    const message = toPem('PKCS #7 SIGNED DATA', await signDetached(content, signer, Date.now()));
    const lists = [toPem('X509 CRL', await authority.accredited.currentCrl())];
    const question = { message, content: base64(content), lists };
    const { body } = await portal.post<DocumentReport>('/v1/signatures/validate', question);
    expect(body).toMatchObject({ indication: 'TOTAL-PASSED' });
  });

  it.skipIf(documents.reason)(`takes documents of other formats${documents.note}`, async () => {
    const found: unknown[] = [];
    for (const name of ['siva-xades-b-enveloped.xml', 'siva-asic-e-xades-b.sce', 'siva-pades-b.pdf']) {
      const message = base64(readFileSync(join(documents.folder, 'files', name)));
      const { body } = await portal.post<DocumentReport>('/v1/signatures/validate', { message });
      const [signature] = body.signatures;
      found.push([body.format, signature?.format, signature?.integrity, signature?.subIndication]);
    }
    expect(found).toEqual([
      ['XML', 'XAdES', 'intact', 'NO_CERTIFICATE_CHAIN_FOUND'],
      ['ASiC-E', 'XAdES', 'intact', 'NO_CERTIFICATE_CHAIN_FOUND'],
      ['PDF', 'PAdES', 'intact', 'NO_CERTIFICATE_CHAIN_FOUND'],
    ]);
  });

  it('asks for the document where it is missing', async () => {
    const message = base64(await signDetached(content, signer, Date.now()));
    const { body } = await portal.post<DocumentReport>('/v1/signatures/validate', { message });
    expect(body).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'SIGNED_DATA_NOT_FOUND',
      failure: { code: 'signed_data_missing' },
    });
  });
});

it('a report is a page for whoever asks for one', async () => {
  const response = await fetch(`${service.url}/v1/signatures/validate`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', authorization: portal.authorization },
      ...{ accept: 'text/html', 'accept-language': 'ru' },
    },
    body: JSON.stringify({ message: base64(await signDetached(Buffer.from('A'), signer, Date.now())) }),
  });
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(await response.text()).toContain('<h1>Отчёт о проверке</h1>');
});

describe('POST /v1/signatures/extend', () => {
  const content = Buffer.from('A contract of one line.');
  interface Extended {
    readonly document: string;
    readonly report: DocumentReport;
    readonly code?: string;
  }

  it('gives a document back that passes by what it holds', async () => {
    const signed = await signDetached(content, signer, Date.now());
    const question = { message: base64(signed), content: base64(content), level: 'LTA' };
    const { status, body } = await portal.post<Extended>('/v1/signatures/extend', question);
    expect([status, body.report]).toMatchObject([
      200,
      { indication: 'TOTAL-PASSED', signatures: [{ level: 'LTA' }] },
    ]);
    const again = { message: body.document, content: base64(content) };
    const { body: report } = await portal.post<DocumentReport>('/v1/signatures/validate', again);
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ level: 'LTA' }] });
  });

  it('refuses what does not hold, or lacks its document, and names the reason', async () => {
    const message = base64(await signDetached(content, signer, Date.now()));
    for (const [given, reason] of [
      [{ content: base64(Buffer.from('Another contract.')) }, 'document_changed'],
      [{}, 'signed_data_missing'],
    ] as const) {
      const question = { message, level: 'T', ...given };
      const { status, body } = await portal.post<Extended>('/v1/signatures/extend', question);
      expect([status, body]).toMatchObject([
        422,
        { code: 'level_not_reached', detail: expect.stringContaining(reason) },
      ]);
    }
  });
});

describe('POST /v1/timestamps/validate', () => {
  const content = Buffer.from('A contract of one line.');

  it('judges an answer of an authority over its document, and over another', async () => {
    const question = encodeQuestion({
      algorithm: 'sha256',
      digest: createHash('sha256').update(content).digest(),
      nonce: Uint8Array.of(1),
    });
    const timestamp = base64(await authority.stamp(question));
    const ask = (text: Uint8Array) =>
      portal.post<DocumentReport>('/v1/timestamps/validate', { timestamp, content: base64(text) });
    expect((await ask(content)).body).toMatchObject({ format: 'time-stamp', indication: 'TOTAL-PASSED' });
    expect((await ask(Buffer.from('Another.'))).body).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'timestamp_mismatch' },
    });
  });

  it('refuses a message that is no time-stamp', async () => {
    const timestamp = base64(await signDetached(content, signer, Date.now()));
    const { body } = await portal.post('/v1/timestamps/validate', { timestamp, content: base64(content) });
    expect(body).toMatchObject({ code: 'request_malformed', detail: expect.stringContaining('timestamp') });
  });
});
