import type { Database, Row } from '../database/database.ts';
import { type JournalHead, readHead } from '../database/journal.ts';

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

/**
 * The entries in which `id`, a text of letters, digits and hyphens, is a value, in order; the audit is not indexed by
 * what is in it, and is read whole for this.
 */
export async function recordsNaming(database: Database, id: string): Promise<readonly StoredRecord[]> {
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

/**
 * The entries of sign-ins in which `id`, a text of letters, digits and hyphens, stands anywhere, in order: the audit is
 * not indexed by what is in it, and is read whole for this.
 */
export async function signInsNaming(database: Database, id: string): Promise<readonly StoredRecord[]> {
  const rows = await database.read({
    sql: `SELECT sequence, at, record, hash FROM journal
          WHERE record LIKE ? AND record LIKE '%"event":"login.%' ORDER BY sequence`,
    parameters: [`%"${id}"%`],
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
