import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { createPortalClient, type PortalClient, PortalError, type SignIn } from '../../src/portal/index.ts';
import { policySchema, registrationSchema } from '../../src/relying-party/registration.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  type Setting,
  signInPower,
  startSetting,
} from '../authorisation/setting.ts';
import type { PowerOrder } from '../authority/power-of-attorney.ts';
import { browser, origin } from '../service/portal.ts';

let setting: Setting;
let portal: PortalClient;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  const { url, service } = setting;
  const policy = policySchema.parse({ requireQualified: false, acceptedPowers: [signInPower] });
  const registration = registrationSchema.parse({
    id: 'portal',
    name: { en: 'Trading Floor', ru: 'Торговая площадка' },
    origins: [origin],
    audiences: ['accounts', 'portal'],
    policy,
  });
  const { secret } = await service.clients.add(registration, setting.now());
  portal = createPortalClient({
    service: url,
    clientId: 'portal',
    clientSecret: secret,
    issuer: service.issuer,
    audience: 'accounts',
  });
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(() => setting.dispose());

async function signIn(signer: IssuedCertificate, order?: Partial<PowerOrder>): Promise<SignIn> {
  const { challenge, content } = await portal.challenge({ origin, browser });
  const signature = await signDetached(content, signer, setting.now());
  const power = order && (await setting.power(headCertificate, order));
  return portal.signIn({
    ...{ challenge, signature, origin, browser },
    ...(power ? { powerOfAttorney: { document: power.document, signature: power.signature } } : {}),
  });
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.catch((reason: unknown) => reason);
  return error instanceof PortalError ? error.code : 'passed';
}

// In this order: a power that was taken lies ready for the next sign-in.
describe('a representative at a portal', () => {
  it('is not let in without a power of attorney, as nobody’s: organisation_missing', async () => {
    expect(await codeOf(signIn(employeeCertificate))).toBe('organisation_missing');
  });

  it('is not let in by a power that names somebody else: power_of_attorney_mismatch', async () => {
    const order = { representatives: [colleague] };
    expect(await codeOf(signIn(employeeCertificate, order))).toBe('power_of_attorney_mismatch');
  });

  it('is let in by a power of their own, and the claims name it', async () => {
    const number = '0a3c5e7f-1b2d-4c6e-8f90-123456789abc';
    const { claims, checks } = await signIn(employeeCertificate, { number });
    expect(claims).toMatchObject({
      aud: 'accounts',
      organisation: { ogrn: organisation.ogrn, inn: organisation.inn },
      signer: { inn: employee.inn },
      authority: { basis: 'power-of-attorney', power: number },
    });
    expect(checks.map(({ stage }) => stage)).toContain('organisation');
  });

  it('need not bring the power again', async () => {
    expect((await signIn(employeeCertificate)).claims.authority?.basis).toBe('power-of-attorney');
  });
});

describe('the head of an organisation at a portal', () => {
  it('is let in without a power of attorney, by the certificate', async () => {
    expect((await signIn(headCertificate)).claims.authority).toEqual({ basis: 'certificate' });
  });
});
