import { setTimeout as pass } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { logoutCounts } from '../../src/oidc/reach.ts';
import { endSessions } from '../../src/session/session.ts';
import { startTestService, type TestService } from '../service/portal.ts';
import { Receiver } from './receiver.ts';
import { RelyingParty } from './relying-party.ts';
import { Visitor } from './visitor.ts';

const subject = 'ogrn:1027700132195';

let service: TestService;
let visitor: Visitor;
let receivers: Receiver[];
beforeEach(async () => {
  service = await startTestService({}, { SEALGATE_ISSUER: 'https://sign.example' });
  visitor = new Visitor(service);
  receivers = [new Receiver(), new Receiver()];
  for (const receiver of receivers) await receiver.start();
});
afterEach(async () => {
  for (const receiver of receivers) await receiver.stop();
  await service.dispose();
});

const portalOf = (id: string, receiver: Receiver | undefined) =>
  RelyingParty.register(service, id, {
    consent: 'waived',
    ...(receiver === undefined ? {} : { backchannelLogoutUri: receiver.uri }),
  });

async function audited(event: string): Promise<number> {
  let count = 0;
  for await (const { record } of readAudit(service.service.database))
    if ((JSON.parse(record) as { event: string }).event === event) count += 1;
  return count;
}

/** Signs out at the portal's wish: opens the address, and presses the button. */
async function signOut(portal: RelyingParty, idToken: string, more: Readonly<Record<string, string>> = {}) {
  const url = openid.buildEndSessionUrl(portal.config, { id_token_hint: idToken, ...more });
  const asked = await visitor.open(url);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
  return visitor.post('https://sign.example/oidc/session/end/confirm', { xsrf, logout: 'yes' });
}

describe('signing out at a portal', () => {
  it('ends the session everywhere: both portals are told, and go back where the portal wants', async () => {
    const [first, second] = receivers;
    const [one, two] = [await portalOf('one', first), await portalOf('two', second)];
    const tokens = await one.signIn(visitor);
    const others = await two.signIn(visitor);
    const back = await signOut(one, tokens.id_token ?? '', {
      post_logout_redirect_uri: 'https://one.example/bye',
      state: 'x',
    });
    expect(back.url.href).toBe('https://one.example/bye?state=x');
    const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
    for (const [receiver, given, audience] of [
      [first, tokens, 'one'],
      [second, others, 'two'],
    ] as const) {
      const [token = ''] = (await receiver?.got(1)) ?? [];
      const { payload } = await jwtVerify(token, keys, {
        ...{ audience, issuer: 'https://sign.example/oidc', typ: 'logout+jwt' },
      });
      expect(payload.sid).toBe(given.claims()?.sid);
      expect(payload.nonce).toBeUndefined();
      await expect(openid.fetchUserInfo(one.config, given.access_token, subject)).rejects.toThrow();
    }
    expect(await two.outcome(visitor, { prompt: 'none' })).toBe('login_required');
  });

  it('does not lead to an address that is not registered', async () => {
    const one = await portalOf('one', undefined);
    const { id_token: token = '' } = await one.signIn(visitor);
    const url = openid.buildEndSessionUrl(one.config, {
      id_token_hint: token,
      post_logout_redirect_uri: 'https://evil.example/bye',
    });
    const stop = await visitor.open(url);
    expect([stop.isAway, stop.status]).toEqual([false, 400]);
    expect(stop.text).toContain('oidc_request_invalid');
    const bare = new URL('https://sign.example/oidc/session/end');
    bare.searchParams.set('post_logout_redirect_uri', 'https://evil.example/bye');
    expect((await visitor.open(bare)).text).not.toContain('evil.example');
    expect((await signOut(one, token)).url.pathname).toBe('/oidc/session/end/success');
  });

  it('asks before it ends anything, and takes no answer that its own page did not send', async () => {
    const one = await portalOf('one', undefined);
    const { id_token: token = '' } = await one.signIn(visitor);
    await visitor.open(openid.buildEndSessionUrl(one.config, { id_token_hint: token }));
    const forged = await visitor.post('https://sign.example/oidc/session/end/confirm', {
      xsrf: '0',
      logout: 'yes',
    });
    expect(forged.status).toBe(400);
    expect(await one.outcome(visitor, { prompt: 'none' })).toBe('code');
  });
});

describe('a session that ends otherwise', () => {
  it('is told to its portals within a second, and what they hold is worth nothing at once', async () => {
    const [receiver] = receivers;
    const one = await portalOf('one', receiver);
    const { access_token: token } = await one.signIn(visitor);
    const at = Date.now();
    await service.service.database.write({
      statements: [endSessions(subject, 'certificate-revoked', service.service.now())],
    });
    await expect(openid.fetchUserInfo(one.config, token, subject)).rejects.toThrow();
    expect(await receiver?.got(1)).toHaveLength(1);
    expect(Date.now() - at).toBeLessThan(2_000);
    expect(await one.outcome(visitor, { prompt: 'none' })).toBe('login_required');
  });

  it('by its time is told as well', async () => {
    const [receiver] = receivers;
    const one = await portalOf('one', receiver);
    await one.signIn(visitor);
    service.pass(13 * 3_600_000);
    expect(await receiver?.got(1)).toHaveLength(1);
  });

  it('is told to a killed portal once that is back, over a restart, and once only', async () => {
    const [receiver] = receivers;
    const one = await portalOf('one', receiver);
    await one.signIn(visitor);
    await receiver?.stop();
    await service.service.database.write({
      statements: [endSessions(subject, 'organisation-blocked', service.service.now())],
    });
    await pass(700);
    await service.stop();
    service = await startTestService(
      {},
      { SEALGATE_ISSUER: 'https://sign.example', SEALGATE_DATA: service.folder },
    );
    await receiver?.start();
    expect(await receiver?.got(1, 10_000)).toHaveLength(1);
    await pass(1_500);
    expect(receiver?.tokens).toHaveLength(1);
    expect(await audited('logout.delivered')).toBe(1);
  });

  it('is given up after a day, which the audit and the measurements tell', async () => {
    const [receiver, other] = receivers;
    const one = await portalOf('one', receiver);
    const two = await portalOf('two', other);
    await one.signIn(visitor);
    await two.signIn(visitor);
    if (receiver) receiver.status = 500;
    await service.service.database.write({
      statements: [endSessions(subject, 'logged-out', service.service.now())],
    });
    expect(await other?.got(1)).toHaveLength(1);
    await receiver?.got(1);
    service.pass(25 * 3_600_000);
    for (let count = 0; count < 100 && (await audited('logout.undelivered')) === 0; count += 1)
      await pass(50);
    expect(await audited('logout.undelivered')).toBe(1);
    const measured = await (await fetch(`${service.url}/metrics`)).text();
    expect(measured).toMatch(/sealgate_logouts_undelivered_total 1/);
    expect(await logoutCounts(service.service.database)).toEqual([
      { client: 'one', waiting: 0, tries: 0, undelivered: 1 },
    ]);
  });
});
