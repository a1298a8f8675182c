import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  colleague,
  head,
  memberOf,
  organisation,
  register,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import type { Portal } from '../service/portal.ts';

/**
 * An employee who may not act for the organisation tries again and again. Before, ten refusals locked the whole
 * organisation out, its head included.
 */

const usual = { refusals: 10, addressRefusals: 50, organisationRefusals: 200, minutes: 10 };

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let colleagueCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { lockOut: usual });
  await register(setting.database);
  headCertificate = await setting.issue(memberOf(organisation, head));
  colleagueCertificate = await setting.issue(memberOf(organisation, colleague));
});
afterAll(() => setting.dispose());

const address = '192.0.2.1';
const codeOf = async (signer: IssuedCertificate) =>
  (await setting.signIn(portal, signer, { address })).body.code;

it('ten refusals of one certificate, and two hundred more at once, lock that one out and no colleague', async () => {
  for (let done = 0; done < usual.refusals; done++) {
    expect(await codeOf(colleagueCertificate)).toBe('authority_unproven');
  }
  expect(await codeOf(colleagueCertificate)).toBe('locked_out');
  // Before: locked_out.
  expect(await codeOf(headCertificate)).toBe(undefined);

  const other = await setting.issue(memberOf(organisation, colleague));
  const codes = await Promise.all(Array.from({ length: 200 }, () => codeOf(other)));
  expect(new Set(codes).has('authority_unproven')).toBe(true);
  expect(await codeOf(other)).toBe('locked_out');
  expect(await codeOf(headCertificate)).toBe(undefined);
});

it('the certificate is let in again when its time is over, as the head’s always was', async () => {
  setting.pass(usual.minutes * 60_000);
  expect(await codeOf(colleagueCertificate)).toBe('authority_unproven');
  const power = await setting.power(headCertificate, { representatives: [colleague] });
  const { status } = await setting.signIn(portal, colleagueCertificate, { power, address });
  expect(status).toBe(200);
});
