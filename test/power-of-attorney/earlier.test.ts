import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { Database } from '../../src/database/database.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { migrate } from '../../src/database/sqlite/migrate.ts';
import { migrations } from '../../src/database/sqlite/schema/migrations.ts';
import { moveAllEarlierPowers, moveEarlierPowers } from '../../src/power-of-attorney/earlier.ts';
import { givenName, handingOn } from '../../src/power-of-attorney/name.ts';
import { findDocument, findPower, listPowers, scopeOf } from '../../src/power-of-attorney/store.ts';
import { findSession } from '../../src/session/session.ts';
import { type PowerOrder, writePower } from '../authority/power-of-attorney.ts';

const { organisation, person: head } = sampleSubscriber('legal-entity');
const { person: employee } = sampleSubscriber('natural-person');
const { person: colleague } = sampleSubscriber('employee');
const subject = `ogrn:${organisation.ogrn}`;
/** Powers were kept by their number alone in a schema of so many steps. */
const earlierSteps = 13;

let folder: string;
let file: string;
let earlier: DatabaseSync;
let opened: Database[];
const secrets = [randomBytes(32)];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-earlier-'));
  file = join(folder, 'sealgate.sqlite');
  earlier = new DatabaseSync(file);
  migrate(earlier, 0, migrations.slice(0, earlierSteps));
  await writeJournal();
  opened = [];
});
afterEach(async () => {
  for (const database of opened) await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is kept stands beside a journal: one with a single entry, made by the same secrets. */
async function writeJournal(): Promise<void> {
  const other = join(folder, 'journal.sqlite');
  const database = openSqlite({ file: other, secrets, at: 0 });
  await database.write({ statements: [], journal: [{ at: 0, record: '{}' }] });
  await database.close();
  earlier.exec(`ATTACH '${other}' AS other`);
  for (const table of ['journal', 'journal_head']) {
    earlier.exec(`INSERT INTO main.${table} SELECT * FROM other.${table}`);
  }
  earlier.exec('DETACH other');
}

/** The database as this version opens it. */
function open(): Database {
  const database = openSqlite({ file, secrets, at: 0 });
  opened.push(database);
  return database;
}

interface Kept extends Partial<PowerOrder> {
  readonly withdrawnAt?: number;
  readonly change?: (document: string) => string;
}

function keepEarlier({ withdrawnAt, change = (text) => text, ...order }: Kept = {}): string {
  const number = randomUUID();
  const document = change(
    writePower({
      ...{ number, from: '2026-01-01', until: '2030-01-01', principal: organisation, head },
      ...{ representatives: [employee], powers: ['A', 'B'], ...order },
    }),
  );
  const named = (order.representatives ?? [employee])[0];
  earlier
    .prepare(
      `INSERT INTO power_of_attorney
         (principal, number, first_number, representative, expires_at, verified_at, withdrawn_at, last_used_at, document,
          signature, qualified, signer, watched)
       VALUES (?, ?, ?, ?, ?, 10, ?, 20, ?, ?, 1, 'signer', '[]')`,
    )
    .run(
      ...[subject, number, order.handedOn?.first ?? null, `inn:${named?.inn}`],
      ...[Date.parse('2030-01-01'), withdrawnAt ?? null, Buffer.from(document), Buffer.from('signature')],
    );
  return number;
}

function openSession(id: string, power: string): void {
  earlier
    .prepare(
      `INSERT INTO session (id, client, subject, certificate, started_at, expires_at, power)
       VALUES (?, 'portal', ?, 'c', 0, 1, ?)`,
    )
    .run(id, subject, power);
}

it('powers of an earlier version are moved with what is asked of them, and sessions know their givers', async () => {
  const first = keepEarlier({ restricted: ['C'], delegation: '2' });
  const second = keepEarlier({
    handedOn: { first, giver: employee },
    representatives: [colleague],
    powers: ['A'],
  });
  openSession('one', first);
  openSession('two', second);
  earlier.close();
  const database = open();
  expect(await moveAllEarlierPowers(database)).toEqual({ moved: 2, unreadable: 0 });

  const own = givenName(subject, first);
  const handedOn = { principal: subject, giver: handingOn(first), number: second };
  expect(await findPower(database, own)).toMatchObject({
    principalInn: organisation.inn,
    principalName: organisation.name,
    representative: { inn: employee.inn, snils: employee.snils },
    notBefore: Date.parse('2025-12-31T21:00:00Z'),
    notAfter: Date.parse('2030-01-01T21:00:00Z'),
    ...{ verifiedAt: 10, lastUsedAt: 20, withdrawnAt: undefined, isQualified: true, isReadable: true },
  });
  expect(await scopeOf(database, own, 10)).toEqual(['A', 'B']);
  expect(await findPower(database, handedOn)).toMatchObject({
    principalInn: organisation.inn,
    representative: { inn: colleague.inn },
  });
  expect((await findDocument(database, own))?.signature).toEqual(Uint8Array.from(Buffer.from('signature')));
  expect((await findSession(database, 'one'))?.power).toEqual({ giver: subject, number: first });
  expect((await findSession(database, 'two'))?.power).toEqual({ giver: handingOn(first), number: second });
  expect(await moveAllEarlierPowers(database)).toEqual({ moved: 0, unreadable: 0 });
});

it('the moving goes on where it ended, in units of a few', async () => {
  for (let done = 0; done < 20; done++) keepEarlier();
  earlier.close();
  expect(await moveEarlierPowers(open())).toEqual({ moved: 8, unreadable: 0 });
  // As after a process that was killed.
  const again = open();
  expect(await listPowers(again, subject, 100)).toHaveLength(8);
  expect(await moveAllEarlierPowers(again)).toEqual({ moved: 12, unreadable: 0 });
  expect(await listPowers(again, subject, 100)).toHaveLength(20);
});

it('one whose document cannot be read any more is kept and marked', async () => {
  const odd = keepEarlier({ change: (text) => text.replace('ПолнЮЛ="1"', 'ПолнЮЛ="7"') });
  const readable = keepEarlier();
  earlier.close();
  const database = open();
  expect(await moveAllEarlierPowers(database)).toEqual({ moved: 2, unreadable: 1 });
  const kept = await findPower(database, givenName(subject, odd));
  expect(kept).toMatchObject({
    representative: { inn: employee.inn, snils: undefined, name: '' },
    isReadable: false,
  });
  expect(
    Buffer.from((await findDocument(database, givenName(subject, odd)))?.document ?? []).toString(),
  ).toContain('ПолнЮЛ="7"');
  expect(await findPower(database, givenName(subject, readable))).toMatchObject({ isReadable: true });
});

it('of one that was withdrawn the columns stay, and the document goes', async () => {
  const number = keepEarlier({ withdrawnAt: 15 });
  earlier.close();
  const database = open();
  await moveAllEarlierPowers(database);
  expect(await findPower(database, givenName(subject, number))).toMatchObject({ withdrawnAt: 15 });
  expect(await findDocument(database, givenName(subject, number))).toBeUndefined();
});
