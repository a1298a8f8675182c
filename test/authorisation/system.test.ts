import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { type Setting, signInPower, startSetting } from './setting.ts';

/** An organisation's certificate that names no person, for systems that sign by themselves. */
const seal = sampleSubscriber('seal');

let setting: Setting;
let system: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  system = await setting.issue(seal);
});
afterAll(() => setting.dispose());

describe('a sign-in with the seal of an organisation', () => {
  it('is refused where the portal lets only people in', async () => {
    const portal = await setting.client('people');
    expect((await setting.signIn(portal, system)).body).toMatchObject({ code: 'signer_unnamed' });
  });

  it('passes where it lets systems in, and every claim says that no person signed', async () => {
    const portal = await setting.client('systems', { allowSystems: true });
    const { status, body } = await setting.signIn(portal, system);
    expect([status, body.authority]).toEqual([200, { basis: 'system' }]);
    expect(decodeJwt(body.assertion)).toMatchObject({
      acr: 'urn:sealgate:acr:system',
      amr: ['pop', 'system'],
      sub: `ogrn:${seal.organisation.ogrn}`,
      authority: { basis: 'system' },
    });
  });

  it('a person’s sign-in through the same portal says nothing of systems', async () => {
    const portal = await setting.client('both', { allowSystems: true });
    const person = await setting.issue(sampleSubscriber('legal-entity'));
    const { body } = await setting.signIn(portal, person);
    expect(decodeJwt(body.assertion)).toMatchObject({ amr: ['pop'], authority: { basis: 'certificate' } });
    expect(decodeJwt(body.assertion).acr).not.toContain('system');
  });

  it('opens nothing that only the head may do', async () => {
    const portal = await setting.client('view', { allowSystems: true, organisationView: true });
    const { body } = await setting.signIn(portal, system);
    const { ogrn } = seal.organisation;
    const power = { document: 'ZG9jdW1lbnQ=', signature: 'c2lnbmF0dXJl' };
    const asked = await setting.ask('/powers', body.assertion, power, ogrn);
    expect(asked.body.code).toBe('organisation_view_forbidden');
  });

  it('gives no powers: one that a seal signed is refused', async () => {
    const portal = await setting.client('powers', { allowSystems: true, acceptedPowers: [signInPower] });
    const employee = await setting.issue(sampleSubscriber('natural-person'));
    const power = await setting.power(system);
    expect((await setting.signIn(portal, employee, { power })).body.code).toMatch(/^power_of_attorney_/);
  });
});
