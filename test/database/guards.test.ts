import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertionKeys } from '../../src/assertion/keys.ts';
import { storedKeys } from '../../src/assertion/stored-keys.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { condition, type Database, type Statement, type Unit } from '../../src/database/database.ts';
import { insertSealed, type SealedTable, updateSealed } from '../../src/database/sealed-table.ts';
import { usualFetch } from '../../src/fetch/fetcher.ts';
import { stillActive } from '../../src/register/block.ts';
import { importRegister } from '../../src/register/import.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import { DatabaseStorage } from '../../src/revocation/store/database.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { wrapping } from '../../src/secret/wrapping.ts';
import { endIdleSessions } from '../../src/session/idle.ts';
import { countRefusal, type LockOutKey, stillOpen } from '../../src/session/lock-out.ts';
import { newSessionId, openSession, type Session } from '../../src/session/session.ts';
import { useSession } from '../../src/session/use.ts';
import { importList, readSnapshots } from '../../src/trust-list/snapshot.ts';
import { listTrustOf } from '../../src/trust-list/store.ts';
import { limited } from '../session/limited.ts';
import { createMinistry, makeList, start } from '../trust-list/authority.ts';
import { engines, type Site } from './engine.ts';

const clientTable: SealedTable = {
  name: 'client',
  key: ['id'],
  columns: ['id', 'registration', 'secrets', 'created_at', 'disabled_at'],
};
const portal = { id: 'portal', registration: '0', secrets: '[]', created_at: 1, disabled_at: null };

const storedList = {
  sha256: '0'.repeat(64),
  url: 'http://authority.example/list.crl',
  nextUpdate: null,
  signer: '',
  requester: { branch: 'branch', issuer: 'issuer' },
  hosts: [],
  etag: null,
  lastModified: null,
};

/** How often each pair of units is set against each other. */
const rounds = 10;

describe.each(engines)('guards of units in two connections to $name', (engine) => {
  let site: Site;
  let one: Database;
  let other: Database;
  beforeEach(async () => {
    site = await engine.site();
    [one, other] = [await site.open(), await site.open()];
  });
  afterEach(() => site.close());

  /** Codes that both units are refused with, undefined for one that was written, sorted. */
  async function both(first: Unit, second: Unit): Promise<readonly (string | undefined)[]> {
    const settled = await Promise.allSettled([one.write(first), other.write(second)]);
    return settled
      .map((each) =>
        each.status === 'rejected' ? String((each.reason as { code?: unknown }).code) : undefined,
      )
      .sort();
  }

  const count = async (sql: string, parameters: Statement['parameters'] = []) =>
    Number((await one.read({ sql, parameters }))[0]?.n);

  it('write skew: of two who each leave only if the other stays, one stays', async () => {
    for (let round = 0; round < rounds; round++) {
      await one.write({ statements: ['a', 'b'].map((id) => block(`${id}${round}`, 1)) });
      const leave = (id: string, stays: string): Unit => ({
        statements: [
          condition('SELECT 1 FROM organisation_block WHERE subject = ?', [stays], 'record_changed'),
          { sql: 'DELETE FROM organisation_block WHERE subject = ?', parameters: [id] },
        ],
      });
      const [a, b] = [`a${round}`, `b${round}`];
      expect(await both(leave(a, b), leave(b, a))).toEqual(['record_changed', undefined]);
    }
    expect(await count('SELECT count(*) AS n FROM organisation_block')).toBe(rounds);
  });

  it('lost update: of two that change the same sealed row, one is refused with record_changed', async () => {
    await one.write({ statements: [insertSealed(clientTable, portal).statement] });
    for (let round = 0; round < rounds; round++) {
      const [before] = await one.read({
        sql: 'SELECT id, registration, secrets, created_at, disabled_at, seal FROM client',
        parameters: [],
      });
      if (before === undefined) throw new Error('unreachable');
      const change = (registration: string): Unit => ({
        statements: [updateSealed(clientTable, before, { registration }).statement],
      });
      expect(await both(change(`${round} one`), change(`${round} other`))).toEqual([
        'record_changed',
        undefined,
      ]);
    }
  });

  it('phantom: a session limit of one holds against two that open a session at the same moment', async () => {
    for (let round = 0; round < rounds; round++) {
      const subject = `ogrn:${round}`;
      const open = (): Unit => ({ statements: limited(session(subject), 1) });
      expect(await both(open(), open())).toEqual(['session_limit', undefined]);
      expect(await count('SELECT count(*) AS n FROM session WHERE subject = ?', [subject])).toBe(1);
    }
  });

  it('phantom: a lock-out that falls at the same moment as a sign-in either refuses it or comes after it', async () => {
    for (let round = 0; round < rounds; round++) {
      const key: LockOutKey = {
        client: 'portal',
        subject: `ogrn:${round}`,
        certificate: `certificate ${round}`,
      };
      const rule = { refusals: 1, addressRefusals: 9, organisationRefusals: 9, minutes: 5 };
      const lock: Unit = { statements: countRefusal(key, rule, 1) };
      const enter: Unit = { statements: [stillOpen(key, 2), block(`entered ${round}`, 1)] };
      await both(lock, enter);
      await expect(one.write(enter)).rejects.toMatchObject({ code: 'locked_out' });
    }
  });

  it('lost update: refusals that are counted at the same moment are all counted', async () => {
    const key: LockOutKey = { client: 'portal', subject: 'ogrn:1', certificate: 'certificate' };
    const rule = { refusals: 100, addressRefusals: 100, organisationRefusals: 100, minutes: 5 };
    for (let round = 0; round < rounds; round++) {
      const counted: Unit = { statements: countRefusal(key, rule, 1) };
      expect(await both(counted, counted)).toEqual([undefined, undefined]);
    }
    const sql = "SELECT refusals AS n FROM lock_out WHERE subject = 'certificate:certificate'";
    expect(await count(sql)).toBe(2 * rounds);
  });

  it('of two that exchange the assertion key at the same moment one is refused with record_changed', async () => {
    const keysOf = (database: Database) =>
      assertionKeys({ database, folder: 'nowhere', stored: storedKeys(database, wrapping(site.secrets)) });
    const [first, second] = [keysOf(one), keysOf(other)];
    await first.rotate(1);
    const settled = await Promise.allSettled([first.rotate(2), second.rotate(2)]);
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: 'record_changed' });
    const fading = await first.list();
    // One that is not replaced: two would each take itself for the newest.
    expect(fading.filter(({ publishedUntil }) => publishedUntil === undefined)).toHaveLength(1);
  });

  it('write skew: of an organisation that is barred while it signs in no session stays open', async () => {
    await one.write({ statements: [insertSealed(clientTable, portal).statement] });
    const folder = mkdtempSync(join(tmpdir(), 'sealgate-guards-'));
    const file = join(folder, 'register.jsonl');
    for (let round = 0; round < rounds; round++) {
      const ogrn = String(1_259_901_001_018n + BigInt(round * 11));
      const subject = `ogrn:${ogrn}`;
      writeFileSync(file, JSON.stringify({ ogrn, inn: '9901001013', name: 'А', state: 'closed' }));
      const enter: Unit = {
        statements: [stillActive(subject, ogrn), ...limited(session(subject), 9)],
      };
      const [entered] = await Promise.allSettled([
        one.write(enter),
        importRegister(other, { file, format: 'jsonl' }, 2),
      ]);
      if (entered.status === 'rejected')
        expect(entered.reason).toMatchObject({ code: 'organisation_blocked' });
      expect(
        await count('SELECT count(*) AS n FROM session WHERE subject = ? AND ended_at IS NULL', [subject]),
      ).toBe(0);
      // Whoever got in before has a record of the end.
      const told = `SELECT count(*) AS n FROM journal WHERE record LIKE ? AND record LIKE '%session.ended%'`;
      expect(await count(told, [`%${subject}"%`])).toBe(entered.status === 'fulfilled' ? 1 : 0);
    }
    rmSync(folder, { recursive: true });
  });

  it('lost update: a session that is used as it ends for idleness is either used or ended', async () => {
    await one.write({ statements: [insertSealed(clientTable, portal).statement] });
    const minute = 60_000;
    const end = 10 * minute;
    for (let round = 0; round < rounds; round++) {
      const times = { expiresAt: end, idleTime: 10 * minute, endsAt: 90 * minute };
      const idle = { ...session(`ogrn:${round}`), ...times };
      await one.write({ statements: [openSession(idle)] });
      // The last moment in which it can be used, and the first in which it ends.
      await Promise.all([useSession(one, idle, end - 1), endIdleSessions(other, end)]);
      const sql = 'SELECT expires_at, ended_at FROM session WHERE id = ?';
      const [after] = await one.read({ sql, parameters: [idle.id] });
      const isUsed = Number(after?.expires_at) > end;
      expect(after?.ended_at).toBe(isUsed ? null : end);
    }
  });

  it('lost update: of two lists that are stored at the same moment the one that was had later stays', async () => {
    const [first, second] = [new DatabaseStorage(one, () => 9_000), new DatabaseStorage(other, () => 9_000)];
    for (let round = 0; round < rounds; round++) {
      const list = (fetchedAt: number) => ({ ...storedList, key: `list ${round}`, fetchedAt });
      const both = [first.write('crl', list(round + 1)), second.write('crl', list(round))];
      await Promise.all(round % 2 ? both : both.reverse());
      expect((await first.record('crl', `list ${round}`))?.fetchedAt).toBe(round + 1);
    }
    // What was written by a clock that was ahead does not stay for ever.
    await first.write('crl', { ...storedList, key: 'ahead', fetchedAt: 20_000 });
    await first.write('crl', { ...storedList, key: 'ahead', fetchedAt: 8_000 });
    expect((await first.record('crl', 'ahead'))?.fetchedAt).toBe(8_000);
  });

  it('phantom: of two trusted lists that are imported at the same moment none goes behind the other', async () => {
    const ministry = await createMinistry();
    const sources = createSources({ ...usualSources, fetch: { ...usualFetch, allowedHosts: [] } });
    const lists = await Promise.all(
      [100, 101].map((version) => makeList(ministry, { version, date: start + version * 60_000 })),
    );
    const importTo = (database: Database, document: Uint8Array | undefined) =>
      importList(
        database,
        {
          document: document ?? new Uint8Array(),
          source: 'test',
          trust: listTrustOf(ministry.pins, []),
          signerCheck: { sources, unknown: 'warn' },
        },
        start + 2 * 86_400_000,
      );
    const settled = await Promise.allSettled([importTo(one, lists[1]), importTo(other, lists[0])]);
    expect(settled[0].status).toBe('fulfilled');
    if (settled[1].status === 'rejected')
      expect(settled[1].reason).toMatchObject({ code: 'trust_list_outdated' });
    expect((await readSnapshots(one))[0]?.version).toBe(101);
    await sources.fetcher.close();
  });

  it('an exchange of the secrets amidst writes of a service that knows the older one leaves one whole journal', async () => {
    const newer = randomBytes(32);
    const entries = (from: number) =>
      Array.from({ length: rounds }, (_, index) => ({
        statements: [],
        journal: [{ at: from + index, record: String(from + index) }],
      }));
    const writing = Promise.all(entries(0).map((unit) => one.write(unit)));
    const started = await site.open([newer, ...site.secrets]);
    await writing;
    // The service that does not know the newer secret cannot go on with what that has sealed; nor does it spoil it.
    const outcomes = await Promise.allSettled([
      ...entries(100).map((unit) => one.write(unit)),
      ...entries(200).map((unit) => started.write(unit)),
    ]);
    const written = outcomes.filter(({ status }) => status === 'fulfilled').length;
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'storage_unavailable' });
    expect(await count('SELECT count(*) AS n FROM journal')).toBe(rounds + written);
    const { damage } = await verifyAudit(started, keyring([newer, ...site.secrets], 'journal'));
    expect(damage).toBeUndefined();
  });

  it('the order of what the journal holds is that of the units', async () => {
    const units = Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? one : other).write({ statements: [], journal: [{ at: index, record: String(index) }] }),
    );
    await Promise.all(units);
    expect(await count('SELECT max(sequence) AS n FROM journal')).toBe(40);
    expect(await count('SELECT count(*) AS n FROM journal')).toBe(40);
    await expect(site.open()).resolves.toBeDefined();
  });
});

function session(subject: string): Session {
  const names = { client: 'portal', subject, certificate: 'certificate' };
  return { id: newSessionId(1), ...names, startedAt: 1, expiresAt: 1_000 };
}

function block(subject: string, at: number): Statement {
  return {
    sql: 'INSERT INTO organisation_block (subject, reason, blocked_at) VALUES (?, ?, ?)',
    parameters: [subject, '', at],
  };
}
