import { afterAll, beforeAll, expect, it } from 'vitest';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import type { Portal } from '../service/portal.ts';

/**
 * A head who may act only together with another writes a value into the power that the format does not have. Before,
 * whatever was not "joint" was read as "individual".
 */

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal');
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(() => setting.dispose());

async function enterBy(change: (document: string) => string) {
  const { document } = await setting.power(headCertificate);
  const changed = Buffer.from(change(Buffer.from(document).toString()));
  const signature = await signDetached(changed, headCertificate, setting.now());
  const power = { document: changed, signature };
  const { status, body } = await setting.signIn(portal, employeeCertificate, { power });
  return [status, body.code];
}

it.each([
  ['as the format has it', 'ПолнЮЛ="1"', [200, undefined]],
  ['jointly', 'ПолнЮЛ="2"', [403, 'power_of_attorney_invalid']],
  // Before: 200.
  ['by a value that is none', 'ПолнЮЛ="02"', [403, 'power_of_attorney_invalid']],
  ['by nothing at all', '', [403, 'power_of_attorney_invalid']],
])('a power of heads who act %s', async (_, written, expected) => {
  expect(await enterBy((document) => document.replace('ПолнЮЛ="1"', written))).toEqual(expected);
});
