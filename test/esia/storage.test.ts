import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssertionClaims } from '../../src/assertion/claims.ts';
import type { Database } from '../../src/database/database.ts';
import {
  type Authorization,
  findAuthorization,
  grantCode,
  insertAuthorization,
  noteSignIn,
  takeAuthorizationCode,
} from '../../src/esia/storage/authorization.ts';
import { forgetEsia } from '../../src/esia/storage/forget.ts';
import {
  findGrant,
  findRefresh,
  type Grant,
  grantsOfBrowser,
  grantsOfOrganisation,
  insertGrant,
  rotateRefresh,
} from '../../src/esia/storage/grant.ts';
import { ownerNumber } from '../../src/esia/storage/owner.ts';
import { keepRequest, lastRequests } from '../../src/esia/storage/request.ts';
import { takeSignedString } from '../../src/esia/storage/signed-string.ts';
import { engines, type Site } from '../database/engine.ts';

const at = 1_800_000_000_000;
const hash = () => new Uint8Array(randomBytes(32));

describe.each(engines)('the tables of ЕСИА’s dialect on $name', (engine) => {
  let site: Site;
  let database: Database;
  let other: Database;
  beforeAll(async () => {
    site = await engine.site();
    database = await site.open();
    other = await site.open();
  }, 60_000);
  afterAll(() => site.close());

  it('give a person one number, whoever asks first, and an organisation another', async () => {
    const asked = Array.from({ length: 10 }, (_, index) =>
      ownerNumber(index % 2 === 0 ? database : other, 'person', 'snils:11223344595'),
    );
    const [first, ...more] = await Promise.all(asked);
    expect(new Set([first, ...more]).size).toBe(1);
    expect(await ownerNumber(database, 'organisation', 'snils:11223344595')).not.toBe(first);
  });

  it('let one of two processes exchange a code, and none that was changed behind the service’s back', async () => {
    const request = {
      ...({ form: 'raw', redirectUri: 'https://portal.example/back', state: 's', isOffline: true } as const),
      ...({ scopes: [{ name: 'openid' }], language: 'ru' } as const),
    };
    const begun = { idHash: hash(), client: 'portal', request, browserHash: hash() };
    await database.write({ statements: [insertAuthorization(begun, at)] });
    const codeHash = hash();
    const find = async (column: 'id_hash' | 'code_hash', key: Uint8Array) => {
      const found = await findAuthorization(other, column, key);
      if (found === undefined) throw new Error('it is not there');
      return found;
    };
    const asked: Authorization = await find('id_hash', begun.idHash);
    const claims = { sub: 'ogrn:1', sid: 'x' } as unknown as AssertionClaims;
    await database.write({ statements: [noteSignIn(asked, claims)] });
    const signed = await find('id_hash', begun.idHash);
    await database.write({ statements: [grantCode(signed, codeHash, at)] });
    const granted = await find('code_hash', codeHash);
    expect(granted).toMatchObject({ state: 'granted', claims: { sub: 'ogrn:1' } });
    await site.tamper(`UPDATE esia_authorization SET claims = '{"sub":"ogrn:2","sid":"x"}'`);
    expect((await find('code_hash', codeHash)).claims).toBe(undefined);
    const taken = [database, other].map((each) =>
      each.write({ statements: [takeAuthorizationCode(granted)] }),
    );
    const outcomes = (await Promise.allSettled(taken)).map(({ status }) => status);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('take a signed string once', async () => {
    const client = { id: 'portal', esia: { timestampWindowSeconds: 300 } };
    const proven = { client, signed: 'string' } as unknown as Parameters<typeof takeSignedString>[0];
    await database.write({ statements: [takeSignedString(proven, at)] });
    await expect(other.write({ statements: [takeSignedString(proven, at)] })).rejects.toMatchObject({
      code: 'esia_request_repeated',
    });
  });

  it('keep grants until their time, by token, refresh token, organisation and browser', async () => {
    const [refreshHash, browserHash] = [hash(), hash()];
    const organisation = { oid: 2_000_000_000, name: 'Ромашка', isChief: true, maySubstitute: true };
    const person = { oid: 1_000_000_001, lastName: 'Иванова', firstName: 'Анна' };
    const facts = { person, organisation, scopes: [], authTime: 1 };
    const grant: Grant = { sid: 'a', client: 'portal', session: 's', facts, expiresAt: at + 1_000 };
    await database.write({ statements: [insertGrant(grant, { refreshHash, browserHash })] });
    expect(await findGrant(other, 'a', at)).toEqual(grant);
    expect(await findRefresh(other, refreshHash, at)).toEqual(grant);
    expect(await grantsOfOrganisation(other, 'portal', organisation.oid, at)).toEqual([grant]);
    expect(await grantsOfBrowser(other, 'portal', browserHash, at)).toEqual([grant]);
    await database.write({ statements: [rotateRefresh(grant, refreshHash, hash())] });
    await expect(
      database.write({ statements: [rotateRefresh(grant, refreshHash, hash())] }),
    ).rejects.toMatchObject({ code: 'esia_grant_invalid' });
    expect(await findGrant(other, 'a', at + 1_000)).toBe(undefined);
    await database.write({ statements: forgetEsia(at + 2_000) });
    expect(await findGrant(other, 'a', at)).toBe(undefined);
  });

  it('keep thirty requests of a system and each kind', async () => {
    for (let index = 0; index < 33; index++) {
      const request = {
        address: 'ac',
        outcome: 'passed',
        given: {},
        isProven: true,
        at: at + index,
      } as const;
      await database.write({ statements: keepRequest('portal', { ...request, traceId: String(index) }) });
    }
    const kept = await lastRequests(other, 'portal');
    expect(kept.map(({ traceId }) => traceId)).toEqual(
      Array.from({ length: 30 }, (_, index) => String(32 - index)),
    );
    expect(kept.every(({ isProven }) => isProven)).toBe(true);
  });
});
