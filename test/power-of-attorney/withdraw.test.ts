import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { insertPower } from '../../src/power-of-attorney/keep.ts';
import { givenName, handingOn, type PowerName } from '../../src/power-of-attorney/name.ts';
import { usualQuota, withinQuota } from '../../src/power-of-attorney/quota.ts';
import { readPower } from '../../src/power-of-attorney/read.ts';
import { findDocument, findPower } from '../../src/power-of-attorney/store.ts';
import { forgetPowers, withdrawPower } from '../../src/power-of-attorney/withdraw.ts';
import { findSession, newSessionId, openSession } from '../../src/session/session.ts';
import { writePower } from '../authority/power-of-attorney.ts';
import { interleaved } from '../database/interleaved.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const { organisation, person: head } = sampleSubscriber('legal-entity');
const { person: employee } = sampleSubscriber('natural-person');
const { person: colleague } = sampleSubscriber('employee');
const principal = `ogrn:${organisation.ogrn}`;
const at = Date.parse('2026-11-01');
const hour = 3_600_000;
const day = 24 * hour;

const number = (digit: number) => `00000000-0000-4000-8000-${String(digit).padStart(12, '0')}`;
const first = givenName(principal, number(1));
const second: PowerName = { principal, giver: handingOn(number(1)), number: number(2) };
/** The same number as the first, handed on from another. */
const namesake: PowerName = { principal, giver: handingOn(number(3)), number: number(1) };

let temporary: TemporaryDatabase;
beforeEach(async () => {
  temporary = temporaryDatabase();
  // What is kept stands beside a journal.
  await temporary.database.write({ statements: [], journal: [{ at, record: '{}' }] });
  temporary.tamper(
    `INSERT INTO client (id, registration, secrets, created_at) VALUES ('portal', '{}', '[]', 0)`,
  );
});
afterEach(() => temporary.dispose());

function statementsOf(name: PowerName, until = '2027-01-01') {
  const representative = name.giver === principal ? employee : colleague;
  const document = Buffer.from(
    writePower({
      ...{ number: name.number, from: '2026-01-01', until, principal: organisation, head },
      ...{ representatives: [representative], powers: ['A'] },
    }),
  );
  return insertPower({
    ...{ name, power: readPower(document), principal: organisation },
    presented: { document, signature: Buffer.from('signature') },
    ...{
      verifiedAt: at,
      withdrawnAt: null,
      lastUsedAt: null,
      isQualified: false,
      signer: null,
    },
  });
}
const keep = (...names: PowerName[]) =>
  temporary.database.write({ statements: names.flatMap((name) => statementsOf(name)) });

/** A session that rests on a power, opened by a unit of its own; the statement and its identifier. */
function sessionOn({ giver, number: own }: PowerName) {
  const id = newSessionId(at);
  const session = {
    id,
    client: 'portal',
    subject: principal,
    certificate: 'c',
    power: { giver, number: own },
  };
  return { id, statement: openSession({ ...session, startedAt: at, expiresAt: at + hour }) };
}

const endOf = async (id: string) => (await findSession(temporary.database, id))?.endReason;
const withdrawnAt = async (name: PowerName) => (await findPower(temporary.database, name))?.withdrawnAt;

async function audited(): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { record } of readAudit(temporary.database, 1)) found.push(JSON.parse(record).details);
  return found;
}

describe('a power that is withdrawn', () => {
  it('takes those with it that were handed on from it, their documents and sessions, and no namesake', async () => {
    await keep(first, second, namesake);
    const sessions = [first, second, namesake].map(sessionOn);
    await temporary.database.write({ statements: sessions.map(({ statement }) => statement) });
    expect(await withdrawPower(temporary.database, first, 'operator', at)).toBe(true);
    expect(await Promise.all(sessions.map(({ id }) => endOf(id)))).toEqual([
      'power-withdrawn',
      'power-withdrawn',
      undefined,
    ]);
    expect(await Promise.all([first, second, namesake].map(withdrawnAt))).toEqual([at, at, undefined]);
    const documents = [first, second, namesake].map((name) => findDocument(temporary.database, name));
    expect((await Promise.all(documents)).map((document) => document !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
    expect(await audited()).toEqual([{ by: 'operator', number: first.number }]);
  });

  it('twice leaves one record, and one that is not there none', async () => {
    await keep(second);
    expect(await withdrawPower(temporary.database, second, 'register', at)).toBe(true);
    expect(await withdrawPower(temporary.database, second, 'operator', at + 1)).toBe(true);
    expect(await withdrawPower(temporary.database, first, 'operator', at)).toBe(false);
    expect(await audited()).toEqual([{ by: 'register', first: first.number, number: second.number }]);
    expect(await withdrawnAt(second)).toBe(at);
  });

  it('while somebody signs in by one that was handed on ends that session too', async () => {
    await keep(first);
    const session = sessionOn(second);
    // Before, this session stayed open: the powers to look for had been read by then.
    const database = interleaved(temporary.database, () =>
      temporary.again().write({ statements: [...statementsOf(second), session.statement] }),
    );
    await withdrawPower(database, first, 'organisation', at);
    expect(await endOf(session.id)).toBe('power-withdrawn');
    expect(await withdrawnAt(second)).toBe(at);
  });
});

describe('powers that have ended', () => {
  it('are forgotten a month later with all that is kept of them, and not before', async () => {
    await temporary.database.write({
      statements: [...statementsOf(first, '2026-06-01'), ...statementsOf(second)],
    });
    const end = Date.parse('2026-06-01T21:00:00Z');
    const forget = (when: number) => temporary.database.write({ statements: forgetPowers(when) });
    await forget(end + 30 * day);
    expect(await findPower(temporary.database, first)).toBeDefined();
    await forget(end + 30 * day + 1);
    expect(await findPower(temporary.database, first)).toBeUndefined();
    expect(await findPower(temporary.database, second)).toBeDefined();
    const left = async (table: string) =>
      (await temporary.database.read({ sql: `SELECT number FROM ${table}`, parameters: [] })).map(
        (row) => row.number,
      );
    expect(await left('power_scope')).toEqual([second.number]);
    expect(await left('power_document')).toEqual([second.number]);
  });
});

describe('a quota', () => {
  const quota = { ...usualQuota, inForce: 4, handedOn: 2, forPerson: 3 };
  const take = (name: PowerName, person: string) =>
    temporary.database.write({
      statements: [...statementsOf(name), withinQuota(name, person, quota, at)],
    });
  const own = `inn:${employee.inn}`;
  const colleagues = `inn:${colleague.inn}`;
  const over = { code: 'power_of_attorney_quota' };

  it('of one person is filled by so many powers for them, and refuses the next, which leaves nothing', async () => {
    for (const digit of [11, 12, 13]) await take(givenName(principal, number(digit)), own);
    await expect(take(givenName(principal, number(14)), own)).rejects.toMatchObject(over);
    expect(await findPower(temporary.database, givenName(principal, number(14)))).toBeUndefined();
    await take(second, colleagues);
  });

  it('of whoever hands powers on is filled by so many, and the organisation’s own go on', async () => {
    for (const digit of [21, 22]) await take({ ...second, number: number(digit) }, colleagues);
    await expect(take({ ...second, number: number(23) }, colleagues)).rejects.toMatchObject(over);
    await take(first, own);
  });

  it('of an organisation counts what is in force: withdrawn ones make room, until there are too many', async () => {
    const many = { ...quota, inForce: 1, forPerson: 1_000 };
    const add = (digit: number) => {
      const name = givenName(principal, number(digit));
      return temporary.database.write({
        statements: [...statementsOf(name), withinQuota(name, own, many, at)],
      });
    };
    for (const digit of [31, 32, 33]) {
      await add(digit);
      await expect(add(40)).rejects.toMatchObject(over);
      await withdrawPower(temporary.database, givenName(principal, number(digit)), 'organisation', at);
    }
    await add(34);
    await withdrawPower(temporary.database, givenName(principal, number(34)), 'organisation', at);
    // Four are remembered for each one in force.
    await expect(add(35)).rejects.toMatchObject(over);
  });
});
