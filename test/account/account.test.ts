import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountClientId } from '../../src/account/relying-party.ts';
import { readAudit } from '../../src/audit/read.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { rememberConsent } from '../../src/oidc/consent.ts';
import { findReach, noteReach } from '../../src/oidc/reach.ts';
import { keepSignIn } from '../../src/oidc/sign-in.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { findSession, liveSessions } from '../../src/session/session.ts';
import type { ChallengeData } from '../../src/sign-in/view/data.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import type { Portal } from '../service/portal.ts';
import { AccountVisitor, codeIn, openAccount } from './visit.ts';

const minute = 60_000;
const subject = `ogrn:${organisation.ogrn}`;

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let representative: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting({ environment: { SEALGATE_OPEN_REQUESTS_PER_SECOND: '1000' } });
  await openAccount(setting);
  portal = await setting.client('portal');
  headCertificate = await setting.issue(memberOf(organisation, head));
  representative = await setting.issue({ kind: 'natural-person', person: employee });
  // The power lies ready from then on, so that the representative signs in without bringing it.
  const power = await setting.power(headCertificate);
  expect((await setting.signIn(portal, representative, { power })).status).toBe(200);
});
afterAll(() => setting.dispose());

const nameOf = (issued: IssuedCertificate) => thumbprintOf(parseCertificate(issued.certificate));

async function visitorAs(signer: IssuedCertificate): Promise<AccountVisitor> {
  const visitor = new AccountVisitor(setting);
  // Nobody is as quick as these tests.
  setting.pass(5_000);
  // A natural person’s certificate does not say for which organisation.
  const inn = signer === representative ? organisation.inn : '';
  expect((await visitor.enter(signer, inn)).status).toBe(303);
  return visitor;
}

async function lastEvent(event: string): Promise<Record<string, unknown> | undefined> {
  let found: Record<string, unknown> | undefined;
  for await (const { record } of readAudit(setting.database)) {
    const facts = JSON.parse(record) as Record<string, unknown>;
    if (facts.event === event) found = facts;
  }
  return found;
}

describe('whoever is not signed in', () => {
  it('is shown the way in, in the language of the browser or of the address', async () => {
    const visitor = new AccountVisitor(setting);
    const page = await visitor.get('/account');
    expect([page.status, codeIn(page)]).toEqual([200, undefined]);
    expect(page.text).toContain('Sign in by certificate');
    expect((await visitor.get('/account?language=ru')).text).toContain('Войти по сертификату');
  });

  it.each(['/account/sessions/end-others', '/account/notices', '/account/carriers/disconnect'])(
    'changes nothing at %s, and is told to sign in',
    async (path) => {
      const page = await new AccountVisitor(setting).post(path, { email: 'thief@example.org' });
      expect([page.status, codeIn(page)]).toEqual([401, 'session_ended']);
    },
  );
});

describe('signing in to the account', () => {
  it('opens it for the head, by a cookie that scripts and other sites do not reach', async () => {
    const visitor = new AccountVisitor(setting);
    const entered = await visitor.enter(headCertificate);
    expect(entered.headers.get('set-cookie')).toMatch(
      /^sealgate-account=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const page = await visitor.get('/account');
    expect(page.text).toContain(organisation.name.replaceAll('"', '&quot;'));
    expect(page.text).not.toContain('A representative sees');
  });

  it('closes the page to frames, scripts and other sites’ forms', async () => {
    const { headers } = await (await visitorAs(headCertificate)).get('/account');
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain('script-src');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is refused in another browser than the one that began, which is not signed in by it', async () => {
    const attacker = new AccountVisitor(setting);
    const path = await attacker.returnPath(headCertificate);
    const victim = new AccountVisitor(setting);
    await victim.post('/account/sign-in');
    const page = await victim.get(path);
    expect([page.status, codeIn(page)]).toEqual([403, 'sign_in_foreign']);
    expect((await victim.get('/account')).text).toContain('Sign in by certificate');
  });

  it('gives a new cookie, so that one which somebody else has set opens nothing', async () => {
    const visitor = new AccountVisitor(setting);
    const path = await visitor.returnPath(headCertificate);
    const before = visitor.cookies.get('sealgate-account');
    await visitor.get(path);
    expect(visitor.cookies.get('sealgate-account')).not.toBe(before);
    const thief = new AccountVisitor(setting);
    thief.cookies.set('sealgate-account', before ?? '');
    expect((await thief.get('/account')).status).toBe(401);
  });

  it('takes a code once', async () => {
    const visitor = new AccountVisitor(setting);
    const path = await visitor.returnPath(headCertificate);
    await visitor.get(path);
    expect(codeIn(await visitor.get(path))).toBe('sign_in_code_used');
  });

  it('leads back to the way in where the person gave up', async () => {
    const { status, headers } = await new AccountVisitor(setting).get('/account/signed?error=access_denied');
    expect([status, headers.get('location')]).toEqual([303, '/account']);
  });

  it('ends by signing out, and leaves sessions at portals alone', async () => {
    const { body } = await setting.signIn(portal, headCertificate);
    const visitor = await visitorAs(headCertificate);
    const cookie = visitor.cookies.get('sealgate-account') ?? '';
    const page = await visitor.act('/account/sign-out');
    expect(page.text).toContain('You are signed out of the account');
    visitor.cookies.set('sealgate-account', cookie);
    expect((await visitor.get('/account')).status).toBe(401);
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
  });
});

describe('the account’s own session', () => {
  it('ends by idleness and says so; one that is used in time goes on', async () => {
    const used = await visitorAs(headCertificate);
    const idle = await visitorAs(headCertificate);
    setting.pass(14 * minute);
    expect((await used.get('/account')).status).toBe(200);
    setting.pass(2 * minute);
    expect((await used.get('/account')).status).toBe(200);
    const page = await idle.get('/account');
    expect([page.status, codeIn(page)]).toEqual([401, 'session_ended']);
    expect(page.text).toContain('nothing was done for too long');
  });

  it('is over after an hour, however much it is used', async () => {
    const visitor = await visitorAs(headCertificate);
    for (let count = 0; count < 5; count += 1) {
      setting.pass(11 * minute);
      expect((await visitor.get('/account')).status).toBe(200);
    }
    setting.pass(6 * minute);
    expect((await visitor.get('/account')).text).toContain('its term is over');
  });

  it('is ended by somebody else who decides, at once', async () => {
    const one = await visitorAs(headCertificate);
    const other = await visitorAs(headCertificate);
    await one.act('/account/sessions/end-others');
    expect((await one.get('/account')).status).toBe(200);
    const page = await other.get('/account');
    expect([page.status, page.text.includes('the organisation ended it')]).toEqual([401, true]);
  });
});

describe('a form', () => {
  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['without a page', { 'sec-fetch-site': 'none' }],
  ])('%s is refused and changes nothing', async (_, headers) => {
    const visitor = await visitorAs(headCertificate);
    const fields = { email: 'thief@example.org', 'mail-language': 'en' };
    const page = await visitor.post('/account/notices', fields, headers);
    expect([page.status, codeIn(page)]).toEqual([403, 'request_foreign']);
    expect((await visitor.get('/account/notices')).text).not.toContain('thief@example.org');
  });
});

describe('sessions', () => {
  it('are shown with every portal that they reached, and ended one by one', async () => {
    const { body } = await setting.signIn(portal, headCertificate);
    const visitor = await visitorAs(headCertificate);
    const page = await visitor.get('/account/sessions');
    expect(page.text).toContain('Trading Floor');
    expect(page.text).toContain(body.sessionId);
    const done = await visitor.act('/account/sessions/end', { session: body.sessionId });
    expect(done.text).toContain('The session has ended');
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    expect(await findSession(setting.database, body.sessionId)).toMatchObject({
      endReason: 'ended-by-organisation',
    });
  });

  it('of another organisation are not shown, and not ended', async () => {
    const stranger = await setting.issue(memberOf(otherOrganisation, colleague));
    const { body } = await setting.signIn(portal, stranger);
    const visitor = await visitorAs(headCertificate);
    expect((await visitor.get('/account/sessions')).text).not.toContain(body.sessionId);
    const page = await visitor.post('/account/sessions/end', { session: body.sessionId });
    expect([page.status, codeIn(page)]).toEqual([404, 'session_unknown']);
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
  });

  it('of others are not for a representative to end; their own is', async () => {
    const { body } = await setting.signIn(portal, headCertificate);
    const visitor = await visitorAs(representative);
    for (const [path, fields] of [
      ['/account/sessions/end', { session: body.sessionId }],
      ['/account/sessions/end-others', {}],
    ] as const) {
      const page = await visitor.post(path, fields);
      expect([page.status, codeIn(page)], path).toEqual([403, 'organisation_view_forbidden']);
    }
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
    const own = (await liveSessions(setting.database, subject, setting.now())).find(
      ({ client, certificate }) => client === accountClientId && certificate === nameOf(representative),
    );
    const left = await visitor.act('/account/sessions/end', { session: own?.id ?? '' });
    expect(left.text).toContain('You are signed out of the account');
  });
});

it('sign-ins are shown with outcome and cause', async () => {
  const bound = await setting.client('bound', { requireConnectedCarrier: true });
  const refused = await setting.signIn(bound, headCertificate);
  expect(refused.body.code).toBe('certificate_not_bound');
  const { text } = await (await visitorAs(headCertificate)).get('/account/sign-ins');
  expect(text).toContain('certificate_not_bound');
  expect(text).toContain(refused.body.traceId);
  expect(text).toContain('This certificate is not connected');
});

describe('carriers', () => {
  it('are connected by a signature under a text of their own, named and disconnected', async () => {
    const visitor = await visitorAs(headCertificate);
    const connected = await visitor.connect(headCertificate);
    expect(connected.text).toContain('The carrier is connected');
    const certificate = nameOf(headCertificate);
    const named = await visitor.act('/account/carriers/name', { certificate, name: 'First token' });
    expect(named.text).toContain('First token');
    const { text } = await visitor.act('/account/carriers/disconnect', { certificate });
    expect(text).not.toContain('First token');
    expect((await visitor.get('/account')).status).toBe(401);
  });

  it('are not connected by another organisation’s certificate, a text of another visit, or no file', async () => {
    const visitor = await visitorAs(headCertificate);
    const stranger = await setting.issue(memberOf(otherOrganisation, colleague));
    const foreign = await visitor.connect(stranger);
    expect([foreign.status, codeIn(foreign)]).toEqual([403, 'organisation_mismatch']);
    const other = await (await visitorAs(headCertificate)).connection();
    expect(codeIn(await visitor.get(`${other.path}/text`))).toBe('challenge_foreign');
    const { path, challenge } = await visitor.connection();
    const form = new FormData();
    form.set('challenge', challenge);
    const empty = await visitor.ask(`${path}/signature`, { method: 'POST', body: form });
    expect(codeIn(empty)).toBe('signature_file_missing');
  });

  it('are connected by what the page’s script asks for, with a new text where the one that is shown is too old', async () => {
    const visitor = await visitorAs(headCertificate);
    const { path, challenge } = await visitor.connection();
    const json = { accept: 'application/json', 'content-type': 'application/json' };
    const current = async () =>
      JSON.parse(
        (await visitor.ask(`${path}/challenge`, { method: 'POST', headers: json })).text,
      ) as ChallengeData;
    expect((await current()).challenge).toBe(challenge);
    setting.pass(4.5 * minute);
    const renewed = await current();
    expect(renewed.challenge).not.toBe(challenge);
    const hand = async (signed: ChallengeData, headers: Record<string, string> = json) => {
      const signature = await visitor.signature(signed.text, headCertificate);
      const body = JSON.stringify({ challenge: signed.challenge, signature });
      return visitor.ask(`${path}/signature`, { method: 'POST', headers, body });
    };
    const foreign = await hand(renewed, { ...json, 'sec-fetch-site': 'cross-site' });
    expect(JSON.parse(foreign.text)).toMatchObject({ code: 'request_foreign' });
    const { location } = JSON.parse((await hand(renewed)).text) as { location: string };
    expect(location).toMatch(/\/account\/carriers\?done=carrier-connected$/);
    expect(JSON.parse((await hand(renewed)).text)).toMatchObject({ code: 'challenge_used' });
    await visitor.act('/account/sign-out');
    expect(JSON.parse((await hand(renewed)).text)).toMatchObject({ code: 'session_ended' });
  });

  it('of a representative wait for the head, who confirms them', async () => {
    const visitor = await visitorAs(representative);
    await visitor.connect(representative);
    const boss = await visitorAs(headCertificate);
    expect((await boss.get('/account/carriers')).text).toContain('Not confirmed');
    const certificate = nameOf(representative);
    expect(codeIn(await visitor.post('/account/carriers/confirm', { certificate }))).toBe(
      'organisation_view_forbidden',
    );
    const { text } = await boss.act('/account/carriers/confirm', { certificate });
    expect(text).not.toContain('Not confirmed');
  });
});

describe('consents', () => {
  /** Somebody's consent, with what the portal got by it. */
  async function consented(signer: IssuedCertificate, grant: string): Promise<string> {
    const { body } = await setting.signIn(portal, signer);
    const parties = { subject, certificate: nameOf(signer), client: 'portal' };
    const at = setting.now();
    const claims = {
      ...{ iss: '', sub: subject, aud: 'portal', iat: 0, exp: 0, jti: '', sid: body.sessionId, auth_time: 0 },
      ...{ acr: '', amr: [], client_id: 'portal', organisation: { name: '' }, signer: { name: '' } },
      'x5t#S256': parties.certificate,
    };
    const shared = {
      session: body.sessionId,
      claims,
      policy: policySchema.parse({}),
      expiresAt: at + minute,
    };
    await setting.database.write({
      statements: [
        ...rememberConsent(parties, { scopes: ['signer.snils', 'esia:fullname'], claims: [] }, at),
        keepSignIn(shared),
        noteReach({
          ...{ front: 'oidc', grant, session: body.sessionId, client: 'portal' },
          ...{ sid: grant, expiresAt: at + minute },
        }),
      ],
    });
    return body.sessionId;
  }

  const isOpen = async (session: string) =>
    (
      await setting.database.read({
        sql: 'SELECT 1 AS open FROM oidc_reach WHERE session = ? AND ended_at IS NULL',
        parameters: [session],
      })
    ).length > 0;

  it('of OpenID Connect and ЕСИА are shown in words and withdrawn with what was given by them', async () => {
    const mine = await consented(headCertificate, 'grant of the head');
    const theirs = await consented(representative, 'grant of the representative');
    const visitor = await visitorAs(headCertificate);
    const { text } = await visitor.get('/account/consents');
    expect(text).toContain('Surname, given name, patronymic, SNILS of the person');
    const fields = { client: 'portal', certificate: nameOf(headCertificate) };
    const done = await visitor.act('/account/consents/withdraw', fields);
    expect(done.text).toContain('The consent is withdrawn');
    expect([await isOpen(mine), await isOpen(theirs)]).toEqual([false, true]);
    expect(await findReach(setting.database, 'grant of the head')).toBeDefined();
    expect(await lastEvent('consent.withdrawn')).toMatchObject({ subject, client: 'portal' });
  });

  it('of others are neither shown to a representative nor withdrawn by one', async () => {
    const head = await consented(headCertificate, 'second grant of the head');
    const visitor = await visitorAs(representative);
    const { text } = await visitor.get('/account/consents');
    expect(text).not.toContain(nameOf(headCertificate));
    const fields = { client: 'portal', certificate: nameOf(headCertificate) };
    const page = await visitor.post('/account/consents/withdraw', fields);
    expect([page.status, codeIn(page)]).toEqual([403, 'organisation_view_forbidden']);
    expect(await isOpen(head)).toBe(true);
  });
});

describe('powers and notices', () => {
  it('are the head’s to change: a representative sees them and is refused', async () => {
    const visitor = await visitorAs(representative);
    const { text } = await visitor.get('/account/powers');
    const number = /name="number" value="([^"]+)"/.exec(
      (await (await visitorAs(headCertificate)).get('/account/powers')).text,
    )?.[1];
    expect(text).toContain(number);
    expect(text).not.toContain(employee.snils);
    for (const [path, fields] of [
      ['/account/powers/withdraw', { number: number ?? '', first: '' }],
      ['/account/notices', { email: 'me@example.org', 'mail-language': 'ru' }],
    ] as const) {
      const page = await visitor.post(path, fields);
      expect([page.status, codeIn(page)], path).toEqual([403, 'organisation_view_forbidden']);
    }
  });

  it('are laid ready by the head from two files; a representative, and what is no power of this organisation, are refused', async () => {
    const hand = async (signer: IssuedCertificate, document: Uint8Array, signature: Uint8Array) => {
      const form = new FormData();
      form.set('document', new Blob([Buffer.from(document)]), 'power.xml');
      form.set('signature', new Blob([Buffer.from(signature)]), 'power.sig');
      return (await visitorAs(signer)).ask('/account/powers/add', { method: 'POST', body: form });
    };
    const power = await setting.power(headCertificate);
    const { document, signature } = power;
    const refused = await hand(representative, document, signature);
    expect([refused.status, codeIn(refused)]).toEqual([403, 'organisation_view_forbidden']);
    const changed = await hand(headCertificate, Buffer.from(`${Buffer.from(document)} `), signature);
    expect([changed.status, codeIn(changed)]).toEqual([403, 'power_of_attorney_invalid']);
    const empty = await hand(headCertificate, document, new Uint8Array());
    expect([empty.status, codeIn(empty)]).toEqual([400, 'request_malformed']);
    const added = await hand(headCertificate, document, signature);
    expect(added.headers.get('location')).toContain('done=power-added');
    const { text } = await (await visitorAs(headCertificate)).get('/account/powers?done=power-added');
    expect(text).toContain('The power of attorney lies ready');
    expect(text).toContain(power.number);
  });

  it('are changed by the head; a wrong address is refused', async () => {
    const visitor = await visitorAs(headCertificate);
    const wrong = await visitor.post('/account/notices', { email: 'nowhere', 'mail-language': 'en' });
    expect([wrong.status, codeIn(wrong)]).toEqual([400, 'request_malformed']);
    const fields = { email: 'director@romashka.example', 'mail-language': 'en' };
    expect((await visitor.act('/account/notices', fields)).text).toContain('director@romashka.example');
    const number = /name="number" value="([^"]+)"/.exec((await visitor.get('/account/powers')).text)?.[1];
    const done = await visitor.act('/account/powers/withdraw', { number: number ?? '', first: '' });
    expect(done.text).toContain('The power of attorney is withdrawn here');
    expect(done.text).toContain('Withdrawn');
  });
});

it('the operator closes the account by disabling its relying party', async () => {
  const visitor = await visitorAs(headCertificate);
  await setting.service.clients.disable(accountClientId, true, setting.now());
  const page = await visitor.get('/account');
  expect([page.status, codeIn(page)]).toEqual([403, 'client_forbidden']);
  expect(codeIn(await new AccountVisitor(setting).post('/account/sign-in'))).toBe('client_forbidden');
  await setting.service.clients.disable(accountClientId, false, setting.now());
  expect((await visitor.get('/account')).status).toBe(200);
});
