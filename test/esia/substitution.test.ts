import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuthorityClaim } from '../../src/assertion/claims.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { maySubstitute } from '../../src/esia/substitution.ts';
import { createPortalClient } from '../../src/portal/index.ts';
import { policySchema, registrationSchema } from '../../src/relying-party/registration.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  type Setting,
  signInPower,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, origin } from '../service/portal.ts';

const sub = `ogrn:${organisation.ogrn}`;

describe('the right to hand on what somebody may do for an organisation', () => {
  let setting: Setting;
  let headCertificate: IssuedCertificate;
  let signIn: (number: string, delegation: '1' | '2' | '3') => Promise<AuthorityClaim | undefined>;
  beforeAll(async () => {
    setting = await startSetting();
    const { url, service } = setting;
    const policy = policySchema.parse({ requireQualified: false, acceptedPowers: [signInPower] });
    const names = { en: 'Trading Floor', ru: 'Торговая площадка' };
    const registration = registrationSchema.parse({ id: 'portal', name: names, origins: [origin], policy });
    const { secret: clientSecret } = await service.clients.add(registration, setting.now());
    const portal = createPortalClient({
      service: url,
      clientId: 'portal',
      clientSecret,
      issuer: service.issuer,
    });
    headCertificate = await setting.issue(memberOf(organisation, head));
    const signer = await setting.issue({ kind: 'natural-person', person: employee });
    signIn = async (number, delegation) => {
      const power = await setting.power(headCertificate, { number, delegation });
      const { challenge, content } = await portal.challenge({ origin, browser });
      const signature = await signDetached(content, signer, setting.now());
      const { document, signature: signed } = power;
      const brought = { powerOfAttorney: { document, signature: signed } };
      return (await portal.signIn({ challenge, signature, origin, browser, ...brought })).claims
        .authority as AuthorityClaim;
    };
  });
  afterAll(() => setting.dispose());

  const may = (authority: AuthorityClaim | undefined) =>
    maySubstitute(setting.service.database, { sub, ...(authority ? { authority } : {}) });

  it('is the head’s and the entrepreneur’s, and of nobody who acts by a certificate alone', async () => {
    expect(await may({ basis: 'head' })).toBe(true);
    expect(await may({ basis: 'self' })).toBe(true);
    expect(await may({ basis: 'certificate' })).toBe(false);
    expect(await may(undefined)).toBe(false);
  });

  it.each([
    ['forbids it', '1', '0a3c5e7f-1b2d-4c6e-8f90-000000000001', false],
    ['allows it once', '2', '0a3c5e7f-1b2d-4c6e-8f90-000000000002', true],
    ['allows it further', '3', '0a3c5e7f-1b2d-4c6e-8f90-000000000003', true],
  ] as const)('is a representative’s as the power of attorney %s', async (_, delegation, number, outcome) => {
    const authority = await signIn(number, delegation);
    expect(authority).toEqual({ basis: 'power-of-attorney', power: number });
    expect(await may(authority)).toBe(outcome);
  });

  it('is nobody’s by a power that is not there', async () => {
    const power = '0a3c5e7f-1b2d-4c6e-8f90-00000000000f';
    expect(await may({ basis: 'power-of-attorney', power })).toBe(false);
  });
});
