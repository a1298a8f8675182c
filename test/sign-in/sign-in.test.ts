import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { endUnconfirmed } from '../../src/sign-in/hand-over.ts';
import { forgetSignIns } from '../../src/sign-in/storage.ts';
import { takeSignIn } from '../../src/sign-in/take.ts';
import {
  browser,
  origin,
  type Portal,
  signText,
  startTestService,
  type TestService,
  verifyTestSignature,
} from '../service/portal.ts';
import { Person, returnUri } from './person.ts';

const minute = 60_000;

let service: TestService;
let portal: Portal;
let person: Person;
beforeEach(async () => {
  service = await startTestService();
  portal = await service.portal({ returnUris: [returnUri] });
  person = new Person(service);
});
afterEach(() => service.dispose());

const take = (code: string, client = portal) =>
  client.post<{ code: string; assertion: string; sessionId: string }>('/v1/sign-ins/result', { code });

async function audit(event: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(service.service.database)) records.push(JSON.parse(record));
  return records.filter((record) => record.event === event);
}

describe('beginning a sign-in', () => {
  it.each([
    ['portal_unknown', 404, { client_id: 'nobody' }],
    ['client_forbidden', 403, { return_uri: `${returnUri}/` }],
    ['client_forbidden', 403, { return_uri: 'https://elsewhere.example/back' }],
    ['client_forbidden', 403, { return_uri: `${returnUri}?next=1` }],
    ['request_malformed', 400, { inn: '77' }],
    ['request_malformed', 400, { state: 's'.repeat(1_025) }],
  ])(
    'by a link is refused with %s, on a page of the service and nowhere else (%i, %j)',
    async (code, status, change) => {
      const query = new URLSearchParams({ client_id: portal.id, return_uri: returnUri, ...change } as Record<
        string,
        string
      >);
      const reply = await person.get(`/sign-in/start?${query}`);
      expect(reply).toMatchObject({ status });
      expect(reply.text).toContain(code);
      expect(reply.headers.get('location')).toBe(null);
      await expect(person.start(portal)).resolves.toMatch(/^\/sign-in\/[\w-]{43}$/);
    },
  );

  it('by a link with a parameter given twice is refused with request_malformed', async () => {
    const query = new URLSearchParams({ client_id: portal.id, return_uri: returnUri });
    query.append('return_uri', returnUri);
    expect((await person.get(`/sign-in/start?${query}`)).text).toContain('request_malformed');
  });

  it('by the API gives the address of the page, and refuses addresses that are not registered', async () => {
    const { body } = await portal.post<{ url: string }>('/v1/sign-ins', {
      returnUri,
      state: 'x',
      language: 'en',
    });
    const path = new URL(body.url).pathname;
    const page = await person.get(path);
    expect(page.text).toContain('Trading Floor');
    const { body: signed } = await person.sign(path);
    expect(signed.location).toContain(`${returnUri}?state=x&code=`);
    expect(await portal.post('/v1/sign-ins', { returnUri: origin })).toMatchObject({
      status: 403,
      body: { code: 'client_forbidden' },
    });
  });

  it('shows the INN that the portal named, in the text as well', async () => {
    const path = await person.start(portal, { inn: '7707083893' });
    expect((await person.challenge(path)).text).toContain('ИНН организации: 7707083893');
  });

  it('by the API can ask for a higher class of the signing tool, never for a lower one', async () => {
    const asked: string[] = [];
    await service.dispose();
    service = await startTestService({
      verifyLogin: (input) => {
        asked.push(input.client.policy.minimumClass);
        return verifyTestSignature(input);
      },
    });
    portal = await service.portal({
      returnUris: [returnUri],
      policy: policySchema.parse({ minimumClass: 'KC3' }),
    });
    person = new Person(service);
    for (const minimumClass of ['KC1', 'KB2'] as const) {
      const { body } = await portal.post<{ url: string }>('/v1/sign-ins', { returnUri, minimumClass });
      const path = new URL(body.url).pathname;
      await person.get(path);
      expect(await person.sign(path)).toMatchObject({ status: 200 });
    }
    expect(asked).toEqual(['KC3', 'KB2']);
  });
});

describe('the code that a browser brings back', () => {
  it('is exchanged once, and gives an assertion that is in force', async () => {
    const code = await person.code(await person.start(portal));
    const taken = await take(code);
    expect(taken).toMatchObject({ status: 200, body: { organisation: { inn: '7707083893' }, amr: ['hwk'] } });
    const { body } = await portal.post<{ active: boolean }>('/v1/assertions/introspect', {
      token: taken.body.assertion,
    });
    expect(body.active).toBe(true);
    expect(await take(code)).toMatchObject({ status: 409, body: { code: 'sign_in_code_used' } });
    const [event] = await audit('sign_in.taken');
    expect(event).toMatchObject({ client: portal.id, session: taken.body.sessionId });
  });

  it('of another relying party is refused with sign_in_code_foreign, and its own may still take it', async () => {
    const other = await service.portal({ id: 'other' });
    const code = await person.code(await person.start(portal));
    expect(await take(code, other)).toMatchObject({ status: 403, body: { code: 'sign_in_code_foreign' } });
    expect(await take(code)).toMatchObject({ status: 200 });
  });

  it('is refused with sign_in_code_expired after a minute, not before', async () => {
    const [early, late] = [
      await person.code(await person.start(portal)),
      await person.code(await person.start(portal)),
    ];
    service.pass(minute - 5_000);
    expect(await take(early)).toMatchObject({ status: 200 });
    service.pass(5_001);
    expect(await take(late)).toMatchObject({ status: 410, body: { code: 'sign_in_code_expired' } });
  });

  it.each(['a'.repeat(43), 'x', '%'])(
    'that is none (%s) is refused with sign_in_code_invalid',
    async (code) => {
      expect(await take(code)).toMatchObject({ status: 400, body: { code: 'sign_in_code_invalid' } });
    },
  );

  it('is worth nothing once the session has ended', async () => {
    const path = await person.start(portal);
    const code = await person.code(path);
    await service.service.database.write({
      statements: [{ sql: "UPDATE session SET ended_at = 1, end_reason = 'logged-out'", parameters: [] }],
    });
    expect(await take(code)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  });

  it('is taken by one of two processes that take it at once', async () => {
    const codes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const one = new Person(service);
        return one.code(await one.start(portal));
      }),
    );
    const secrets = await loadSecrets(`${service.folder}/secrets`);
    const second = openSqlite({ file: `${service.folder}/sealgate.sqlite`, secrets, at: Date.now() });
    const client = await service.service.clients.authenticate(
      portal.id,
      Buffer.from(portal.authorization.slice(6), 'base64')
        .toString()
        .slice(portal.id.length + 1),
      Date.now(),
    );
    const context = { at: Date.now(), traceId: 'a'.repeat(32) };
    for (const code of codes) {
      const takings = [service.service.database, second].map((database) =>
        takeSignIn({ database }, client, code, context),
      );
      const outcomes = await Promise.allSettled(takings);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(refused?.reason).toMatchObject({ code: 'sign_in_code_used' });
    }
    await second.close();
  });
});

describe('a sign-in', () => {
  it('belongs to the first browser that opens it; another cookie, or two of them, is refused', async () => {
    const path = await person.start(portal);
    const stranger = new Person(service);
    expect((await stranger.get(path)).text).toContain('sign_in_foreign');
    expect((await stranger.post(`${path}/signature`)).text).toContain('sign_in_foreign');
    const { cookie = '' } = person;
    expect((await person.get(path, { cookie: `${cookie}; ${cookie}` })).text).toContain('sign_in_foreign');
    expect((await person.get(path)).status).toBe(200);
  });

  it('is signed once, by whichever of ten requests comes first; the others open no session', async () => {
    const path = await person.start(portal);
    const { challenge, text } = await person.challenge(path);
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const body = JSON.stringify({ challenge, signature: signText(text) });
    const send = () => person.post(`${path}/signature`, headers, body);
    const replies = await Promise.all(Array.from({ length: 10 }, send));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    const [row] = await service.service.database.read({
      sql: 'SELECT count(*) AS n FROM session',
      parameters: [],
    });
    expect(row?.n).toBe(1);
  });

  it('takes so many tries and no more', async () => {
    const path = await person.start(portal);
    const wrong = Buffer.alloc(64, 1).toString('base64');
    for (let count = 0; count < 20; count += 1) {
      expect(await person.sign(path, wrong)).toMatchObject({
        status: 401,
        body: { code: 'signature_invalid' },
      });
    }
    expect(await person.sign(path)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('does not take the challenge of another sign-in, nor one of the API', async () => {
    const [first, second] = [await person.start(portal), await person.start(portal)];
    const { challenge } = await person.challenge(second);
    const { challenge: ofPortal } = await portal.challenge();
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    for (const token of [challenge, ofPortal]) {
      const body = JSON.stringify({ challenge: token, signature: 'MAA=' });
      expect((await person.post(`${first}/signature`, headers, body)).text).toContain('challenge_foreign');
    }
    const { challenge: own, text } = await person.challenge(first);
    expect(
      await portal.post('/v1/logins', { challenge: own, signature: signText(text), origin, browser }),
    ).toMatchObject({ body: { code: 'challenge_foreign' } });
    expect(await person.sign(first)).toMatchObject({ status: 200 });
  });

  it('shows its text until that is too old to be signed, then another one', async () => {
    const path = await person.start(portal);
    const { text } = await person.challenge(path);
    expect((await person.challenge(path)).text).toBe(text);
    expect((await person.get(`${path}/text`)).text).toBe(text);
    service.pass(4 * minute + 1);
    expect((await person.challenge(path)).text).not.toBe(text);
    expect(await person.sign(path)).toMatchObject({ status: 200 });
  });

  it('answers a script that looks again with 304 until something has changed', async () => {
    const path = await person.start(portal);
    const first = await person.get(`${path}/state`);
    const tag = first.headers.get('etag') ?? '';
    expect((await person.get(`${path}/state`, { 'if-none-match': tag })).status).toBe(304);
    await person.post(`${path}/other`);
    const changed = await person.get(`${path}/state`, { 'if-none-match': tag });
    expect(JSON.parse(changed.text)).toMatchObject({ view: { kind: 'offered' } });
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['an older browser on another site', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
  ])('takes nothing from a page of %s', async (_, headers) => {
    const path = await person.start(portal);
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const reply = await fetch(`${service.url}${path}/cancel`, {
      method: 'POST',
      headers: { cookie: person.cookie ?? '', ...sent } as Record<string, string>,
    });
    expect(reply.status).toBe(403);
    expect(await reply.text()).toContain('request_foreign');
    expect((await person.get(path)).status).toBe(200);
  });

  it.each([
    ['no file', 'signature_file_missing', (form: FormData) => form.set('signature', new File([], ''))],
    ['a text in its place', 'signature_file_missing', (form: FormData) => form.set('signature', 'x')],
    ['no challenge', 'request_malformed', (form: FormData) => form.delete('challenge')],
    [
      'a file of no signature',
      'signature_invalid',
      (form: FormData) => form.set('signature', new File(['MAMCAQU='], 'a.sig')),
    ],
    [
      'a file too large',
      'request_too_large',
      (form: FormData) => form.set('signature', new File([Buffer.alloc(400_000)], 'a.sig')),
    ],
  ])('by a form with %s is refused with %s on the page itself', async (_, code, change) => {
    const path = await person.start(portal);
    const { challenge } = await person.challenge(path);
    const form = new FormData();
    form.set('challenge', challenge);
    form.set('signature', new File(['MAA='], 'a.sig'));
    change(form);
    const reply = await fetch(`${service.url}${path}/signature`, {
      method: 'POST',
      headers: { cookie: person.cookie ?? '', 'sec-fetch-site': 'same-origin' },
      body: form,
    });
    const text = await reply.text();
    expect(text).toContain(`>${code}<`);
    expect(text).toContain('id="upload"');
  });

  it('is refused with request_malformed where the form is broken off', async () => {
    const path = await person.start(portal);
    const reply = await person.post(
      `${path}/signature`,
      { 'content-type': 'multipart/form-data; boundary=x' },
      '--x\r\n',
    );
    expect(reply.text).toContain('request_malformed');
  });

  it('goes with headers that let nothing run but its own script, and nobody frame it', async () => {
    const { headers } = await person.get(await person.start(portal));
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:(?!\/\/127\.0\.0\.1:)/);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('what is left of sign-ins', () => {
  it('is forgotten an hour after their time, not before', async () => {
    await person.start(portal);
    const rows = async () =>
      (await service.service.database.read({ sql: 'SELECT state FROM page_sign_in', parameters: [] })).length;
    await service.service.database.write({ statements: [...forgetSignIns(Date.now() + 74 * minute)] });
    expect(await rows()).toBe(1);
    await service.service.database.write({ statements: [...forgetSignIns(Date.now() + 76 * minute)] });
    expect(await rows()).toBe(0);
  });

  it('names nobody once the code was taken, or can be taken no more', async () => {
    const names = async () =>
      (await service.service.database.read({ sql: 'SELECT claims FROM page_sign_in', parameters: [] })).map(
        ({ claims }) => claims,
      );
    await take(await person.code(await person.start(portal)));
    expect(await names()).toEqual([null]);
    await person.code(await person.start(portal));
    expect((await names()).filter((claims) => claims !== null)).toHaveLength(1);
    await service.service.database.write({ statements: [...forgetSignIns(Date.now() + 17 * minute)] });
    expect((await names()).filter((claims) => claims !== null)).toEqual([]);
  });

  it('is no session, where nobody confirmed in time what another screen signed', async () => {
    const path = await person.start(portal);
    await person.post(`${path}/other`);
    const shown = await person.get(path);
    const link = /\/sign-in\/other\/[\w-]{43}/.exec(shown.text)?.[0] ?? '';
    const other = new Person(service);
    await other.post(link);
    expect(await other.sign(link)).toMatchObject({ status: 200, body: { location: null } });
    await endUnconfirmed(service.service, Date.now() + 14 * minute);
    expect(await audit('sign_in.declined')).toEqual([]);
    await endUnconfirmed(service.service, Date.now() + 16 * minute);
    expect(await audit('sign_in.declined')).toHaveLength(1);
    const [session] = await service.service.database.read({
      sql: 'SELECT end_reason FROM session',
      parameters: [],
    });
    expect(session?.end_reason).toBe('not-confirmed');
  });
});
