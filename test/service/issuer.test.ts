import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { replayReport } from '../../src/operator/evidence.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import type { Portal, TestService } from './portal.ts';
import { signInWith, startWhole } from './whole.ts';

const day = 86_400_000;

let authority: Authority;
let branch: Issuer;
const services: TestService[] = [];
beforeAll(async () => {
  authority = await createAuthority({ serve: {}, at: Date.now() - 400 * day });
  branch = await authority.createSubordinate({
    slug: 'branch',
    parent: authority.root,
    notBefore: Date.now() - 100 * day,
  });
});
afterAll(async () => {
  for (const service of services) await service.dispose();
  await authority.close();
});

async function start(issuerHosts: string): Promise<{ service: TestService; portal: Portal }> {
  const environment = issuerHosts === '' ? {} : { SEALGATE_ISSUER_HOSTS: issuerHosts };
  const service = await startWhole({ authority, environment });
  services.push(service);
  return {
    service,
    portal: await service.portal({ policy: policySchema.parse({ requireQualified: false }) }),
  };
}

/** Somebody whose message brings no certificate but his own. */
async function alone(): Promise<IssuedCertificate> {
  const subscriber = sampleSubscriber('legal-entity');
  return { ...(await branch.issue({ subscriber, notBefore: Date.now() - 30 * day })), chain: [] };
}

async function replayed(service: TestService, id: string) {
  const { exitCode, json } = await replayReport(
    await exportEvidence(service.service.database, id),
    'unsealed',
  );
  return { exitCode, differences: (json as { differences: readonly string[] }).differences };
}

describe('a message without the certificate of its issuer', () => {
  it('signs in where the operator allows its host, the verdict says what was fetched, and it replays offline', async () => {
    const { service, portal } = await start(new URL(authority.url).host);
    const { status, body } = await signInWith(portal, await alone());
    expect(status, JSON.stringify(body)).toBe(200);
    const rows = body.verdict.sections.flatMap(({ checks }) => checks);
    expect(rows.filter(({ name }) => name === 'path.fetched')).toMatchObject([
      { outcome: 'passed', details: { url: branch.certificateUrl } },
    ]);
    expect(await replayed(service, body.sessionId)).toEqual({ exitCode: 0, differences: [] });
  });

  it('is refused with chain_incomplete, which names the issuer, where the operator does not', async () => {
    for (const hosts of ['', 'ca.example', '127.0.0.1']) {
      const { portal } = await start(hosts);
      const { status, body } = await signInWith(portal, await alone());
      expect([status, body.code], hosts).toEqual([401, 'chain_incomplete']);
      expect(body.detail).toContain('branch');
      expect(JSON.stringify(body.verdict)).not.toContain('path.fetched');
    }
  });
});
