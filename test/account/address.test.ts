import { afterEach, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { liveSessions } from '../../src/session/session.ts';
import {
  colleague,
  head,
  memberOf,
  organisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { AccountVisitor, openAccount } from './visit.ts';

let setting: Setting;
afterEach(() => setting.dispose());

/** A service with or without a proxy in front, at whose page two refusals lock an address out. */
async function start(trustedProxies: string): Promise<readonly [IssuedCertificate, IssuedCertificate]> {
  const environment: Record<string, string> = trustedProxies
    ? { SEALGATE_TRUSTED_PROXIES: trustedProxies }
    : {};
  setting = await startSetting({ environment });
  await openAccount(setting, {
    requireConnectedCarrier: true,
    lockOut: { refusals: 9, addressRefusals: 2, organisationRefusals: 9, minutes: 10 },
  });
  return [
    await setting.issue(memberOf(organisation, head)),
    await setting.issue(memberOf(organisation, colleague)),
  ];
}

/** What somebody is answered who signs at the page, as it seems from that address. */
async function signFrom(address: string, signer: IssuedCertificate) {
  const page = await new AccountVisitor(setting, { 'x-forwarded-for': address }).sign(signer);
  const { code } = JSON.parse(page.text) as { readonly code?: string };
  return { code, retryAfter: page.headers.get('retry-after') };
}

describe('refusals at the service’s own page lock an address out', () => {
  it('by what a trusted proxy says; another address is let try', async () => {
    const [one, other] = await start('127.0.0.0/8');
    for (let count = 0; count < 2; count += 1)
      expect((await signFrom('192.0.2.1', one)).code).toBe('certificate_not_bound');
    const locked = await signFrom('192.0.2.1', other);
    expect(locked.code).toBe('locked_out');
    expect(Number(locked.retryAfter)).toBeGreaterThan(590);
    expect((await signFrom('192.0.2.2', other)).code).toBe('certificate_not_bound');
  });

  it('and not by what anybody says: without a trusted proxy the connection’s own address counts', async () => {
    const [one, other] = await start('');
    for (const address of ['192.0.2.1', '192.0.2.2'])
      expect((await signFrom(address, one)).code).toBe('certificate_not_bound');
    expect((await signFrom('192.0.2.3', other)).code).toBe('locked_out');
  });
});

it('a sign-in keeps its address as a hash that tells nothing, the same for a network, another for another', async () => {
  setting = await startSetting({ environment: { SEALGATE_TRUSTED_PROXIES: '127.0.0.0/8' } });
  await openAccount(setting);
  const signer = await setting.issue(memberOf(organisation, head));
  for (const address of ['2001:db8::1', '2001:db8::2', '198.51.100.7'])
    await new AccountVisitor(setting, { 'x-forwarded-for': address }).returnPath(signer);
  const rows = await setting.database.read({ sql: 'SELECT place FROM session ORDER BY id', parameters: [] });
  const [first, second, third] = rows.map(({ place }) => String(place));
  expect(first).toMatch(/^[\w-]{8}:[\w-]{43}$/);
  expect([second === first, third === first]).toEqual([true, false]);
  expect(await liveSessions(setting.database, `ogrn:${organisation.ogrn}`, setting.now())).toHaveLength(3);
  expect(setting.log.join()).not.toMatch(/2001:db8|198\.51\.100/);
});
