import type { Database } from '../database/database.ts';

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
      last = Number(row.sequence);
      yield { sequence: last, at: Number(row.at), record: String(row.record), hash: row.hash as Uint8Array };
    }
    if (rows.length < page) return;
  }
}
