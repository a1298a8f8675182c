import { hash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../src/algorithm/digest.ts';
import type { KeptRequest } from '../../src/esia/storage/request.ts';
import { esiaSystemSchema } from '../../src/relying-party/esia-system.ts';
import { origin, type Portal } from '../service/portal.ts';
import {
  answerTo,
  askCms,
  askRaw,
  codeOf,
  post,
  scopes,
  startFront,
  type TestFront,
  takeRaw,
  tokenForm,
} from './flow.ts';
import {
  authorizationForm,
  type Form,
  type SystemKey,
  signAttached,
  signCms,
  signRaw,
  systemKey,
  timestamp,
  toSign,
} from './system.ts';

let front: TestFront;
let strange: SystemKey;
let second: Portal;
beforeAll(async () => {
  front = await startFront();
  strange = await systemKey('rsa-2048', 'Client system');
  second = await front.service.portal({
    id: 'second',
    esia: esiaSystemSchema.parse({
      mnemonic: 'SECOND',
      certificates: [front.other.base64],
      redirects: [`${origin}/second`],
      scopes,
    }),
  });
});
afterAll(() => front.service.dispose());

/** The newest request on the developers' page, as data. */
async function newest(authorization = front.authorization): Promise<KeptRequest> {
  const response = await fetch(`${front.base}/developer`, {
    headers: { authorization, accept: 'application/json' },
  });
  const { requests } = (await response.json()) as { requests: KeptRequest[] };
  const [first] = requests;
  if (first === undefined) throw new Error('no request');
  return first;
}

/** The refusal that the portal is told, and why, as its developers see it. */
async function refusedAt(path: string) {
  const answer = await answerTo(front, path);
  const { outcome, told, came, expected, details } = await newest();
  return { code: answer.get('error_description')?.slice(0, 11), outcome, told, came, expected, details };
}

describe('a request that makes a mistake of clients gets ЕСИА’s code, and its developers the difference', () => {
  it('the order of v1 at v2', async () => {
    const form = authorizationForm();
    const path = askRaw(front, form, { client_secret: signRaw(front.gost, toSign('v1', form)) });
    expect(await refusedAt(path)).toMatchObject({
      code: 'ESIA-007053',
      outcome: 'esia_secret_invalid',
      expected: { text: toSign('v2', form), form: 'raw' },
      came: { kind: 'raw', signed: toSign('v1', form), differences: ['esia-found-order-v1'] },
    });
    expect((await answerTo(front, askRaw(front, authorizationForm()))).get('code')).not.toBe(null);
  });

  it('the order of v2 at v1', async () => {
    const form = authorizationForm();
    const path = await askCms(front, form, { client_secret: await signCms(front.gost, toSign('v2', form)) });
    expect(await refusedAt(path)).toMatchObject({
      code: 'ESIA-007053',
      came: { kind: 'cms', differences: ['esia-found-order-v2'] },
    });
  });

  it('CMS in place of the raw signature', async () => {
    const form = authorizationForm();
    const path = askRaw(front, form, { client_secret: await signCms(front.gost, toSign('v2', form)) });
    expect(await refusedAt(path)).toMatchObject({
      code: 'ESIA-007053',
      details: { problem: 'esia-cms-for-raw' },
      came: { kind: 'cms', differences: ['esia-found-right-string'] },
    });
  });

  it('the raw octets in reverse, as CryptoPro gives them', async () => {
    const form = authorizationForm();
    const raw = Buffer.from(signRaw(front.gost, toSign('v2', form)), 'base64url').reverse();
    expect(await refusedAt(askRaw(front, form, { client_secret: raw.toString('base64url') }))).toMatchObject({
      code: 'ESIA-007053',
      came: { differences: ['esia-found-reversed'] },
    });
  });

  it.each(['\n', '\r\n'])('the hash of the PEM text with ends of lines %j', async (end) => {
    const pem = front.gost.certificatePem.replaceAll('\n', end);
    const hash = Buffer.from(digest('streebog256', Buffer.from(pem))).toString('hex');
    const form = authorizationForm();
    expect(await refusedAt(askRaw(front, form, { client_certificate_hash: hash }))).toMatchObject({
      code: 'ESIA-007053',
      details: { problem: 'esia-hash-of-pem' },
      expected: {
        certificates: expect.arrayContaining([
          expect.objectContaining({ hash: front.gost.hash.toLowerCase() }),
        ]),
      },
    });
  });

  it('a clock that is off by more than the window, and a time in another form', async () => {
    const late = authorizationForm({ timestamp: timestamp(Date.now() - 301_000) });
    expect(await refusedAt(askRaw(front, late))).toMatchObject({
      code: 'ESIA-007015',
      outcome: 'esia_timestamp_skewed',
      details: { allowed: 300 },
    });
    const other = authorizationForm({ timestamp: new Date().toISOString() });
    expect(await refusedAt(askRaw(front, other))).toMatchObject({ code: 'ESIA-007014' });
    const near = authorizationForm({ timestamp: timestamp(Date.now() - 290_000) });
    expect((await answerTo(front, askRaw(front, near))).get('code')).not.toBe(null);
  });

  it('a certificate of somebody else, by v2 and by v1, though it has the same name', async () => {
    const form = authorizationForm();
    const secret = signRaw(front.other, toSign('v2', form));
    const change = { client_certificate_hash: front.other.hash, client_secret: secret };
    expect(await refusedAt(askRaw(front, form, change))).toMatchObject({
      code: 'ESIA-007002',
      outcome: 'esia_certificate_foreign',
    });
    const cms = signAttached(strange, toSign('v1', form));
    expect(await refusedAt(await askCms(front, form, { client_secret: cms }))).toMatchObject({
      code: 'ESIA-007002',
    });
  });

  it('an address of another host: told on a page, and never there', async () => {
    const form = authorizationForm({ redirect_uri: 'https://elsewhere.example/back' });
    const reply = await front.person.get(`/esia${askRaw(front, form)}`);
    expect(reply).toMatchObject({ status: 400 });
    expect(reply.headers.get('location')).toBe(null);
    expect(reply.text).toContain('esia_redirect_forbidden');
    expect(await newest()).toMatchObject({
      outcome: 'esia_redirect_forbidden',
      told: { description: expect.stringMatching(/^ESIA-007023/) },
    });
  });

  it('a code twice: refused, and what the first brought ends', async () => {
    const code = await codeOf(front);
    const first = await takeRaw(front, tokenForm({ code }));
    expect(first.status).toBe(200);
    expect(await takeRaw(front, tokenForm({ code }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: expect.stringMatching(/^ESIA-007011/) },
    });
    expect(await newest()).toMatchObject({ details: { problem: 'esia-code-used' }, isProven: true });
    const refresh = tokenForm({
      grant_type: 'refresh_token',
      refresh_token: String(first.body.refresh_token),
    });
    expect((await takeRaw(front, refresh)).status).toBe(400);
  });

  it('a code that was asked for with a challenge, without its verifier or with another', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = hash('sha256', verifier, 'base64url');
    const code = await codeOf(front, { code_challenge: challenge, code_challenge_method: 'S256' });
    for (const more of [{}, { code_verifier: 'x'.repeat(43) }] as const) {
      const { body } = await takeRaw(front, tokenForm({ code, ...more }));
      expect(body.error_description).toMatch(/^ESIA-007040/);
    }
    expect(await newest()).toMatchObject({ outcome: 'esia_verifier_wrong' });
    expect((await takeRaw(front, tokenForm({ code, code_verifier: verifier }))).status).toBe(200);
  });

  it('a verifier of a code that was asked for without a challenge, and a challenge that is none', async () => {
    const code = await codeOf(front);
    const { body } = await takeRaw(front, tokenForm({ code, code_verifier: 'v'.repeat(43) }));
    expect(body.error_description).toMatch(/^ESIA-007039/);
    const plain = authorizationForm({ code_challenge: 'v'.repeat(43), code_challenge_method: 'plain' });
    expect((await answerTo(front, askRaw(front, plain))).get('error_description')).toMatch(/^ESIA-007003/);
  });

  it('a code of another system: refused, and still good for its own', async () => {
    const code = await codeOf(front);
    const form = tokenForm({ code, client_id: 'SECOND', redirect_uri: `${origin}/back` });
    const foreign = await post(front, '/aas/oauth2/v3/te', {
      ...form,
      client_certificate_hash: front.other.hash,
      client_secret: signRaw(front.other, toSign('v2', form, true)),
    });
    expect(foreign).toMatchObject({
      status: 400,
      body: { error_description: expect.stringMatching(/^ESIA-007011/) },
    });
    expect(await newest(second.authorization)).toMatchObject({ details: { problem: 'esia-code-foreign' } });
    expect((await takeRaw(front, tokenForm({ code }))).status).toBe(200);
  });

  it('the signature of the browser’s request once more at the token address', async () => {
    const form = authorizationForm();
    const secret = await signCms(front.gost, toSign('v1', form));
    const code =
      (await answerTo(front, await askCms(front, form, { client_secret: secret }))).get('code') ?? '';
    const replayed = { ...form, grant_type: 'authorization_code', code, client_secret: secret };
    expect(await post(front, '/aas/oauth2/te', replayed)).toMatchObject({
      status: 400,
      body: { error_description: expect.stringMatching(/^ESIA-007053/), state: form.state },
    });
    expect(await newest()).toMatchObject({ outcome: 'esia_request_repeated' });
    const again = tokenForm({ code, state: randomUUID() });
    const client_secret = await signCms(front.gost, toSign('v1', again));
    expect((await post(front, '/aas/oauth2/te', { ...again, client_secret })).status).toBe(200);
  });

  it('a scope that is not registered, and at the token address one that was not granted', async () => {
    const wide = authorizationForm({ scope: 'openid vehicles' });
    expect(await refusedAt(askRaw(front, wide))).toMatchObject({
      code: 'ESIA-007006',
      details: { value: 'vehicles' },
    });
    const code = await codeOf(front, { scope: 'openid' });
    expect(await takeRaw(front, tokenForm({ code, scope: 'openid snils' }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });
});

describe('parameters', () => {
  it.each([
    ['ESIA-007009', 'esia_response_type_unsupported', { response_type: 'token' }],
    ['ESIA-007013', 'esia_scope_missing', { scope: '' }],
    ['ESIA-007014', 'esia_parameter_missing', { state: '' }],
    ['ESIA-007003', 'esia_parameter_invalid', { access_type: 'always' }],
  ] as [string, string, Form][])('give %s, %s with %j', async (code, outcome, change) => {
    expect(await refusedAt(askRaw(front, authorizationForm(change)))).toMatchObject({ code, outcome });
  });

  it('of a grant that is not known give ESIA-007012, and of a code by the other version ESIA-007011', async () => {
    expect(await takeRaw(front, tokenForm({ grant_type: 'password' }))).toMatchObject({
      status: 400,
      body: { error_description: expect.stringMatching(/^ESIA-007012/) },
    });
    const form = tokenForm({ code: await codeOf(front) });
    const client_secret = await signCms(front.gost, toSign('v1', form));
    await post(front, '/aas/oauth2/te', { ...form, client_secret });
    expect(await newest()).toMatchObject({ details: { problem: 'esia-code-version' } });
  });

  it('with a mnemonic that nobody has: a page, and no redirect', async () => {
    const form = authorizationForm({ client_id: 'NOBODY' });
    const reply = await front.person.get(`/esia${askRaw(front, form)}`);
    expect([reply.status, reply.headers.get('location')]).toEqual([400, null]);
    expect(reply.text).toContain('esia_system_unknown');
  });
});

describe('the developers’ page', () => {
  it('is opened by the system’s own credentials, and shows nothing of another', async () => {
    const stranger = await fetch(`${front.base}/developer`);
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ]);
    const form = authorizationForm();
    await answerTo(front, askRaw(front, form, { client_secret: signRaw(front.gost, 'wrong') }));
    const shown = async (authorization: string) =>
      (await fetch(`${front.base}/developer`, { headers: { authorization } })).text();
    expect(await shown(front.authorization)).toContain(form.state);
    expect(await shown(second.authorization)).not.toContain(form.state);
  });

  it('covers codes, secrets and tokens', async () => {
    const code = await codeOf(front);
    const form = tokenForm({ code });
    const client_secret = signRaw(front.gost, toSign('v2', form));
    await takeRaw(front, form, { client_secret });
    const request = await newest();
    expect(request).toMatchObject({ came: { differences: ['esia-found-without-code'] } });
    expect(request.expected?.text).toContain('‹43›');
    expect(JSON.stringify(request)).not.toContain(code);
    expect(JSON.stringify(request)).not.toContain(client_secret);
  });

  it('keeps what a stranger sends in the system’s name apart, and of that thirty at most', async () => {
    for (let count = 0; count < 34; count++) {
      const form = authorizationForm();
      await front.person.get(`/esia${askRaw(front, form, { client_secret: 'AAAA' })}`);
    }
    const response = await fetch(`${front.base}/developer`, {
      headers: { authorization: front.authorization, accept: 'application/json' },
    });
    const { requests } = (await response.json()) as { requests: KeptRequest[] };
    expect(requests.filter(({ isProven }) => !isProven)).toHaveLength(30);
    expect(requests.filter(({ isProven }) => isProven).length).toBeGreaterThan(5);
  });
});
