import type { Database, Row } from '../database/database.ts';
import { type JournalHead, readHead } from '../database/journal.ts';
import { wasMigrated } from '../database/steps.ts';

/** An entry of the audit as it stands in the database, unverified. */
export interface StoredRecord {
  readonly sequence: number;
  readonly at: number;
  readonly record: string;
  readonly hash: Uint8Array;
}

const page = 1_000;

/** The audit's records after sequence number `after`, in order, a page at a time, so that any length fits in memory. */
export async function* readAudit(database: Database, after = 0): AsyncGenerator<StoredRecord> {
  let last = after;
  for (;;) {
    const rows = await database.read({
      sql: 'SELECT sequence, at, record, hash FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?',
      parameters: [last, page],
    });
    for (const row of rows) {
      const record = toRecord(row);
      last = record.sequence;
      yield record;
    }
    if (rows.length < page) return;
  }
}

/** The entry with that sequence number; undefined where there is none. */
export async function findRecord(database: Database, sequence: number): Promise<StoredRecord | undefined> {
  const [row] = await database.read({
    sql: 'SELECT sequence, at, record, hash FROM journal WHERE sequence = ?',
    parameters: [sequence],
  });
  return row && toRecord(row);
}

/** The head as it stands in the database, unverified; undefined where there is none. */
export async function findHead(database: Database): Promise<JournalHead | undefined> {
  const [row] = await database.read({
    sql: 'SELECT sequence, hash, key_id, mac FROM journal_head WHERE id = 1',
    parameters: [],
  });
  return readHead(row);
}

/** What entries can be asked for. */
export type AuditKey = 'trace' | 'session' | 'subject' | 'code';

const byKey: Readonly<Record<AuditKey, string>> = {
  trace: pageOf('trace'),
  session: pageOf('session'),
  subject: pageOf('subject'),
  code: pageOf('code'),
};

/** The members of a record that have these keys. */
const member: Readonly<Record<AuditKey, string>> = {
  trace: 'traceId',
  session: 'session',
  subject: 'subject',
  code: 'code',
};

const scanning = `SELECT sequence, at, record, hash FROM journal
                  WHERE record LIKE ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`;

function pageOf(column: AuditKey): string {
  return `SELECT sequence, at, record, hash FROM journal_entry
          WHERE ${column} = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`;
}

/** The entries with that trace id, session, organisation or code, the newest first, a page at a time. */
export async function* recordsWith(
  database: Database,
  key: AuditKey,
  value: string,
): AsyncGenerator<StoredRecord> {
  // A copy that is only read may have been made by a version that had no index yet, and is read whole.
  const isIndexed = await wasMigrated(
    database,
    'the audit found by trace id, session, organisation, code and time',
  );
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = isIndexed
      ? await database.read({ sql: byKey[key], parameters: [value, before, page] })
      : await database.read({ sql: scanning, parameters: [`%"${member[key]}":"${value}"%`, before, page] });
    for (const row of rows) {
      const record = toRecord(row);
      before = record.sequence;
      yield record;
    }
    if (rows.length < page) return;
  }
}

/**
 * The entry behind which all of that time or later stand. Clocks of replicas differ by seconds, so that entries stand a
 * little out of the order of time.
 */
export async function sequenceBefore(database: Database, at: number): Promise<number> {
  const [first] = await database.read({
    sql: 'SELECT sequence FROM journal WHERE at >= ? ORDER BY at, sequence LIMIT 1',
    parameters: [at],
  });
  if (first !== undefined) return Math.max(0, Number(first.sequence) - page);
  const [newest] = await newestRecords(database, 1);
  return newest?.sequence ?? 0;
}

/**
 * The entries in which `id`, a text of letters, digits and hyphens, is a trace id or a session, in order; the audit is
 * read whole only for one that is neither, such as the `jti` of an assertion.
 */
export async function recordsNaming(database: Database, id: string): Promise<readonly StoredRecord[]> {
  const isTrace = /^[0-9a-f]{32}$/.test(id);
  const found: StoredRecord[] = [];
  for await (const record of recordsWith(database, isTrace ? 'trace' : 'session', id)) found.push(record);
  if (isTrace || found.length > 0) return found.reverse();
  const rows = await database.read({
    sql: 'SELECT sequence, at, record, hash FROM journal WHERE record LIKE ? ORDER BY sequence',
    parameters: [`%:"${id}"%`],
  });
  return rows.map(toRecord);
}

/** The newest entries, so many of them, the newest first; `before` goes on where the last answer ended. */
export async function newestRecords(
  database: Database,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<readonly StoredRecord[]> {
  const rows = await database.read({
    sql: 'SELECT sequence, at, record, hash FROM journal WHERE sequence < ? ORDER BY sequence DESC LIMIT ?',
    parameters: [before, limit],
  });
  return rows.map(toRecord);
}

function toRecord({ sequence, at, record, hash }: Row): StoredRecord {
  return {
    sequence: Number(sequence),
    at: Number(at),
    record: String(record),
    hash: hash as Uint8Array,
  };
}
