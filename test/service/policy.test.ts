import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { revocationSettings } from '../../src/revocation/policy-settings.ts';
import { type Setting, startSetting } from '../authorisation/setting.ts';

const day = 86_400_000;

let setting: Setting;
let signer: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  signer = await setting.issue(sampleSubscriber('legal-entity'));
});
afterAll(() => setting.dispose());

function claimsOf(assertion: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
}

describe('a relying party’s policy', () => {
  it('refuses a signing tool below the class that it asks for, and says which was found', async () => {
    const strict = await setting.client('strict', { requireQualified: true, minimumClass: 'KA1' });
    const { status, body } = await setting.signIn(strict, signer);
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'assurance_too_low', verdict: { code: 'assurance_too_low' } });
    const refused = body.verdict.sections.filter(({ outcome }) => outcome === 'failed');
    expect(refused).toMatchObject([{ section: 'qualification', ru: { title: expect.any(String) } }]);
    expect(body.verdict.sections.find(({ section }) => section === 'signature')?.outcome).toBe('passed');
  });

  it('decides in which order sources of revocation are asked', async () => {
    const responders = await setting.client('responders', {
      revocation: revocationSettings.parse({ order: ['ocsp'] }),
    });
    const issued = await setting.issue(sampleSubscriber('legal-entity'));
    // The certificate of the authority itself names lists only, so responders alone leave it open.
    expect((await setting.signIn(responders, issued)).body.code).toBe('revocation_undetermined');
    const both = await setting.client('both', {
      revocation: revocationSettings.parse({ order: ['ocsp', 'crl'] }),
    });
    expect((await setting.signIn(both, await setting.issue(sampleSubscriber('legal-entity')))).status).toBe(
      200,
    );
  });

  it('may let lists count for a while after their term, which the assertion says; others stay out', async () => {
    const own = await startSetting();
    try {
      const lenient = await own.client('lenient', {
        revocation: revocationSettings.parse({ order: ['crl'], graceMinutes: 72 * 60 }),
      });
      const strict = await own.client('strict', { revocation: revocationSettings.parse({ order: ['crl'] }) });
      const issued = await own.issue(sampleSubscriber('legal-entity'));
      expect((await own.signIn(lenient, issued)).status).toBe(200);
      const ends = await heldUntil(own);
      await own.authority.close();
      own.pass(ends - own.now() + day);
      const { body } = await own.signIn(lenient, issued);
      expect(claimsOf(body.assertion)).toMatchObject({ revocation: { grace: true } });
      expect((await own.signIn(strict, issued)).body.code).toBe('revocation_stale');
    } finally {
      await own.dispose();
    }
  });

  it('cannot stretch the grace beyond 72 hours, nor name a source twice', () => {
    for (const revocation of [{ graceMinutes: 72 * 60 + 1 }, { order: [] }, { order: ['crl', 'crl'] }])
      expect(policySchema.safeParse({ revocation }).success).toBe(false);
  });
});

/** When the first of the lists ends that the verdicts of this service rest on. */
async function heldUntil({ signIn, client, issue }: Setting): Promise<number> {
  const probe = await client('probe', { revocation: revocationSettings.parse({ order: ['crl'] }) });
  const { body } = await signIn(probe, await issue(sampleSubscriber('legal-entity')));
  const rows = body.verdict.sections.flatMap(({ checks }) => checks);
  const ends = rows
    .filter(({ name }) => name === 'revocation.crl')
    .map(({ details }) => Date.parse(String((details as { nextUpdate?: string }).nextUpdate)));
  return Math.min(...ends);
}
