import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { openState } from '../../src/service/state.ts';
import { removeLocal } from '../../src/trust-list/local-store.ts';
import type { LoginBody, Portal, TestService } from '../service/portal.ts';
import { audit } from './audit.ts';
import { day, endOf, patiently, Rivals } from './authorities.ts';

let rivals: Rivals;
let service: TestService;
let strict: Portal;
let lax: Portal;

beforeEach(async () => {
  rivals = await Rivals.create();
  service = await rivals.start();
  strict = await service.portal();
  lax = await service.portal({
    id: 'lax',
    policy: policySchema.parse({ requireQualified: false }),
  });
});

afterEach(async () => {
  await service.dispose();
  await rivals.close();
});

async function signIn(portal: Portal, by: 'honest' | 'hostile'): Promise<LoginBody> {
  const { status, body } = await rivals.signIn(portal, await rivals.issue(rivals[by].accredited));
  expect([status, body.code]).toEqual([200, undefined]);
  return body;
}

async function remove(certificate: Uint8Array): Promise<void> {
  const { sha256 } = parseCertificate(certificate);
  await removeLocal(service.service.database, sha256, undefined, rivals.now());
}

describe('what an operator trusts no longer', () => {
  it('as an anchor ends the sessions below it, with a reason of its own, and no others', async () => {
    const [ended, stays] = [await signIn(lax, 'hostile'), await signIn(lax, 'honest')];
    await remove(rivals.hostile.root.certificate);
    await expect.poll(() => endOf(service, ended), patiently).toBe('certificate-untrusted');
    expect(await endOf(service, stays)).toBeUndefined();
    expect(await audit(service, 'session.ended')).toMatchObject([
      {
        session: ended.sessionId,
        details: { reason: 'certificate-untrusted', code: expect.stringMatching(/^(root_|chain_)/) },
      },
    ]);
  });

  it('as an authority ends the sessions of those who asked for a qualified certificate, and no others', async () => {
    const [ended, stays] = [await signIn(strict, 'honest'), await signIn(lax, 'honest')];
    await remove(rivals.honest.accredited.certificate);
    await expect.poll(() => endOf(service, ended), patiently).toBe('certificate-untrusted');
    expect(await endOf(service, stays)).toBeUndefined();
    expect(await audit(service, 'session.ended')).toMatchObject([
      { details: { reason: 'certificate-untrusted', code: 'trust_list_unavailable' } },
    ]);
  });

  it('while the service was down ends them when it starts', async () => {
    const ended = await signIn(strict, 'honest');
    await service.stop();
    const config = toConfig(readEnvironment({ SEALGATE_DATA: service.folder }));
    const { database } = await openState(config, rivals.now(), 'open');
    const { sha256 } = parseCertificate(rivals.honest.accredited.certificate);
    await removeLocal(database, sha256, undefined, rivals.now());
    await database.close();
    service = await rivals.start({}, service.folder);
    await expect.poll(() => endOf(service, ended), patiently).toBe('certificate-untrusted');
  });
});

describe('a session whose authority cannot be asked', () => {
  it('goes on, and ends once it can be and the certificate was revoked meanwhile', async () => {
    const { honest } = rivals;
    const portal = await service.portal({
      id: 'asking',
      policy: policySchema.parse({ revocation: { order: ['ocsp', 'crl'] } }),
    });
    const signer = await rivals.issue(honest.accredited);
    const { body } = await rivals.signIn(portal, signer);
    honest.revoke(signer.serialNumber);
    rivals.isDown = true;
    // Longer than any list or answer lasts, and shorter than the session.
    rivals.moved += 11 * (day / 24);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await endOf(service, body)).toBeUndefined();
    rivals.isDown = false;
    rivals.moved += 6 * 60_000;
    await expect.poll(() => endOf(service, body), patiently).toBe('certificate-revoked');
  });
});
