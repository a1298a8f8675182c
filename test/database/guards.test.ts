import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertionKeys } from '../../src/assertion/keys.ts';
import { storedKeys } from '../../src/assertion/stored-keys.ts';
import { condition, type Database, type Statement, type Unit } from '../../src/database/database.ts';
import { insertSealed, type SealedTable, updateSealed } from '../../src/database/sealed-table.ts';
import { wrapping } from '../../src/secret/wrapping.ts';
import { countRefusal, type LockOutKey, stillOpen } from '../../src/session/lock-out.ts';
import { newSessionId, type Session } from '../../src/session/session.ts';
import { limited } from '../session/limited.ts';
import { engines, type Site } from './engine.ts';

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
    const table: SealedTable = {
      name: 'client',
      key: ['id'],
      columns: ['id', 'registration', 'secrets', 'created_at', 'disabled_at'],
    };
    const row = { id: 'portal', registration: '0', secrets: '[]', created_at: 1, disabled_at: null };
    await one.write({ statements: [insertSealed(table, row).statement] });
    for (let round = 0; round < rounds; round++) {
      const [before] = await one.read({
        sql: 'SELECT id, registration, secrets, created_at, disabled_at, seal FROM client',
        parameters: [],
      });
      if (before === undefined) throw new Error('unreachable');
      const change = (registration: string): Unit => ({
        statements: [updateSealed(table, before, { registration }).statement],
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
