import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { origin } from '../service/portal.ts';
import {
  answerTo,
  askRaw,
  codeOf,
  consented,
  dataAt,
  decoded,
  leadsTo,
  startFront,
  type TestFront,
  takeRaw,
  tokenForm,
} from './flow.ts';
import { authorizationForm } from './system.ts';

let front: TestFront;
beforeAll(async () => {
  front = await startFront();
});
afterAll(() => front.service.dispose());

interface Opened {
  readonly token: string;
  readonly oid: number;
  get(path: string): ReturnType<typeof dataAt>;
}

async function opened(scope: string): Promise<Opened> {
  const { body } = await takeRaw(front, tokenForm({ code: await codeOf(front, { scope }) }));
  const token = body.access_token;
  const oid = decoded(token).claims['urn:esia:sbj_id'] as number;
  return { token, oid, get: (path) => dataAt(front, path.replace('OID', String(oid)), token) };
}

/** The number of the organisation that signs in. */
async function organisationNumber(): Promise<number> {
  const { get } = await opened('openid usr_org');
  const { body } = await get('/rs/prns/OID/roles');
  return (body.elements[0] as { oid: number }).oid;
}

describe('data of the person', () => {
  it('are those of the granted scopes and no others', async () => {
    const { get, oid } = await opened('openid inn');
    const { body } = await get('/rs/prns/OID');
    expect(body).toMatchObject({ stateFacts: ['EntityRoot'], trusted: true, inn: '500100732259' });
    expect(body.eTag).toMatch(/^[0-9A-F]{40}$/);
    for (const field of ['firstName', 'lastName', 'snils']) expect(body).not.toHaveProperty(field);
    expect(await get(`/rs/prns/${oid + 1}`)).toMatchObject({ status: 403, body: { code: 'ESIA-005029' } });
  });

  it.each(['/rs/prns/OID/roles', '/rs/prns/OID/orgs', '/rs/prns/OID/ctts', '/rs/prns/OID/docs'])(
    '%s without its scope are refused with 403 ESIA-005029',
    async (path) => {
      const { get } = await opened('openid fullname');
      expect(await get(path)).toMatchObject({ status: 403, body: { code: 'ESIA-005029' } });
    },
  );

  it.each([
    '',
    '/',
    '?embed=(elements)',
    '/?embed=()',
    '?embed=%28contacts.elements%2Corganizations.elements%29',
  ])('are given with %j behind the address', async (tail) => {
    const { get } = await opened('openid fullname');
    expect(await get(`/rs/prns/OID${tail}`)).toMatchObject({ status: 200, body: { firstName: 'Анна' } });
  });

  it('embed the collections that their scopes open', async () => {
    const { get } = await opened('openid usr_org email');
    const { body } = await get(
      '/rs/prns/OID?embed=(contacts.elements,organizations.elements,vehicles.elements)',
    );
    expect(body).toMatchObject({
      contacts: { size: 0, elements: [] },
      organizations: { size: 1, elements: [{ fullName: 'ПАО «Ромашка»', ogrn: '1027700132195' }] },
    });
    expect(body).not.toHaveProperty('vehicles');
  });

  it('of collections are addresses below the service’s own name, or embedded, with a doubled slash too', async () => {
    const { get } = await opened('openid usr_org');
    const { body } = await get('/rs/prns/OID/orgs');
    const base = front.base.replace('127.0.0.1', 'localhost');
    expect(body).toMatchObject({ stateFacts: ['hasSize'], size: 1 });
    expect(body.elements[0]).toMatch(new RegExp(`^${base}/rs/orgs/\\d{10}$`));
    expect((await get('/rs/prns/OID//orgs?embed=(elements)')).body.elements[0]).toMatchObject({
      type: 'LEGAL',
    });
  });

  it('tell the role that certificate, register and powers give, inline', async () => {
    const { get, oid } = await opened('openid usr_org');
    expect((await get('/rs/prns/OID/roles')).body).toMatchObject({
      size: 1,
      elements: [
        {
          ...{ prnOid: oid, fullName: 'ПАО «Ромашка»', ogrn: '1027700132195', type: 'LEGAL', chief: true },
          ...{ admin: false, active: true, hasRightOfSubstitution: true, isLiquidated: false },
        },
      ],
    });
  });

  it.each([
    ['ESIA-005011', 'of nobody', () => 'x.y.z'],
    ['ESIA-005011', 'with a claim exchanged', (token: string) => forged(token)],
  ])('are refused with 401 %s for a token %s', async (code, _what, change) => {
    const { token, oid } = await opened('openid');
    expect(await dataAt(front, `/rs/prns/${oid}`, change(token))).toMatchObject({
      status: 401,
      body: { code },
    });
  });

  it('are not opened by an ID token', async () => {
    const { body } = await takeRaw(front, tokenForm({ code: await codeOf(front) }));
    const oid = decoded(body.access_token).claims['urn:esia:sbj_id'];
    expect(await dataAt(front, `/rs/prns/${oid}`, String(body.id_token))).toMatchObject({ status: 401 });
  });

  it('are refused with 401 ESIA-005013 after the token’s hour', async () => {
    const own = await startFront();
    try {
      const { body } = await takeRaw(own, tokenForm({ code: await codeOf(own) }));
      const oid = decoded(body.access_token).claims['urn:esia:sbj_id'];
      own.service.pass(3_600_000);
      expect(await dataAt(own, `/rs/prns/${oid}`, body.access_token)).toMatchObject({
        status: 401,
        body: { code: 'ESIA-005013' },
      });
    } finally {
      await own.service.dispose();
    }
  });
});

function forged(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, scope: 'snils' })).toString('base64url');
  return [header, changed, signature].join('.');
}

describe('data of the organisation', () => {
  it('need scopes of the organisation: its link opens nothing to the person’s own token', async () => {
    const { get } = await opened('openid usr_org');
    const { body } = await get('/rs/prns/OID/orgs');
    expect(await get(String(body.elements[0]).replace('localhost', '127.0.0.1'))).toMatchObject({
      status: 403,
    });
  });

  it('are given by a second authorization whose scopes name it, field by field', async () => {
    const number = await organisationNumber();
    const scope = `openid http://esia.gosuslugi.ru/org_inn?org_oid=${number} org_ogrn?org_oid=${number}`;
    const { token } = await opened(scope);
    expect(decoded(token).claims.scope).toContain(`http://esia.gosuslugi.ru/org_inn?org_oid=${number}`);
    const { body } = await dataAt(front, `/rs/orgs/${number}`, token);
    expect(body).toMatchObject({ oid: number, inn: '7707083893', ogrn: '1027700132195' });
    expect(body).not.toHaveProperty('fullName');
  });

  it('are given to the system by itself while somebody of it is signed in, and to no other number', async () => {
    const number = await organisationNumber();
    const form = (oid: number) =>
      tokenForm({
        grant_type: 'client_credentials',
        scope: `http://esia.gosuslugi.ru/org_inn?org_oid=${oid}`,
      });
    const { status, body } = await takeRaw(front, form(number));
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('refresh_token');
    expect((await dataAt(front, `/rs/orgs/${number}`, body.access_token)).body).toMatchObject({
      inn: '7707083893',
    });
    expect(await takeRaw(front, form(number + 1))).toMatchObject({
      status: 400,
      body: { error_description: expect.stringMatching(/^ESIA-007194/) },
    });
    const personal = tokenForm({ grant_type: 'client_credentials', scope: 'snils' });
    expect(await takeRaw(front, personal)).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('of a number that is another’s are refused to the portal with ESIA-007194', async () => {
    const number = await organisationNumber();
    const scope_org = `http://esia.gosuslugi.ru/org_inn?org_oid=${number + 1}`;
    const answer = await answerTo(front, askRaw(front, authorizationForm({ scope: 'openid', scope_org })));
    expect(answer.get('error_description')).toMatch(/^ESIA-007194/);
  });
});

describe('the consent', () => {
  // Of others nothing was allowed here before.
  let front: TestFront;
  beforeEach(async () => {
    front = await startFront();
  });
  afterEach(() => front.service.dispose());

  /** Signs in and gives the address at which the sign-in page ends. */
  async function signedIn(more = {}): Promise<URL> {
    const { headers } = await front.person.get(`/esia${askRaw(front, authorizationForm(more))}`);
    const page = new URL(headers.get('location') ?? '').pathname;
    await front.person.get(page);
    return new URL((await front.person.sign(page)).body.location ?? '');
  }

  it('names every field with its value', async () => {
    const back = await signedIn();
    const next = (await front.person.get(`${back.pathname}${back.search}`)).headers.get('location') ?? '';
    const { text } = await front.person.get(next);
    for (const value of ['Иванова Анна Петровна', '11223344595', 'ПАО «Ромашка»', 'ИНН организации'])
      expect(text).toContain(value);
  });

  it('is not asked again for what was allowed, and is where more is asked for', async () => {
    const whereTo = (scope: string) => leadsTo(front, askRaw(front, authorizationForm({ scope })));
    const { pathname, search } = await signedIn({ scope: 'openid snils' });
    const asked = (await front.person.get(`${pathname}${search}`)).headers.get('location') ?? '';
    expect(asked).toContain('/authorization/');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await front.person.post(asked, form, 'decision=allow');
    expect(await whereTo('openid snils')).toContain(`${origin}/back?code=`);
    expect(await whereTo('openid')).toContain(`${origin}/back?code=`);
    expect(await whereTo('openid snils inn')).toContain('/authorization/');
    expect(await whereTo('openid usr_org')).toContain('/authorization/');
  });

  it('that is denied is told to the portal with ESIA-007004', async () => {
    const answer = await consented(front, await signedIn(), 'deny');
    expect([answer.get('error'), answer.get('error_description')]).toEqual([
      'access_denied',
      expect.stringMatching(/^ESIA-007004/),
    ]);
  });

  it('is asked of the browser that signed in alone, and by a page of the service', async () => {
    const back = await signedIn();
    const next = (await front.person.get(`${back.pathname}${back.search}`)).headers.get('location') ?? '';
    const foreign = await fetch(`${front.service.url}${next}`);
    expect([foreign.status, await foreign.text()]).toEqual([403, expect.stringContaining('sign_in_foreign')]);
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    expect(await front.person.post(next, form, 'decision=allow')).toMatchObject({ status: 403 });
    const allowed = await front.person.post(
      next,
      { 'content-type': 'application/x-www-form-urlencoded' },
      'decision=allow',
    );
    expect(allowed.text).toContain(`${origin}/back?code=`);
  });

  it('is not asked where the person went back: the portal is told ESIA-007004', async () => {
    const { headers } = await front.person.get(`/esia${askRaw(front, authorizationForm())}`);
    const page = new URL(headers.get('location') ?? '').pathname;
    await front.person.get(page);
    const { text } = await front.person.post(`${page}/cancel`);
    const back = /href="([^"]+authorization[^"]+)"/.exec(text)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const { pathname, search } = new URL(back);
    const ended = await front.person.get(`${pathname}${search}`);
    expect(ended.headers.get('location')).toContain(`${origin}/back?error=access_denied`);
  });
});

describe('what somebody writes behind the service’s back', () => {
  const change = (sql: string) =>
    front.service.service.database.write({ statements: [{ sql, parameters: [] }] });

  it('into a grant opens nothing', async () => {
    const { get } = await opened('openid');
    expect((await get('/rs/prns/OID')).status).toBe(200);
    await change(`UPDATE esia_grant SET facts = replace(facts, '"openid"', '"snils"')`);
    expect((await get('/rs/prns/OID')).status).toBe(401);
  });

  it('into an authorization gives no tokens', async () => {
    const code = await codeOf(front);
    await change(
      `UPDATE esia_authorization SET claims = replace(claims, 'Анна', 'Инна') WHERE state = 'granted'`,
    );
    expect((await takeRaw(front, tokenForm({ code }))).status).toBe(400);
    expect((await takeRaw(front, tokenForm({ code: await codeOf(front) }))).status).toBe(200);
  });
});

describe('the front', () => {
  it('is off by default', async () => {
    const { startTestService } = await import('../service/portal.ts');
    const service = await startTestService();
    try {
      for (const path of ['/esia/aas/oauth2/ac', '/aas/oauth2/ac', '/esia/rs/prns/1'])
        expect((await fetch(`${service.url}${path}`)).status).toBe(404);
    } finally {
      await service.dispose();
    }
  });

  it('signs out to registered addresses alone', async () => {
    const out = (address: string) =>
      front.person.get(`/esia/idp/ext/Logout?client_id=SYSTEM&redirect_url=${encodeURIComponent(address)}`);
    expect((await out(`${origin}/bye`)).headers.get('location')).toBe(`${origin}/bye`);
    expect(await out('https://elsewhere.example/')).toMatchObject({ status: 400 });
    expect(await front.person.get('/esia/idp/ext/Logout?client_id=SYSTEM')).toMatchObject({ status: 200 });
  });
});
