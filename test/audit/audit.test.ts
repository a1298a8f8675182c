import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical.ts';
import {
  type AuditKey,
  readAudit,
  recordsNaming,
  recordsWith,
  sequenceBefore,
} from '../../src/audit/read.ts';
import { auditEntry } from '../../src/audit/record.ts';
import { type NotedHead, verifyAudit } from '../../src/audit/verify.ts';
import { link } from '../../src/database/journal.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

const verify = (noted?: NotedHead) =>
  verifyAudit(temporary.database, keyring(temporary.secrets, 'journal'), noted === undefined ? [] : [noted]);

async function log(count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, index) =>
    auditEntry({ event: 'login.passed', at: 1_000 + index, client: 'portal', traceId: `trace-${index}` }),
  );
  await temporary.database.write({ statements: [], journal: entries });
}

async function record(sequence: number) {
  for await (const found of readAudit(temporary.database, sequence - 1)) return found;
  throw new Error(`there is no record ${sequence}`);
}

describe('an audit that nobody touched', () => {
  it('holds, empty and over several pages', async () => {
    expect(await verify()).toEqual({ records: 0, hash: '0'.repeat(64) });
    await log(2_500);
    const verdict = await verify();
    expect(verdict).toMatchObject({ records: 2_500 });
    expect(verdict.damage).toBeUndefined();
  });

  it('holds while the service goes on writing', async () => {
    await log(1_500);
    const writing = Promise.all(Array.from({ length: 20 }, () => log(50)));
    for (let round = 0; round < 5; round += 1) expect((await verify()).damage).toBeUndefined();
    await writing;
    expect(await verify()).toMatchObject({ records: 2_500 });
  });

  it('still contains a head that was noted earlier', async () => {
    await log(10);
    const { records: sequence, hash } = await verify();
    await log(10);
    expect((await verify({ sequence, hash })).damage).toBeUndefined();
    expect((await verify({ sequence, hash: 'f'.repeat(64) })).damage).toEqual({ sequence, kind: 'changed' });
    expect((await verify({ sequence: 21, hash })).damage).toEqual({ sequence: 21, kind: 'missing' });
  });
});

describe('in an audit of twenty records', () => {
  beforeEach(() => log(20));

  it.each([1, 7, 20])('a change to the text of record %i is found there', async (sequence) => {
    temporary.tamper(
      "UPDATE journal SET record = replace(record, 'portal', 'Portal') WHERE sequence = ?",
      sequence,
    );
    expect((await verify()).damage).toEqual({ sequence, kind: 'changed' });
  });

  it('a change to the time of a record is found there', async () => {
    temporary.tamper('UPDATE journal SET at = at + 1 WHERE sequence = 9');
    expect((await verify()).damage).toEqual({ sequence: 9, kind: 'changed' });
  });

  it('a changed record with a hash made to fit is found at the one that follows it', async () => {
    const before = await record(8);
    const { at } = await record(9);
    temporary.tamper(
      'UPDATE journal SET record = ?, hash = ? WHERE sequence = 9',
      '{}',
      link(before.hash, 9, at, '{}'),
    );
    expect((await verify()).damage).toEqual({ sequence: 10, kind: 'changed' });
  });

  it('a chain rewritten to its end is found by its head', async () => {
    const before = await record(19);
    const { at } = await record(20);
    const hash = link(before.hash, 20, at, '{}');
    temporary.tamper('UPDATE journal SET record = ?, hash = ? WHERE sequence = 20', '{}', hash);
    expect((await verify()).damage).toEqual({ sequence: 0, kind: 'head-forged' });
    temporary.tamper('UPDATE journal_head SET hash = ?', hash);
    expect((await verify()).damage).toEqual({ sequence: 0, kind: 'head-forged' });
  });

  it.each([1, 7, 19])('the absence of record %i is found there', async (sequence) => {
    temporary.tamper('DELETE FROM journal WHERE sequence = ?', sequence);
    expect((await verify()).damage).toEqual({ sequence, kind: 'missing' });
  });

  it('a cut-off tail is found where it begins', async () => {
    temporary.tamper('DELETE FROM journal WHERE sequence > 15');
    expect((await verify()).damage).toEqual({ sequence: 16, kind: 'missing' });
  });

  it('a cut-off tail with a head made to fit is found by the head’s seal', async () => {
    const { hash } = await record(15);
    temporary.tamper('DELETE FROM journal WHERE sequence > 15');
    temporary.tamper('UPDATE journal_head SET sequence = 15, hash = ?', hash);
    expect((await verify()).damage).toEqual({ sequence: 0, kind: 'head-forged' });
  });

  it('a missing head is found', async () => {
    temporary.tamper('DELETE FROM journal_head');
    expect((await verify()).damage).toEqual({ sequence: 0, kind: 'head-missing' });
  });

  it('two records in each other’s places are found at the first', async () => {
    temporary.tamper(`UPDATE journal SET sequence = -1 WHERE sequence = 5;
      UPDATE journal SET sequence = 5 WHERE sequence = 11;
      UPDATE journal SET sequence = 11 WHERE sequence = -1`);
    expect((await verify()).damage).toEqual({ sequence: 5, kind: 'reordered', foundAt: 11 });
  });

  it('records moved up over a gap are found at the gap', async () => {
    temporary.tamper(
      'DELETE FROM journal WHERE sequence = 5; UPDATE journal SET sequence = sequence - 1 WHERE sequence > 5',
    );
    expect((await verify()).damage).toEqual({ sequence: 5, kind: 'changed' });
  });

  it('a record added behind the end is found', async () => {
    const last = await record(20);
    temporary.tamper('INSERT INTO journal VALUES (21, 1, ?, ?)', '{}', link(last.hash, 21, 1, '{}'));
    expect((await verify()).damage).toEqual({ sequence: 21, kind: 'inserted' });
  });

  it('a whole audit under other secrets is found by its head', async () => {
    const others = keyring([new Uint8Array(32)], 'journal');
    expect((await verifyAudit(temporary.database, others)).damage).toEqual({
      sequence: 0,
      kind: 'head-forged',
    });
  });
});

describe('a record', () => {
  it('is the same text whatever the order of its facts, and leaves out what is absent', () => {
    expect(canonicalJson({ b: 1, a: { d: [true, null], c: 'é"' }, e: undefined })).toBe(
      '{"a":{"c":"é\\"","d":[true,null]},"b":1}',
    );
  });

  it('keeps details bounded and harmless', () => {
    const loop: Record<string, unknown> = { date: new Date(0), octets: new Uint8Array(1000).fill(255) };
    loop.self = loop;
    const { record: text } = auditEntry({
      event: 'trust_list.imported',
      at: 1,
      details: {
        loop,
        where: 'x'.repeat(10_000),
        problem: 'a\nb\u202e',
        big: 10n,
        nan: Number.NaN,
        list: [1, 2],
      },
    });
    expect(text.length).toBeLessThan(2_000);
    expect(JSON.parse(text)).toMatchObject({
      details: {
        problem: 'a\\u{a}b\\u{202e}',
        big: '10',
        nan: 'NaN',
        list: [1, 2],
        loop: { date: '1970-01-01T00:00:00.000Z' },
      },
    });
  });
});

describe('records are found by what people know of them', () => {
  const trace = (number: number) => String(number).padStart(32, '0');
  const found = async (key: AuditKey, value: string) => {
    const sequences: number[] = [];
    for await (const { sequence } of recordsWith(temporary.database, key, value)) sequences.push(sequence);
    return sequences;
  };

  beforeEach(async () => {
    const entries = Array.from({ length: 1_200 }, (_, index) =>
      auditEntry({
        event: index % 2 === 0 ? 'login.passed' : 'login.refused',
        at: 1_000 + index,
        client: 'portal',
        traceId: trace(index),
        subject: `ogrn:${index % 3}`,
        ...(index % 2 === 0 ? { session: `session-${index}` } : { code: 'challenge_used' as const }),
      }),
    );
    await temporary.database.write({ statements: [], journal: entries });
  });

  it('by trace id, session, organisation and code, the newest first and over several pages', async () => {
    expect(await found('trace', trace(7))).toEqual([8]);
    expect(await found('session', 'session-8')).toEqual([9]);
    expect((await found('subject', 'ogrn:2')).slice(0, 2)).toEqual([1_200, 1_197]);
    expect(await found('code', 'challenge_used')).toHaveLength(600);
    expect(await found('trace', trace(1_200))).toEqual([]);
    expect(await recordsNaming(temporary.database, trace(7))).toMatchObject([{ sequence: 8 }]);
  });

  it('and the record before a time, with some to spare for clocks that differ', async () => {
    expect(await sequenceBefore(temporary.database, 2_195)).toBe(196);
    expect(await sequenceBefore(temporary.database, 5_000)).toBe(1_200);
    expect(await sequenceBefore(temporary.database, 0)).toBe(0);
  });

  it.runIf(process.env.TEST_ENGINE !== 'postgresql')('without reading the others', async () => {
    for (const key of ['trace', 'session', 'subject', 'code'])
      expect(
        await temporary.database.read({
          sql: `EXPLAIN QUERY PLAN SELECT sequence FROM journal_entry WHERE ${key} = ? ORDER BY sequence DESC`,
          parameters: ['x'],
        }),
      ).toMatchObject([{ detail: expect.stringContaining(`INDEX journal_${key} `) }]);
  });
});
