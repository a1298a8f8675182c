import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { failureCodes } from '../../src/failure/catalogue.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { problemCodes } from '../../src/service/problem.ts';
import { sampleFailure } from '../failure-code.ts';
import { declaredAt } from './declared.ts';
import {
  browser,
  origin,
  type Portal,
  signText,
  startTestService,
  type TestService,
  verifyTestSignature,
} from './portal.ts';

let service: TestService;
let portal: Portal;
/** What the verification throws, where a test wants it to fail. */
let refusal: unknown;
beforeEach(async () => {
  refusal = undefined;
  service = await startTestService({
    verifyLogin: async (input) => {
      if (refusal !== undefined) throw refusal;
      return verifyTestSignature(input);
    },
  });
  portal = await service.portal({ audiences: ['portal', 'archive'] });
});
afterEach(() => service.dispose());

async function audit(): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { at, record } of readAudit(service.service.database))
    records.push({ at, ...JSON.parse(record) });
  return records.filter(({ event }) => String(event).startsWith('login.'));
}

describe('a sign-in', () => {
  it('gives an assertion that the portal can verify from the published keys', async () => {
    const { status, body } = await portal.signIn();
    expect(status).toBe(200);
    const jwks = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(body.assertion, createLocalJWKSet(jwks), {
      issuer: service.service.issuer,
      audience: 'portal',
    });
    expect(payload).toMatchObject({
      sub: 'ogrn:1027700132195',
      sid: body.sessionId,
      client_id: 'portal',
      organisation: { inn: '7707083893', name: 'ПАО «Ромашка»' },
      signer: { name: 'Иванова Анна Петровна' },
      amr: ['hwk'],
    });
    expect(payload).toHaveProperty('x5t#S256');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    expect(body.verdict).toMatchObject({ indication: 'TOTAL-PASSED' });
    expect(new Date(body.expiresAt).getTime()).toBe((payload.exp ?? 0) * 1000);
  });

  it('is for the audience that was asked for, one of those registered', async () => {
    const { body } = await portal.signIn({ audience: 'archive' });
    const claims = JSON.parse(Buffer.from(body.assertion.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.aud).toBe('archive');
    expect(await portal.signIn({ audience: 'elsewhere' })).toMatchObject({
      status: 403,
      body: { code: 'client_forbidden', detail: expect.stringContaining('the audience elsewhere') },
    });
  });

  it('is in the audit before its answer, without the signer’s name', async () => {
    const { body, headers } = await portal.signIn();
    const [record] = await audit();
    expect(record).toMatchObject({
      event: 'login.passed',
      client: 'portal',
      origin,
      subject: 'ogrn:1027700132195',
      session: body.sessionId,
      traceId: headers.get('x-trace-id'),
    });
    expect(JSON.stringify(record)).not.toMatch(/Иванова|Ромашка/);
    expect(service.log.join('')).not.toMatch(/Иванова|Ромашка|7707083893/);
  });

  it('takes the signature in lines and in armour as tools give it', async () => {
    for (const wrap of [
      (text: string) => text.replace(/.{64}/g, '$&\r\n'),
      (text: string) => `-----BEGIN CMS-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CMS-----\n`,
    ]) {
      const { challenge, text } = await portal.challenge();
      const { status } = await portal.post('/v1/logins', {
        challenge,
        signature: wrap(signText(text)),
        origin,
        browser,
      });
      expect(status).toBe(200);
    }
  });

  it('sent a hundred times at once gives one assertion and 99 times challenge_used', async () => {
    const { challenge, text } = await portal.challenge();
    const body = { challenge, signature: signText(text), origin, browser };
    const replies = await Promise.all(Array.from({ length: 100 }, () => portal.post('/v1/logins', body)));
    const passed = replies.filter(({ status }) => status === 200);
    const used = replies.filter(({ status, body: { code } }) => status === 409 && code === 'challenge_used');
    expect([passed.length, used.length]).toEqual([1, 99]);
    const records = await audit();
    expect(records.filter(({ event }) => event === 'login.passed')).toHaveLength(1);
    expect(records.filter(({ code }) => code === 'challenge_used')).toHaveLength(99);
  });

  it('fifty at a time, a thousand in all, leaves a thousand records and an unbroken audit', async () => {
    let left = 1000;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        expect((await portal.signIn()).status).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: 50 }, worker));
    const records = await audit();
    expect(records).toHaveLength(1000);
    expect(new Set(records.map(({ session }) => session)).size).toBe(1000);
    const keys = keyring(await loadSecrets(`${service.folder}/secrets`), 'journal');
    expect((await verifyAudit(service.service.database, keys)).damage).toBeUndefined();
  });

  it('beyond the relying party’s limit of sessions is refused with session_limit', async () => {
    const strict = await service.portal({ id: 'strict', policy: { ...policy, sessionLimit: 2 } });
    expect((await strict.signIn()).status).toBe(200);
    expect((await strict.signIn()).status).toBe(200);
    expect(await strict.signIn()).toMatchObject({
      status: 403,
      body: { code: 'session_limit', stage: 'session' },
    });
  });
});

const policy = policySchema.parse({});

describe('a challenge', () => {
  it('comes with the text, and the same as base64', async () => {
    const { text, content } = await portal.challenge({ language: 'en' });
    expect(Buffer.from(content, 'base64').toString()).toBe(text);
    expect(text).toContain('Portal: Trading Floor');
  });

  it('for an origin that is not registered is refused with client_forbidden', async () => {
    const reply = await portal.post('/v1/challenges', { origin: 'https://other.example', browser });
    expect(reply).toMatchObject({ status: 403, body: { code: 'client_forbidden' } });
  });

  it('of another origin, browser or relying party is refused with challenge_foreign', async () => {
    const other = await service.portal({ id: 'other' });
    const { challenge, text } = await portal.challenge();
    const body = { challenge, signature: signText(text), origin, browser };
    const replies = [
      await portal.post('/v1/logins', { ...body, origin: 'https://other.example' }),
      await portal.post('/v1/logins', { ...body, browser: 'another browser' }),
      await other.post('/v1/logins', body),
    ];
    for (const reply of replies)
      expect(reply).toMatchObject({ status: 400, body: { code: 'challenge_foreign' } });
    expect((await portal.post('/v1/logins', body)).status).toBe(200);
  });

  it('older than five minutes is refused with challenge_expired', async () => {
    const { challenge, text } = await portal.challenge();
    service.pass(5 * 60_000);
    const reply = await portal.post('/v1/logins', { challenge, signature: signText(text), origin, browser });
    expect(reply).toMatchObject({ status: 410, body: { code: 'challenge_expired', stage: 'challenge' } });
  });

  it('that is not ours is refused with challenge_malformed', async () => {
    const reply = await portal.signIn({ challenge: 'a.b.c' });
    expect(reply).toMatchObject({ status: 400, body: { code: 'challenge_malformed' } });
  });

  it('that was used stays used after a restart, and after a minute’s forgetting', async () => {
    const { challenge, text } = await portal.challenge();
    const body = { challenge, signature: signText(text), origin, browser };
    expect((await portal.post('/v1/logins', body)).status).toBe(200);
    await service.stop();
    const database = openSqlite({
      file: `${service.folder}/sealgate.sqlite`,
      secrets: await loadSecrets(`${service.folder}/secrets`),
      at: Date.now(),
    });
    const [row] = await database.read({ sql: 'SELECT count(*) AS n FROM taken_challenge', parameters: [] });
    expect(row).toEqual({ n: 1 });
    await database.close();
  });
});

describe('a signature', () => {
  it('over other text is refused by the verification, and the challenge can still be used', async () => {
    const { challenge, text } = await portal.challenge();
    const body = { challenge, signature: signText(`${text} `), origin, browser };
    expect(await portal.post('/v1/logins', body)).toMatchObject({
      status: 401,
      body: { code: 'signature_invalid' },
    });
    expect((await portal.post('/v1/logins', { ...body, signature: signText(text) })).status).toBe(200);
    expect(await audit()).toMatchObject([
      { event: 'login.refused', code: 'signature_invalid' },
      { event: 'login.passed' },
    ]);
  });

  it.each(['', '!!!', 'АБВ', '-----BEGIN CMS-----\n\n-----END CMS-----'])(
    'that is not base64 (%j) is refused with signature_malformed',
    async (signature) => {
      const reply = await portal.signIn({ signature });
      expect(reply).toMatchObject({ status: 400, body: { code: 'signature_malformed', stage: 'signature' } });
    },
  );

  it('of more than 256 KiB is refused with request_too_large', async () => {
    const reply = await portal.signIn({ signature: Buffer.alloc(256 * 1024 + 1).toString('base64') });
    expect(reply).toMatchObject({ status: 413, body: { code: 'request_too_large' } });
  });

  const loginCodes = declaredAt('POST', '/v1/logins').filter((code) => code !== 'storage_unavailable');
  it.each(loginCodes)(
    'refused with %s is answered with that code, in both languages, and is in the audit',
    async (code) => {
      refusal = sampleFailure(code);
      const { challenge, text } = await portal.challenge();
      const body = { challenge, signature: signText(text), origin, browser };
      for (const language of ['en', 'ru']) {
        const reply = await portal.post('/v1/logins', body, { 'accept-language': language });
        expect(reply.body).toMatchObject({
          code,
          status: reply.status,
          type: `urn:sealgate:failure:${code}`,
        });
        expect(reply.headers.get('content-type')).toBe('application/problem+json');
        expect(reply.headers.get('content-language')).toBe(language);
        expect(reply.body.traceId).toBe(reply.headers.get('x-trace-id'));
        expect(/\p{Script=Cyrillic}/u.test(reply.body.title)).toBe(language === 'ru');
        if (reply.status === 429 || reply.status === 503)
          expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
        if (reply.status === 401) expect(reply.headers.get('www-authenticate')).toBeTruthy();
      }
      expect(await audit()).toMatchObject([
        { event: 'login.refused', code },
        { event: 'login.refused', code },
      ]);
    },
  );

  it('whose verification breaks down gives internal_error, and nothing of the inside', async () => {
    refusal = new TypeError('secret inside /etc/passwd');
    const reply = await portal.signIn();
    expect(reply).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(reply.body)).not.toContain('inside /etc');
    const log = service.log.join('');
    expect(log).not.toContain('secret inside');
    expect(log).toMatch(/"kind":"TypeError","frames":\["at .*login\.test\.ts[?=\w]*:\d+/);
    expect(await audit()).toMatchObject([{ event: 'login.refused', code: 'internal_error' }]);
  });

  it('refused with a code of the workplace, which has no HTTP status, gives internal_error', async () => {
    const code = failureCodes.find((candidate) => !problemCodes.includes(candidate)) ?? 'internal_error';
    refusal = sampleFailure(code);
    expect(await portal.signIn()).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  });

  it('cannot be recorded while the storage is gone: storage_unavailable, and nobody is let in', async () => {
    await service.service.database.close();
    const reply = await portal.signIn();
    expect(reply).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(reply.headers.get('retry-after')).toBe('30');
  });
});

it('the audit knows a challenge by the hash of its nonce', async () => {
  const { challenge, text } = await portal.challenge();
  await portal.post('/v1/logins', { challenge, signature: signText(text), origin, browser });
  const { n } = JSON.parse(Buffer.from(challenge.split('.')[1] ?? '', 'base64url').toString());
  const [record] = await audit();
  expect(record?.challenge).toBe(
    createHash('sha256').update(Buffer.from(n, 'base64url')).digest('base64url'),
  );
});
