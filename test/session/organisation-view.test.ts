import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { rememberConsent } from '../../src/oidc/consent.ts';
import { blockOrganisation, unblockOrganisation } from '../../src/register/block.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  type SignInInput,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, type ChallengeBody, origin, type Portal } from '../service/portal.ts';

let setting: Setting;
let cabinet: Portal;
let bound: Portal;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  // Tests on a fast machine ask more often than any person does.
  setting = await startSetting({ environment: { SEALGATE_REQUESTS_PER_SECOND: '1000' } });
  cabinet = await setting.client('cabinet', { organisationView: true });
  bound = await setting.client('bound', { requireConnectedCarrier: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(() => setting.dispose());

const nameOf = (issued: IssuedCertificate) => thumbprintOf(parseCertificate(issued.certificate));
const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');

async function enter(signer = headCertificate, portal = cabinet, input: SignInInput = {}): Promise<string> {
  const { status, body } = await setting.signIn(portal, signer, input);
  expect([status, body.code]).toEqual([200, undefined]);
  return body.assertion;
}

async function audit(): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(setting.database)) records.push(JSON.parse(record));
  return records;
}

/** Connects a certificate as the bearer of the assertion. */
async function connect(assertion: string, signer: IssuedCertificate, name = 'Рутокен директора') {
  const asked = await setting.ask<ChallengeBody>('/carriers/challenge', assertion, { origin, browser });
  const { challenge, content } = asked.body;
  const signature = await signDetached(Buffer.from(content, 'base64'), signer, setting.now());
  const body = { challenge, signature: base64(signature), origin, browser, name };
  return { reply: await setting.ask('/carriers', assertion, body), body, text: asked.body.text };
}

interface Listed {
  readonly carriers: { certificate: string; name: string; holder: string; lastUsedAt?: string }[];
  readonly powers: { number: string; state: string; representative: { name: string; number: string } }[];
  readonly sessions: { id: string; isCurrent: boolean; client: string }[];
  readonly signIns: { sequence: number; code?: string; session?: string; client: string; origin: string }[];
}
const list = async (path: string, assertion: string) => (await setting.ask<Listed>(path, assertion)).body;

describe('carriers', () => {
  it('are connected by a signature under a text of their own, used, named and disconnected', async () => {
    const assertion = await enter();
    expect(await setting.signIn(bound, headCertificate)).toMatchObject({
      status: 403,
      body: { code: 'certificate_not_bound', stage: 'organisation' },
    });
    const { reply, text, body } = await connect(assertion, headCertificate);
    expect(reply).toMatchObject({ status: 200, body: { certificate: nameOf(headCertificate) } });
    expect(text).toContain('ПОДКЛЮЧЕНИЕ НОСИТЕЛЯ');
    expect(await setting.ask('/carriers', assertion, body)).toMatchObject({
      body: { code: 'challenge_used' },
    });

    const session = await enter(headCertificate, bound);
    const [carrier] = (await list('/carriers', assertion)).carriers;
    expect(carrier).toMatchObject({ name: 'Рутокен директора', holder: `${head.surname} ${head.givenName}` });
    expect(Date.parse(carrier?.lastUsedAt ?? '')).toBeGreaterThan(setting.now() - 60_000);

    const place = `/carriers/${nameOf(headCertificate)}`;
    expect((await setting.ask(`${place}/name`, assertion, { name: 'Старый' })).status).toBe(200);
    expect((await list('/carriers', assertion)).carriers[0]?.name).toBe('Старый');
    expect((await setting.ask(`${place}/disconnect`, assertion, {})).status).toBe(200);
    expect(await setting.isActive(bound, session)).toBe(false);
    expect(await setting.signIn(bound, headCertificate)).toMatchObject({
      body: { code: 'certificate_not_bound' },
    });
    // What opened the view rested on the same certificate.
    expect(await setting.ask('/carriers', assertion)).toMatchObject({ body: { code: 'session_ended' } });
    expect(await setting.ask(`${place}/disconnect`, await enter(), {})).toMatchObject({
      status: 404,
      body: { code: 'carrier_unknown' },
    });
  });

  it('are not connected by a signature that was made to sign in, nor the other way round', async () => {
    const assertion = await enter();
    const { challenge, content } = await cabinet.challenge();
    const signature = base64(
      await signDetached(Buffer.from(content, 'base64'), headCertificate, setting.now()),
    );
    const body = { challenge, signature, origin, browser };
    expect(await setting.ask('/carriers', assertion, { ...body, name: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'challenge_foreign' },
    });
    const asked = await setting.ask<ChallengeBody>('/carriers/challenge', assertion, { origin, browser });
    const other = await signDetached(
      Buffer.from(asked.body.content, 'base64'),
      headCertificate,
      setting.now(),
    );
    const login = { challenge: asked.body.challenge, signature: base64(other), origin, browser };
    expect(await cabinet.post('/v1/logins', login)).toMatchObject({ body: { code: 'challenge_foreign' } });
  });

  it('that are refused stand in the audit like those that are connected, and cost no challenge', async () => {
    const assertion = await enter();
    const before = (await audit()).length;
    const { body } = await setting.ask<ChallengeBody>('/carriers/challenge', assertion, { origin, browser });
    const attempt = async (text: Uint8Array, signer: IssuedCertificate) => {
      const signature = base64(await signDetached(text, signer, setting.now()));
      const { challenge } = body;
      return setting.ask('/carriers', assertion, { challenge, signature, origin, browser, name: 'x' });
    };
    const text = Buffer.from(body.content, 'base64');
    const stranger = await setting.issue(memberOf(otherOrganisation, colleague));
    expect((await attempt(Buffer.from('another text'), headCertificate)).body.code).toBe(
      'signature_content_mismatch',
    );
    expect((await attempt(text, stranger)).body.code).toBe('organisation_mismatch');
    expect((await attempt(text, headCertificate)).status).toBe(200);
    expect((await attempt(text, headCertificate)).body.code).toBe('challenge_used');

    const subject = `ogrn:${organisation.ogrn}`;
    const refused = { event: 'carrier.refused', subject, client: 'cabinet', origin };
    const challenge = expect.any(String);
    expect((await audit()).slice(before)).toMatchObject([
      { ...refused, code: 'signature_content_mismatch', challenge, traceId: expect.any(String) },
      { ...refused, code: 'organisation_mismatch', challenge, certificate: nameOf(stranger) },
      { event: 'carrier.connected', subject, certificate: nameOf(headCertificate) },
      { ...refused, code: 'challenge_used', certificate: nameOf(headCertificate) },
    ]);
    await setting.ask(`/carriers/${nameOf(headCertificate)}/disconnect`, assertion, {});
  });

  it('are not connected where the organisation is blocked meanwhile, and the challenge stays good', async () => {
    const subject = `ogrn:${organisation.ogrn}`;
    let isToBlock = false;
    const other = await startSetting({
      authorisation: (database, now) => ({
        register: {
          // The block itself has been looked for by then, so that only the unit can find it.
          find: async () => {
            if (isToBlock) await blockOrganisation(database, subject, 'for the test', now());
            return undefined;
          },
        },
      }),
    });
    try {
      const client = await other.client('cabinet', { organisationView: true });
      const signer = await other.issue(memberOf(organisation, head));
      const open = async () => (await other.signIn(client, signer)).body.assertion;
      const first = await open();
      const asked = await other.ask<ChallengeBody>('/carriers/challenge', first, { origin, browser });
      const { challenge, content } = asked.body;
      const signature = base64(await signDetached(Buffer.from(content, 'base64'), signer, other.now()));
      const connection = { challenge, signature, origin, browser, name: 'x' };
      isToBlock = true;
      expect((await other.ask('/carriers', first, connection)).body.code).toBe('organisation_blocked');
      isToBlock = false;
      await unblockOrganisation(other.database, subject, other.now());
      expect((await other.ask('/carriers', await open(), connection)).status).toBe(200);
    } finally {
      await other.dispose();
    }
  });

  it('of another organisation, or of a revoked certificate, are not connected', async () => {
    const assertion = await enter();
    const stranger = await setting.issue(memberOf(otherOrganisation, colleague));
    expect((await connect(assertion, stranger)).reply).toMatchObject({
      status: 403,
      body: { code: 'organisation_mismatch' },
    });
    const expired = await setting.authority.issue({
      subscriber: memberOf(organisation, head),
      notBefore: setting.now() - 200_000,
      notAfter: setting.now() - 100_000,
    });
    expect((await connect(assertion, expired)).reply).toMatchObject({
      body: { code: 'certificate_expired' },
    });
  });
});

describe('powers of attorney', () => {
  it('are laid ready, listed and withdrawn, which ends their sessions', async () => {
    const assertion = await enter();
    const given = await setting.power(headCertificate);
    const body = { document: base64(given.document), signature: base64(given.signature) };
    expect(await setting.ask('/powers', assertion, body)).toMatchObject({
      status: 200,
      body: { number: given.number },
    });
    // It lies ready; whom it is for has not acted for the organisation yet, and so has to choose it.
    const session = await enter(employeeCertificate, cabinet, { chosen: organisation.inn });
    const [power] = (await list('/powers', assertion)).powers;
    expect(power).toMatchObject({
      number: given.number,
      state: 'in-force',
      representative: { name: `${employee.surname} ${employee.givenName}`, number: '**********71' },
    });

    // The representative may look, and change nothing but what is their own.
    expect((await setting.ask('/powers', session)).status).toBe(200);
    for (const [path, content] of [
      ['/powers', body],
      [`/powers/${given.number}/withdraw`, {}],
      [`/carriers/${nameOf(headCertificate)}/disconnect`, {}],
      ['/contact', { email: 'a@example.org' }],
    ] as const) {
      expect(await setting.ask(path, session, content)).toMatchObject({
        status: 403,
        body: { code: 'organisation_view_forbidden' },
      });
    }
    expect((await connect(session, employeeCertificate)).reply.status).toBe(200);
    expect((await connect(session, headCertificate)).reply).toMatchObject({
      body: { code: 'organisation_view_forbidden' },
    });

    expect((await setting.ask(`/powers/${given.number}/withdraw`, assertion, {})).status).toBe(200);
    expect(await setting.isActive(cabinet, session)).toBe(false);
    expect((await list('/powers', assertion)).powers[0]?.state).toBe('withdrawn');
    expect(await setting.ask('/powers/none/withdraw', assertion, {})).toMatchObject({
      status: 404,
      body: { code: 'power_of_attorney_unknown' },
    });
  });

  it('of another organisation are not taken', async () => {
    const signer = await setting.issue(memberOf(otherOrganisation, colleague));
    const given = await setting.power(signer, { principal: otherOrganisation, head: colleague });
    const body = { document: base64(given.document), signature: base64(given.signature) };
    expect(await setting.ask('/powers', await enter(), body)).toMatchObject({
      body: { code: 'power_of_attorney_mismatch' },
    });
  });
});

describe('sessions and sign-ins', () => {
  it('are listed with their place and outcome, and foreign sessions can be ended', async () => {
    const [assertion, foreign] = [await enter(), await enter()];
    const refused = await setting.signIn(bound, headCertificate);
    expect(refused.body.code).toBe('certificate_not_bound');
    const { sessions } = await list('/sessions', assertion);
    const claims = JSON.parse(Buffer.from(foreign.split('.')[1] ?? '', 'base64url').toString());
    expect(sessions.find(({ isCurrent }) => isCurrent)?.client).toBe('cabinet');
    expect((await setting.ask(`/sessions/${claims.sid}/end`, assertion, {})).status).toBe(200);
    expect(await setting.isActive(cabinet, foreign)).toBe(false);
    expect(await setting.ask(`/sessions/${claims.sid}/end`, assertion, {})).toMatchObject({
      status: 404,
      body: { code: 'session_unknown' },
    });

    const { signIns } = await list('/sign-ins', assertion);
    expect(signIns[0]).toMatchObject({ code: 'certificate_not_bound', client: 'bound', origin });
    expect(signIns[1]).toMatchObject({ session: claims.sid, client: 'cabinet', origin });
    const older = await list(`/sign-ins?before=${signIns[1]?.sequence}`, assertion);
    expect(older.signIns[0]?.sequence).toBe(signIns[2]?.sequence);
    expect((await setting.ask('/sign-ins?before=x', assertion)).body).toMatchObject({
      code: 'request_malformed',
    });
  });
});

describe('the view', () => {
  it.each([
    ['no assertion', async () => '', 401, 'assertion_invalid'],
    ['nonsense', async () => 'a.b.c', 401, 'assertion_invalid'],
    [
      'an assertion of a relying party that may not',
      async () => enter(headCertificate, await plain()),
      403,
      'client_forbidden',
    ],
  ])('with %s stays shut', async (_, assertionOf, status, code) => {
    expect(await setting.ask('/carriers', await assertionOf())).toMatchObject({ status, body: { code } });
  });

  it('of another organisation stays shut', async () => {
    const assertion = await enter();
    expect(await setting.ask('/carriers', assertion, undefined, otherOrganisation.ogrn)).toMatchObject({
      status: 403,
      body: { code: 'organisation_view_forbidden' },
    });
  });

  it('is not opened by an assertion that was meant for another system', async () => {
    const hub = await setting.portal({
      id: 'hub',
      audiences: ['hub', 'archive'],
      policy: { ...(await policyOf('cabinet')) },
    });
    const { body } = await setting.signIn(hub, headCertificate, { audience: 'archive' });
    expect(await setting.ask('/carriers', body.assertion)).toMatchObject({
      status: 401,
      body: { code: 'assertion_invalid' },
    });
  });

  it('lists consents, and withdraws them once', async () => {
    const at = setting.now();
    const certificate = thumbprintOf(parseCertificate(headCertificate.certificate));
    const parties = { subject: `ogrn:${organisation.ogrn}`, certificate, client: 'portal' };
    await setting.database.write({
      statements: rememberConsent(parties, { scopes: ['signer'], claims: [] }, at),
    });
    const assertion = await enter();
    expect((await setting.ask('/consents', assertion)).body).toMatchObject({
      consents: [{ client: 'portal', certificate, scopes: ['signer'] }],
    });
    const body = { client: 'portal', certificate };
    expect((await setting.ask('/consents/withdraw', assertion, body)).body).toEqual({ withdrawn: true });
    expect((await setting.ask('/consents/withdraw', assertion, body)).body).toEqual({ withdrawn: false });
    expect((await setting.ask('/consents', assertion)).body).toEqual({ consents: [] });
  });

  it('keeps the contact, and refuses one that is no address', async () => {
    const assertion = await enter();
    expect((await setting.ask('/contact', assertion)).body).toEqual({});
    expect((await setting.ask('/contact', assertion, { email: 'no address' })).status).toBe(400);
    await setting.ask('/contact', assertion, { email: 'office@example.org', language: 'en' });
    expect((await setting.ask('/contact', assertion)).body).toEqual({
      email: 'office@example.org',
      language: 'en',
    });
  });

  it('names the right method for a wrong one', async () => {
    const reply = await setting.ask('/powers/x/withdraw', await enter());
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

let plainClient: Portal | undefined;
async function plain(): Promise<Portal> {
  plainClient ??= await setting.client('plain');
  return plainClient;
}

async function policyOf(id: string) {
  const client = await setting.service.clients.find(id, setting.now());
  if (client === undefined) throw new Error('unreachable');
  return client.policy;
}
