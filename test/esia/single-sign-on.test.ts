import { createPublicKey, X509Certificate } from 'node:crypto';
import { jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withdrawConsent } from '../../src/account/consents.ts';
import type { Insider } from '../../src/account/insider.ts';
import { endOne, openSessions, type ReachingSession } from '../../src/account/sessions.ts';
import type { AssertionClaims } from '../../src/assertion/claims.ts';
import { esiaSystemSchema } from '../../src/relying-party/esia-system.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { Receiver } from '../oidc/receiver.ts';
import { RelyingParty } from '../oidc/relying-party.ts';
import { Visitor } from '../oidc/visitor.ts';
import { origin } from '../service/portal.ts';
import { Person } from '../sign-in/person.ts';
import {
  answerTo,
  askRaw,
  dataAt,
  decoded,
  isConsent,
  leadsTo,
  scopes,
  startFront,
  type TestFront,
  takeRaw,
  tokenForm,
} from './flow.ts';
import { authorizationForm, type Form } from './system.ts';

const subject = 'ogrn:1027700132195';

let front: TestFront;
let receivers: Receiver[];
beforeEach(async () => {
  receivers = [new Receiver(), new Receiver()];
  for (const receiver of receivers) await receiver.start();
  front = await startFront('/esia', { backchannelLogoutUri: receivers[0]?.uri });
});
afterEach(async () => {
  for (const receiver of receivers) await receiver.stop();
  await front.service.dispose();
});

/** Registers a second system, with the first one's key. */
const secondSystem = (policy: Record<string, unknown> = {}) =>
  front.service.portal({
    id: 'second',
    policy: policySchema.parse(policy),
    esia: esiaSystemSchema.parse({
      mnemonic: 'SECOND',
      certificates: [front.gost.base64],
      redirects: [origin],
      scopes,
      backchannelLogoutUri: receivers[1]?.uri,
    }),
  });

const ask = (more: Form = {}) => askRaw(front, authorizationForm(more));

/** Signs in with a system, as far as that has to be done, and takes its tokens. */
async function tokensOf(client_id: string, scope = 'openid fullname') {
  const code = (await answerTo(front, ask({ client_id, scope }))).get('code') ?? '';
  const { status, body } = await takeRaw(front, tokenForm({ client_id, code }));
  expect(status).toBe(200);
  const { claims } = decoded(body.access_token);
  const path = `/rs/prns/${claims['urn:esia:sbj_id']}`;
  return { claims, data: () => dataAt(front, path, body.access_token), idToken: String(body.id_token) };
}

const sessions = () => openSessions(front.service.service.database, subject, Date.now(), 10);

/** Whoever looks at the account by that very session. */
function insiderOf(session: ReachingSession): Insider {
  const claims = { 'x5t#S256': session.certificate } as AssertionClaims;
  return { subject, session, claims, client: undefined as never };
}

const moment = () => ({ at: Date.now(), traceId: 'trace' });

/** The browser of the system's person, for an address of OpenID Connect. */
function visitor(): Visitor {
  const browser = new Visitor(front.service);
  for (const pair of front.person.cookie?.split('; ') ?? []) {
    const [name = '', value = ''] = pair.split('=');
    browser.cookies.set(`${name} /`, { path: '/', value });
  }
  return browser;
}

describe('one signature', () => {
  it('serves two systems, each with a consent and tokens of its own, in one session', async () => {
    await secondSystem();
    const first = await tokensOf('SYSTEM', 'openid fullname snils');
    expect(isConsent(await leadsTo(front, ask({ client_id: 'SECOND', scope: 'openid' })))).toBe(true);
    const second = await tokensOf('SECOND', 'openid');
    expect(second.claims['urn:esia:sbj_id']).toBe(first.claims['urn:esia:sbj_id']);
    expect(second.claims['urn:esia:sid']).not.toBe(first.claims['urn:esia:sid']);
    expect((await first.data()).body).toMatchObject({ lastName: 'Иванова' });
    expect((await second.data()).body).not.toHaveProperty('lastName');
    expect(await sessions()).toMatchObject([{ clients: ['portal', 'second'] }]);
  });

  it('serves a portal of OpenID Connect after a system, with its own consent', async () => {
    const portal = await RelyingParty.register(front.service, 'other');
    const { claims } = await tokensOf('SYSTEM');
    const browser = visitor();
    const given = (await portal.signIn(browser)).claims();
    expect(given).toMatchObject({ sub: subject });
    expect(claims['urn:esia:sid']).not.toBe(given?.sid);
    expect(browser.passed.some((path) => path.startsWith('/sign-in/'))).toBe(false);
    expect(browser.passed.some((path) => path.endsWith('/consent'))).toBe(true);
    expect(await sessions()).toMatchObject([{ clients: ['portal', 'other'] }]);
  });

  it('serves a system after a portal of OpenID Connect', async () => {
    const portal = await RelyingParty.register(front.service, 'other');
    const browser = new Visitor(front.service);
    await portal.signIn(browser);
    front.person.cookie = [...browser.cookies]
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
    expect(isConsent(await leadsTo(front, ask()))).toBe(true);
    expect((await (await tokensOf('SYSTEM')).data()).body).toMatchObject({ lastName: 'Иванова' });
    expect(await sessions()).toMatchObject([{ clients: ['other', 'portal'] }]);
  });

  it('serves no other browser, and no cookie that was made up', async () => {
    await tokensOf('SYSTEM');
    for (const cookie of [undefined, `sealgate-session=${'A'.repeat(43)}`]) {
      const stranger = { ...front, person: new Person(front.service) };
      stranger.person.cookie = cookie;
      expect(await leadsTo(stranger, ask())).toContain('/sign-in/');
    }
  });

  it('is asked anew by a system that demands more, and for data of another organisation', async () => {
    await secondSystem({ minimumClass: 'KC3' });
    await tokensOf('SYSTEM');
    expect(await leadsTo(front, ask({ client_id: 'SECOND' }))).toContain('/sign-in/');
    expect(await leadsTo(front, ask())).not.toContain('/sign-in/');
    expect(await leadsTo(front, ask({ scope: 'openid', scope_org: 'org_inn?org_oid=1' }))).toContain(
      '/sign-in/',
    );
  });

  it('takes one place of the second system’s limit; beyond it a page says what to do', async () => {
    await secondSystem({ sessionLimit: 1 });
    await tokensOf('SYSTEM');
    await tokensOf('SECOND');
    await tokensOf('SECOND');
    const person = new Person(front.service);
    await answerTo({ ...front, person }, ask());
    const refused = await person.get(`/esia${ask({ client_id: 'SECOND' })}`);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('session_limit')]);
  });

  it('signs nobody else’s browser in that is handed the way back of a sign-in', async () => {
    const page = new URL(await leadsTo(front, ask())).pathname;
    await front.person.get(page);
    const back = new URL((await front.person.sign(page)).body.location ?? '');
    const victim = new Person(front.service);
    await leadsTo({ ...front, person: victim }, ask());
    const refused = await victim.get(`${back.pathname}${back.search}`);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('sign_in_foreign')]);
    expect(victim.cookie).not.toContain('sealgate-session');
    expect((await front.person.get(`${back.pathname}${back.search}`)).status).toBe(303);
  });
});

describe('a consent that is withdrawn at the account', () => {
  it('ends what its system has by a signature for another one, tells it, and nothing else', async () => {
    await secondSystem();
    const first = await tokensOf('SYSTEM');
    const second = await tokensOf('SECOND');
    const [session] = await sessions();
    if (session === undefined) throw new Error('there is none');
    const consent = { client: 'second', certificate: session.certificate };
    const { database } = front.service.service;
    expect(await withdrawConsent(database, insiderOf(session), consent, moment())).toBe(true);
    expect([(await first.data()).status, (await second.data()).status]).toEqual([200, 401]);
    expect(await receivers[1]?.got(1)).toHaveLength(1);
    expect(receivers[0]?.tokens).toEqual([]);
    expect(isConsent(await leadsTo(front, ask({ client_id: 'SECOND' })))).toBe(true);
  });
});

describe('the end of a session that two systems and a portal share', () => {
  it('by the organisation ends all tokens, and each system is told by a token that its own key verifies', async () => {
    await secondSystem();
    const first = await tokensOf('SYSTEM');
    const second = await tokensOf('SECOND');
    const portal = await RelyingParty.register(front.service, 'other', { consent: 'waived' });
    const given = await portal.signIn(visitor());
    const [session] = await sessions();
    if (session === undefined) throw new Error('there is none');
    const { claims } = decoded(first.idToken);
    await endOne(front.service.service.database, insiderOf(session), session.id, moment());
    const { keys } = (await (await fetch(`${front.base}/public/jwks.json`)).json()) as {
      keys: { alg: string; x5c: string[] }[];
    };
    const der = keys.find(({ alg }) => alg === 'RS256')?.x5c[0] ?? '';
    const key = createPublicKey(
      new X509Certificate(Buffer.from(der, 'base64')).publicKey.export({ type: 'spki', format: 'pem' }),
    );
    for (const [receiver, tokens, audience] of [
      [receivers[0], first, 'SYSTEM'],
      [receivers[1], second, 'SECOND'],
    ] as const) {
      const [token = ''] = (await receiver?.got(1)) ?? [];
      const issuer = String(claims.iss);
      const { payload } = await jwtVerify(token, key, { audience, issuer, typ: 'logout+jwt' });
      expect(payload.sid).toBe(tokens.claims['urn:esia:sid']);
      expect(await tokens.data()).toMatchObject({ status: 401, body: { code: 'ESIA-005011' } });
    }
    await expect(openid.fetchUserInfo(portal.config, given.access_token, subject)).rejects.toThrow();
    expect(await leadsTo(front, ask())).toContain('/sign-in/');
  });

  it('by the logout of one system ends what the others have, and the browser has to sign again', async () => {
    await secondSystem();
    await tokensOf('SYSTEM');
    const second = await tokensOf('SECOND');
    await front.person.get('/esia/idp/ext/Logout?client_id=SYSTEM');
    expect((await second.data()).status).toBe(401);
    expect(await receivers[1]?.got(1)).toHaveLength(1);
    expect(await leadsTo(front, ask({ client_id: 'SECOND' }))).toContain('/sign-in/');
  });

  it('is not brought about by the logout of a system that the browser has not signed in', async () => {
    await secondSystem();
    const { data } = await tokensOf('SYSTEM');
    await front.person.get('/esia/idp/ext/Logout?client_id=SECOND');
    expect((await data()).status).toBe(200);
  });
});
