import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAssertion } from '../../src/assertion/check.ts';
import { type AssertionClaims, subjectOf } from '../../src/assertion/claims.ts';
import { signAssertion } from '../../src/assertion/issue.ts';
import { type AssertionKeys, assertionKeys } from '../../src/assertion/keys.ts';
import { assertionLifetime } from '../../src/assertion/lifetime.ts';
import { revokeAssertion } from '../../src/assertion/revoke.ts';
import { newSessionId, openSession, type Session, sessionLifetime } from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const at = 1_800_000_000_000;
const minute = 60_000;
const issuer = 'https://sealgate.example';

let temporary: TemporaryDatabase;
let folder: string;
let keys: AssertionKeys;
beforeEach(async () => {
  temporary = temporaryDatabase();
  folder = mkdtempSync(join(tmpdir(), 'sealgate-keys-'));
  keys = assertionKeys({ database: temporary.database, folder });
});
afterEach(async () => {
  await keys.close();
  await temporary.dispose();
  rmSync(folder, { recursive: true });
});

function session(): Session {
  return {
    id: newSessionId(at),
    client: 'portal',
    subject: 'ogrn:1027700132195',
    certificate: 'thumbprint',
    startedAt: at,
    expiresAt: at + sessionLifetime,
  };
}

function claimsOf(opened: Session, change: Partial<AssertionClaims> = {}): AssertionClaims {
  return {
    iss: issuer,
    sub: opened.subject,
    aud: 'portal',
    iat: at / 1000,
    exp: (at + assertionLifetime) / 1000,
    jti: randomUUID(),
    sid: opened.id,
    auth_time: at / 1000,
    acr: 'test',
    amr: ['hwk'],
    client_id: 'portal',
    organisation: { ogrn: '1027700132195', name: 'ПАО «Ромашка»' },
    signer: { name: 'Иванова Анна' },
    'x5t#S256': opened.certificate,
    ...change,
  };
}

/** Opens a session and issues an assertion for it. */
async function issue(change: Partial<AssertionClaims> = {}): Promise<string> {
  const opened = session();
  await temporary.database.write({ statements: [openSession(opened)] });
  return signAssertion(await keys.signer(at), claimsOf(opened, change));
}

const check = async (token: string, time = at, audiences = ['portal']) =>
  checkAssertion(
    token,
    { database: temporary.database, keys: await keys.published(time), issuer, audiences },
    time,
  );

const revoke = async (token: string, time = at, client = 'portal') =>
  revokeAssertion(
    token,
    {
      database: temporary.database,
      keys: (await keys.list()).map(({ jwk }) => jwk),
      issuer,
      client,
      traceId: 'trace',
    },
    time,
  );

describe('an assertion', () => {
  beforeEach(() => keys.rotate(at));

  it('is accepted by another library from the published keys alone', async () => {
    const jwks = createLocalJWKSet({ keys: [...(await keys.published(at))] });
    const token = await issue();
    const { payload } = await jwtVerify(token, jwks, {
      issuer,
      audience: 'portal',
      currentDate: new Date(at),
    });
    expect(payload).toMatchObject({ sub: 'ogrn:1027700132195', signer: { name: 'Иванова Анна' } });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'JWT' });
  });

  it('is in force until its last second, and then refused with assertion_expired', async () => {
    const token = await issue();
    expect((await check(token)).claims.aud).toBe('portal');
    expect((await check(token, at + assertionLifetime - 1)).session.client).toBe('portal');
    await expect(check(token, at + assertionLifetime)).rejects.toMatchObject({
      code: 'assertion_expired',
      details: { expiredAt: new Date(at + assertionLifetime) },
    });
  });

  it('with any one character changed is refused with assertion_invalid', async () => {
    const token = await issue();
    for (let index = 0; index < token.length; index += 3) {
      const replacement = token[index] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, index) + replacement + token.slice(index + 1);
      // The last character of a part carries bits that decoding drops; the part itself is then the same.
      const same = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
        Buffer.from(token.split('.')[2] ?? '', 'base64url'),
      );
      if (same && changed.split('.').slice(0, 2).join() === token.split('.').slice(0, 2).join()) continue;
      await expect(check(changed)).rejects.toMatchObject({ code: 'assertion_invalid' });
    }
  });

  it.each([
    ['another audience', { aud: 'elsewhere' }],
    ['another issuer', { iss: 'https://other.example' }],
    ['a session that is unknown', { sid: newSessionId(at) }],
  ])('of %s is refused with assertion_invalid', async (_, change) => {
    await expect(check(await issue(change))).rejects.toMatchObject({ code: 'assertion_invalid' });
  });

  it.each([
    ['no token', 'x'],
    ['too long', 'x'.repeat(9_000)],
    ['unsigned', new UnsecuredJWT({ sub: 'a' }).setIssuer(issuer).setAudience('portal').encode()],
  ])('that is %s is refused with assertion_invalid', async (_, token) => {
    await expect(check(token)).rejects.toMatchObject({ code: 'assertion_invalid' });
  });

  it('whose header names another algorithm than its key has is refused with assertion_invalid', async () => {
    const [, payload] = (await issue()).split('.');
    const [key] = await keys.published(at);
    const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid: key?.kid })).toString(
      'base64url',
    );
    await expect(check(`${header}.${payload}.${'A'.repeat(86)}`)).rejects.toMatchObject({
      code: 'assertion_invalid',
    });
  });

  it('that was revoked is refused with assertion_revoked, and its session has ended', async () => {
    const token = await issue();
    await revoke(token, at + minute);
    await expect(check(token, at + minute)).rejects.toMatchObject({
      code: 'assertion_revoked',
      details: { endedAt: new Date(at + minute) },
    });
  });

  it('of a session that another assertion’s revocation ended is refused with session_ended', async () => {
    const opened = session();
    await temporary.database.write({ statements: [openSession(opened)] });
    const signer = await keys.signer(at);
    const [first, second] = [
      await signAssertion(signer, claimsOf(opened)),
      await signAssertion(signer, claimsOf(opened)),
    ];
    await revoke(first);
    await expect(check(second)).rejects.toMatchObject({
      code: 'session_ended',
      details: { reason: 'logged-out' },
    });
  });

  it('whose session has come to its end is refused with session_ended', async () => {
    const later = at + sessionLifetime;
    const token = await issue({ exp: later / 1000 + 60 });
    await expect(check(token, later)).rejects.toMatchObject({
      code: 'session_ended',
      details: { reason: 'expired', endedAt: new Date(later) },
    });
  });

  it('that has expired still ends its session when it is revoked', async () => {
    const token = await issue();
    await revoke(token, at + 2 * 3_600_000);
    const [row] = await temporary.database.read({ sql: 'SELECT end_reason FROM session', parameters: [] });
    expect(row).toEqual({ end_reason: 'logged-out' });
  });

  it('of another relying party is not revoked: client_forbidden', async () => {
    const token = await issue();
    await expect(revoke(token, at, 'other')).rejects.toMatchObject({ code: 'client_forbidden' });
    expect((await check(token)).session.endedAt).toBeUndefined();
  });

  it('of nobody’s is passed over in silence when it is revoked', async () => {
    await revoke('nonsense');
    const [row] = await temporary.database.read({
      sql: "SELECT count(*) AS n FROM journal WHERE record LIKE '%assertion.revoked%'",
      parameters: [],
    });
    expect(row).toEqual({ n: 0 });
  });
});

describe('the keys', () => {
  it('are refused with assertion_key_unavailable while there is none', async () => {
    await expect(keys.signer(at)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
    await expect(keys.check(at)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
  });

  it('are files that only their owner can read, and are named by their thumbprint', async () => {
    const { kid, jwk } = await keys.rotate(at);
    const [file = ''] = readdirSync(folder);
    expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    // RFC 7638: the required members, in order of their names.
    const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
    expect(kid).toBe(createHash('sha256').update(members).digest('base64url'));
    expect(jwk).toMatchObject({ use: 'sig', alg: 'ES256' });
    expect(JSON.stringify(jwk)).not.toContain('"d"');
  });

  it('overlap when they rotate: published first, signing later, the old one until its last assertion is over', async () => {
    const first = await keys.rotate(at);
    const second = await keys.rotate(at + minute);
    const kids = async (time: number) => (await keys.published(time)).map(({ kid }: JWK) => kid);
    const signing = async (time: number) => (await keys.signer(time)).kid;

    expect(await signing(at + minute)).toBe(first.kid);
    expect(await kids(at + minute)).toEqual([second.kid, first.kid]);
    expect(await signing(second.signsFrom - 1)).toBe(first.kid);
    expect(second.signsFrom).toBe(at + 11 * minute);
    expect(await signing(second.signsFrom)).toBe(second.kid);

    const last = second.signsFrom - 1;
    const opened = session();
    await temporary.database.write({ statements: [openSession(opened)] });
    const exp = Math.floor((last + assertionLifetime) / 1000);
    const token = await signAssertion(await keys.signer(last), claimsOf(opened, { exp }));
    expect((await check(token, exp * 1000 - 1)).claims.exp).toBe(exp);
    expect(await kids(second.signsFrom + 11 * minute)).toEqual([second.kid]);
  });

  it('are changed at once when the old one was compromised, and its assertions are refused', async () => {
    await keys.rotate(at);
    const token = await issue();
    const fresh = await keys.rotate(at + 1, { compromised: true });
    expect((await keys.signer(at + 1)).kid).toBe(fresh.kid);
    await expect(check(token, at + 1)).rejects.toMatchObject({ code: 'assertion_invalid' });
  });

  it('are there though the clock was set back to before the first of them: the oldest signs that is published', async () => {
    const first = await keys.rotate(at);
    const second = await keys.rotate(at + minute);
    const early = at - 24 * 60 * minute;
    expect((await keys.signer(early)).kid).toBe(first.kid);
    expect((await keys.published(early)).map(({ kid }: JWK) => kid)).toEqual([second.kid, first.kid]);
  });

  it('withdrawn as compromised do not come back where the clock was set back', async () => {
    const old = await keys.rotate(at);
    const fresh = await keys.rotate(at + minute, { compromised: true });
    for (const time of [at + minute - 1, at, at - minute]) {
      expect((await keys.signer(time)).kid).toBe(fresh.kid);
      expect((await keys.published(time)).map(({ kid }: JWK) => kid)).not.toContain(old.kid);
    }
  });

  it('that another process added are seen within seconds', async () => {
    await keys.rotate(at);
    await keys.signer(at);
    const other = assertionKeys({ database: temporary.again(), folder });
    const added = await other.rotate(at + 1, { compromised: true });
    await other.close();
    expect((await keys.signer(at + 6_000)).kid).toBe(added.kid);
  });

  it.each([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RS256'],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ES384'],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'ES512'],
    ['Ed25519', () => generateKeyPairSync('ed25519'), 'EdDSA'],
  ] as const)('can be %s, and another library accepts what they sign', async (name, generate, algorithm) => {
    const { privateKey } = generate();
    writeFileSync(join(folder, `${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await keys.rotate(at, { location: `file:${name}.pem` });
    const token = await issue();
    const jwks = createLocalJWKSet({ keys: [...(await keys.published(at))] });
    const { protectedHeader } = await jwtVerify(token, jwks, { issuer, currentDate: new Date(at) });
    expect(protectedHeader.alg).toBe(algorithm);
    expect((await check(token)).claims.sub).toBe('ogrn:1027700132195');
  });

  it('of a kind that assertions have no algorithm for are refused with assertion_key_unavailable', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    writeFileSync(join(folder, 'x.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const rotation = keys.rotate(at, { location: 'file:x.pem' });
    await expect(rotation).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
    expect(await keys.list()).toEqual([]);
  });

  it('whose file was exchanged, broken or lost are refused, and work again once it is back', async () => {
    const { location } = await keys.rotate(at);
    const path = join(folder, location.slice('file:'.length));
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const { readFileSync } = await import('node:fs');
    const good = readFileSync(path);
    for (const spoil of [
      () => writeFileSync(path, other.export({ type: 'pkcs8', format: 'pem' })),
      () => writeFileSync(path, 'no key'),
      () => rmSync(path),
    ]) {
      spoil();
      await expect(keys.signer(at)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
      await expect(keys.check(at)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, good);
    expect((await keys.signer(at)).algorithm).toBe('ES256');
    await expect(keys.check(at)).resolves.toBeUndefined();
  });
});

it('an organisation is named by OGRN, else by INN, and never by neither', () => {
  expect(subjectOf({ ogrn: '1', inn: '2' })).toBe('ogrn:1');
  expect(subjectOf({ inn: '2' })).toBe('inn:2');
  expect(() => subjectOf({})).toThrow(RangeError);
});
