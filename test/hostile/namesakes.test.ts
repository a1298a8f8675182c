import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import type { Problem } from '../../src/service/problem.ts';
import type { CertificateVerdict } from '../../src/validation/certificate.ts';
import { day } from '../revocation/maker.ts';
import { browser, origin, type Reply } from '../service/portal.ts';
import { expectBriefHold } from './hold.ts';
import { makeCms } from './message.ts';
import { type AttackedService, type HonestSigner, issueSigner, startAttacked } from './service.ts';
import { namesakes, stranger } from './stranger.ts';

const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');

let attacked: AttackedService;
let signer: HonestSigner;
beforeAll(async () => {
  attacked = await startAttacked();
  signer = await attacked.signer();
});
afterAll(() => attacked.dispose());

function validate(certificate: Uint8Array, untrusted: readonly Uint8Array[]) {
  return attacked.portal.post<CertificateVerdict>('/v1/certificates/validate', {
    certificate: base64(certificate),
    untrusted: untrusted.map(base64),
  });
}

async function signIn(
  { certificate, key }: HonestSigner,
  certificates: readonly Uint8Array[],
): Promise<Reply<Problem>> {
  const { challenge, content } = await attacked.portal.challenge();
  const message = makeCms({
    ...{ content: Buffer.from(content, 'base64'), signers: [{ certificate, key }], at: Date.now() },
    certificates: [certificate.der, ...certificates],
  });
  return attacked.portal.post('/v1/logins', { challenge, signature: base64(message), origin, browser });
}

describe('a certificate with 64 namesakes of its issuer under keys of P-521', () => {
  it('of a stranger is refused by what ran out, and holds nobody up', async () => {
    const { certificate } = stranger();
    const untrusted = namesakes(64);
    const replies = await expectBriefHold(() => validate(certificate.der, untrusted));
    for (const { body } of replies) {
      expect(body.failure).toMatchObject({ code: 'path_budget_exhausted', details: { limit: 'poolWork' } });
    }
  });

  it('of a person whose issuer the service knows passes', async () => {
    const untrusted = namesakes(64, attacked.issuer.subject.der);
    const replies = await expectBriefHold(() => validate(signer.certificate.der, untrusted));
    for (const { body } of replies) expect(body.indication).toBe('TOTAL-PASSED');
  });
});

describe('a sign-in with twelve namesakes of the issuer under keys of P-521', () => {
  it('of a stranger is refused by what ran out, and holds nobody up', async () => {
    const unknown = await createAuthority({ algorithm: 'ecdsa-p256', at: Date.now() - 400 * day });
    const other = await issueSigner(unknown);
    const certificates = namesakes(12, other.certificate.issuer.der);
    const replies = await expectBriefHold(() => signIn(other, certificates));
    for (const { status, body } of replies)
      expect([status, body.code]).toEqual([422, 'path_budget_exhausted']);
  });

  it('of a person whose issuer the service knows passes', async () => {
    const certificates = namesakes(12, attacked.issuer.subject.der);
    const replies = await expectBriefHold(() => signIn(signer, certificates));
    for (const { status } of replies) expect(status).toBe(200);
  });
});
