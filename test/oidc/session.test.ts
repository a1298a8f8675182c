import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policySchema } from '../../src/relying-party/registration.ts';
import { clientsOf } from '../../src/session/reach.ts';
import { liveSessions } from '../../src/session/session.ts';
import { startTestService, type TestService } from '../service/portal.ts';
import { RelyingParty } from './relying-party.ts';
import { Visitor } from './visitor.ts';

const subject = 'ogrn:1027700132195';
const minute = 60_000;

let service: TestService;
beforeEach(async () => {
  service = await startTestService({}, { SEALGATE_ISSUER: 'https://sign.example' });
});
afterEach(() => service.dispose());

const portalOf = (id: string, policy: Record<string, unknown> = {}) =>
  RelyingParty.register(service, id, { consent: 'waived' }, { policy: policySchema.parse(policy) });

const sessions = () => liveSessions(service.service.database, subject, service.service.now());

describe('a session that reaches further portals by single sign-on', () => {
  it('stays one, is named with all of them, and takes one place of each one’s limit', async () => {
    const first = await portalOf('first');
    const second = await portalOf('second', { sessionLimit: 1 });
    const visitor = new Visitor(service);
    await first.signIn(visitor);
    await second.signIn(visitor);
    await second.signIn(visitor);
    const [session, ...others] = await sessions();
    expect(others).toEqual([]);
    if (session === undefined) throw new Error('there is none');
    expect(await clientsOf(service.service.database, session)).toEqual(['first', 'second']);

    const other = new Visitor(service);
    await first.signIn(other);
    const { url } = await second.request();
    const refused = await other.open(url);
    expect([refused.isAway, refused.status]).toEqual([false, 403]);
    expect(refused.text).toContain('session_limit');
    expect(await sessions()).toHaveLength(2);
  });
});

describe('a session that ends by idleness', () => {
  it('goes on while its tokens are used, and takes them along when they are not', async () => {
    const portal = await portalOf('portal', { sessionIdleMinutes: 6 });
    const { access_token: token, id_token: idToken } = await portal.signIn(new Visitor(service));
    expect(idToken).toBeDefined();
    const ask = () => openid.fetchUserInfo(portal.config, token, subject).then(({ sub }) => sub);
    service.pass(4 * minute);
    expect(await ask()).toBe(subject);
    service.pass(4 * minute);
    expect(await ask()).toBe(subject);
    expect(await sessions()).toHaveLength(1);
    service.pass(7 * minute);
    await expect(ask()).rejects.toThrow();
    expect(await sessions()).toEqual([]);
  });

  it('goes on by API while it, or its assertion, is asked about, and tells its own portal alone why it ended', async () => {
    const portal = await service.portal({ policy: policySchema.parse({ sessionIdleMinutes: 5 }) });
    const other = await service.portal({ id: 'other' });
    const { body } = await portal.signIn();
    service.pass(4 * minute);
    const asked = await portal.post<{ active: boolean }>('/v1/assertions/introspect', {
      token: body.assertion,
    });
    expect(asked.body.active).toBe(true);
    const status = async (by = portal, more = {}) =>
      (await by.post<Record<string, unknown>>('/v1/sessions/status', { session: body.sessionId, ...more }))
        .body;
    for (let count = 0; count < 3; count += 1) {
      service.pass(4 * minute);
      expect(await status()).toMatchObject({ active: true });
    }
    expect(await status(other)).toEqual({ active: false });
    service.pass(4 * minute);
    expect(await status(portal, { isUse: false })).toMatchObject({ active: true });
    service.pass(2 * minute);
    expect(await status()).toMatchObject({ active: false, reason: 'idle-end' });
    expect(await status(other)).toEqual({ active: false });
    expect(await sessions()).toEqual([]);
  });
});
