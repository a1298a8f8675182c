import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { replayReport } from '../../src/operator/evidence.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { encodeOcspRequest } from '../../src/revocation/ocsp/request.ts';
import { listUrls, responderUrls } from '../../src/revocation/url.ts';
import type { Problem } from '../../src/service/problem.ts';
import { browser, type LoginBody, origin, type Portal, type TestService } from './portal.ts';
import { startWhole } from './whole.ts';

const day = 86_400_000;
let moved = 0;
const now = () => Date.now() + moved;
let authority: Authority;
let service: TestService;
beforeAll(async () => {
  authority = await createAuthority({ serve: {}, now, at: now() - 400 * day });
});
afterEach(() => service.dispose());
afterAll(() => authority.close());

const issue = () =>
  authority.issue({ subscriber: sampleSubscriber('legal-entity'), notBefore: now() - 30 * day });

async function fetched(url: string, init?: RequestInit): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url, init)).arrayBuffer());
}

/** What the authority says of a certificate now, in the forms that a message holds it in (RFC 5652, section 10.2.1). */
async function evidenceOf(issued: IssuedCertificate) {
  const certificate = parseCertificate(issued.certificate);
  const above = parseCertificate(issued.chain[0] ?? new Uint8Array());
  const body = encodeOcspRequest({
    issuer: { name: above.subject, publicKey: above.publicKey },
    serialNumber: certificate.fields.serialNumber,
    digest: 'sha1',
    nonce: undefined,
  });
  const [responder = ''] = responderUrls(certificate);
  const answer = await fetched(responder, { method: 'POST', body: Uint8Array.from(body) });
  const [listUrl = ''] = listUrls(certificate);
  return {
    list: await fetched(listUrl),
    answer: encode(contextConstructed(1), encodeOid('1.3.6.1.5.5.7.16.2'), answer),
  };
}

/** The lists for every certificate of its path. */
async function listsOf(issued: IssuedCertificate): Promise<Uint8Array> {
  const path = [issued.certificate, ...issued.chain].map(parseCertificate);
  const urls = new Set(path.flatMap((certificate) => listUrls(certificate)));
  return Buffer.concat(await Promise.all([...urls].map((url) => fetched(url))));
}

/** The message with revocation values, which no signature covers; those that are no lists ask for version 5. */
function withValues(message: Uint8Array, values: Uint8Array): Uint8Array {
  const contentInfo = Reader.der(message).sequence();
  const type = contentInfo.any();
  const fields: Uint8Array[] = [];
  const signedData = contentInfo.optionalConstructed(contextConstructed(0))?.sequence();
  if (signedData === undefined) throw new Error('no SignedData');
  while (!signedData.isAtEnd) fields.push(signedData.any());
  if (values[0] !== tag.sequence) fields[0] = encode(tag.integer, Uint8Array.of(5));
  fields.splice(-1, 0, encode(contextConstructed(1), values));
  return encodeSequence(type, encode(contextConstructed(0), encodeSequence(...fields)));
}

async function signIn(signer: IssuedCertificate, values: Uint8Array, revocation: object = {}) {
  service = await startWhole({ authority, now });
  return signInAt(await service.portal({ policy: policySchema.parse({ revocation }) }), signer, values);
}

async function signInAt(portal: Portal, signer: IssuedCertificate, values: Uint8Array) {
  const { challenge, content } = await portal.challenge();
  const message = await signDetached(Buffer.from(content, 'base64'), signer, now());
  const signature = Buffer.from(withValues(message, values)).toString('base64');
  return portal.post<LoginBody & Problem>('/v1/logins', { challenge, signature, origin, browser });
}

describe('a signer who brings what the authority said before', () => {
  it.each([
    ['a list', 'list', {}],
    ['an OCSP answer', 'answer', { order: ['ocsp', 'crl'], acceptMessageValues: true, requireNonce: true }],
  ] as const)(
    'as %s is let in, and no longer once the certificate is revoked',
    async (_, kind, revocation) => {
      const signer = await issue();
      const values = (await evidenceOf(signer))[kind];
      expect((await signIn(signer, values, revocation)).status).toBe(200);
      await service.dispose();
      authority.revoke(signer.serialNumber, 'keyCompromise');
      moved += 2_000;
      expect((await signIn(signer, values, revocation)).body.code).toBe('certificate_revoked');
    },
  );
});

describe('where the authority does not answer, and the policy takes what the message brings', () => {
  it('the sign-in says so in assertion, audit and verdict, and its evidence gives the same again', async () => {
    const closing = await createAuthority({ serve: {}, now, at: now() - 400 * day });
    const signer = await closing.issue({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: now() - day,
    });
    const values = await listsOf(signer);
    await closing.close();
    service = await startWhole({ authority: closing, now });
    const attempt = async (id: string, acceptMessageValues: boolean) => {
      const policy = policySchema.parse({ revocation: { acceptMessageValues, patienceSeconds: 2 } });
      return signInAt(await service.portal({ id, policy }), signer, values);
    };
    expect((await attempt('strict', false)).body.code).toBe('revocation_unavailable');
    const { body } = await attempt('lenient', true);
    expect(decodeJwt(body.assertion)).toMatchObject({
      revocation: { fromMessage: true },
      warnings: expect.arrayContaining(['revocation.crl']),
    });
    const { database } = service.service;
    let newest = '';
    for await (const { record } of readAudit(database)) newest = record;
    expect(JSON.parse(newest)).toMatchObject({ details: { revocation: { fromMessage: true } } });
    const report = await replayReport(await exportEvidence(database, body.sessionId), 'unsealed');
    expect(report).toMatchObject({ exitCode: 0, json: { differences: [] } });
  });
});

describe('a document whose signer brings what the authority said before', () => {
  it('is judged by what the service finds out now, and by what it brings for a time gone by, which is told', async () => {
    const signer = await issue();
    const lists = await listsOf(signer);
    const content = Buffer.from('a contract');
    const message = withValues(await signDetached(content, signer, now()), lists);
    const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
    const signedAt = new Date(now()).toISOString();
    service = await startWhole({ authority, now });
    const portal = await service.portal();
    const validate = async (moment: { at?: string } = {}) => {
      const question = { message: base64(message), content: base64(content), ...moment };
      return (await portal.post<DocumentReport>('/v1/signatures/validate', question)).body;
    };
    authority.revoke(signer.serialNumber, 'keyCompromise');
    moved += 3_600_000;
    expect(await validate()).toMatchObject({
      indication: 'INDETERMINATE',
      signatures: [{ failure: { code: 'revocation_time_unproven' } }],
    });
    const then = await validate({ at: signedAt });
    expect(then).toMatchObject({ indication: 'TOTAL-PASSED', signatures: [{ revocation: 'good' }] });
    expect(Date.parse(then.signatures[0]?.revocationAsOf ?? '')).toBeLessThanOrEqual(Date.parse(signedAt));
  });
});
