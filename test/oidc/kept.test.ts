import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AssertionClaims } from '../../src/assertion/claims.ts';
import type { Database } from '../../src/database/database.ts';
import { rememberConsent, rememberedConsent } from '../../src/oidc/consent.ts';
import {
  claimLogout,
  dueLogouts,
  endReach,
  expiredReaches,
  findReach,
  noteReach,
  reachesOf,
  settleLogout,
  waitingLogouts,
} from '../../src/oidc/reach.ts';
import { pairwiseName } from '../../src/oidc/salt.ts';
import {
  bindSignIn,
  findSignIn,
  keepSignIn,
  newestSignIn,
  type SharedSignIn,
} from '../../src/oidc/sign-in.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { endedSessions, endSession, openSession } from '../../src/session/session.ts';
import { engines, type Site } from '../database/engine.ts';

const at = Date.UTC(2030, 0, 1);
const claims = {
  sub: 'ogrn:1',
  sid: 's1',
  auth_time: at / 1000,
  'x5t#S256': 'certificate',
} as unknown as AssertionClaims;

describe.each(engines)('what OpenID Connect keeps on $name', ({ site: makeSite }) => {
  let site: Site;
  let first: Database;
  let second: Database;
  beforeEach(async () => {
    site = await makeSite();
    [first, second] = [await site.open(), await site.open()];
  });
  afterEach(() => site.close());

  const signIn = (session: string, seconds: number): SharedSignIn => ({
    session,
    claims: { ...claims, sid: session, auth_time: at / 1000 + seconds },
    policy: policySchema.parse({}),
    expiresAt: at + 3_600_000,
  });

  it('a sign-in belongs to one browser, which finds its newest; a changed one is none', async () => {
    for (const [session, seconds] of [
      ['s1', 0],
      ['s2', 1],
    ] as const) {
      await first.write({ statements: [keepSignIn(signIn(session, seconds))] });
      await first.write({ statements: [bindSignIn(signIn(session, seconds), 'browser')] });
    }
    await first.write({ statements: [bindSignIn(signIn('s2', 1), 'another')] });
    expect((await newestSignIn(second, 'browser'))?.session).toBe('s2');
    expect(await newestSignIn(second, 'another')).toBeUndefined();
    await site.tamper("UPDATE oidc_sign_in SET outcome = replace(outcome, 'ogrn:1', 'ogrn:2')");
    expect(await findSignIn(second, 's1')).toBeUndefined();
  });

  it('whom a session reached is told by one of two processes, and is settled once', async () => {
    const reach = {
      front: 'esia',
      grant: 'g',
      session: 's1',
      client: 'portal',
      sid: 'known',
      expiresAt: at + 1_000,
    } as const;
    await first.write({ statements: [noteReach(reach)] });
    expect(await findReach(second, 'g')).toEqual(reach);
    expect(await expiredReaches(second, at)).toEqual([]);
    expect(await expiredReaches(second, at + 1_000)).toEqual([reach]);
    await first.write({ statements: [endReach('g', at)] });
    expect(await reachesOf(second, 's1')).toEqual([]);
    const [due] = await dueLogouts(second, at, 10);
    if (due === undefined) throw new Error('nothing is due');
    const claim = (database: Database) => database.write({ statements: [claimLogout(due, at + 1_000)] });
    const claimed = await Promise.allSettled([claim(first), claim(second)]);
    expect(claimed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await dueLogouts(second, at, 10)).toEqual([]);
    expect(await waitingLogouts(second)).toBe(1);
    await first.write({ statements: [settleLogout('g')] });
    expect(await waitingLogouts(second)).toBe(0);
  });

  it('sessions that ended are found in their order, from a place on', async () => {
    const session = {
      client: 'portal',
      subject: 'ogrn:1',
      certificate: 'c',
      startedAt: at,
      expiresAt: at + 9_000,
    };
    for (const id of ['a', 'b', 'c']) await first.write({ statements: [openSession({ id, ...session })] });
    await first.write({
      statements: [endSession('b', 'logged-out', at + 1), endSession('a', 'logged-out', at + 1)],
    });
    const start = { id: '', endedAt: 0 };
    expect((await endedSessions(second, start, 10)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await endedSessions(second, { id: 'a', endedAt: at + 1 }, 10)).toEqual([
      { id: 'b', endedAt: at + 1 },
    ]);
  });

  it('consents are between one person and one portal', async () => {
    const parties = { subject: 'ogrn:1', certificate: 'c', client: 'portal' };
    const items = { scopes: ['openid', 'signer'], claims: ['organisation'] };
    for (const database of [first, second])
      await database.write({ statements: [...rememberConsent(parties, items, at)] });
    const { scopes, claims: single } = await rememberedConsent(second, parties);
    expect([[...scopes].sort(), single]).toEqual([items.scopes, items.claims]);
    for (const other of [{ certificate: 'd' }, { client: 'other' }, { subject: 'ogrn:2' }])
      expect(await rememberedConsent(second, { ...parties, ...other })).toEqual({ scopes: [], claims: [] });
  });

  it('two processes that begin at once give an organisation the same pairwise name; a salt of others gives none', async () => {
    const names = await Promise.all(
      [first, second].map((each) => pairwiseName(each, 'portal.example', 'ogrn:1')),
    );
    expect(new Set(names).size).toBe(1);
    expect(await pairwiseName(first, 'other.example', 'ogrn:1')).not.toBe(names[0]);
    await site.tamper("UPDATE oidc_salt SET salt = 'AAAA'");
    await expect(pairwiseName(first, 'portal.example', 'ogrn:1')).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  });
});
