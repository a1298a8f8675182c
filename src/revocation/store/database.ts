import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from '../../database/database.ts';
import {
  type PruneLimits,
  parseRecord,
  type Storage,
  type StorageKind,
  type StoredRecord,
} from './storage.ts';

/** Octets a row: small enough that no row holds up the database for long. */
const pieceLength = 1024 * 1024;
/** Records that are read at once. */
const pageLength = 500;
/** An answer is not used for longer than this, whatever term it gives itself, ms. */
const longestAnswer = 30 * 86_400_000;

/**
 * Lists and answers in the database, so that replicas share them: what one has fetched the others take from here.
 * Rejects with `storage_unavailable`.
 */
export class DatabaseStorage implements Storage {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number = Date.now) {
    this.database = database;
    this.now = now;
  }

  /** One that was had later stays, as long as that was not in the future: a slow replica's list comes late. */
  async write(kind: StorageKind, record: StoredRecord, octets?: Uint8Array): Promise<void> {
    if (octets !== undefined) await this.writeObject(record.sha256, octets);
    const { fetchedAt, nextUpdate } = record;
    const endsAt = Math.min(nextUpdate ?? fetchedAt, fetchedAt + longestAnswer);
    await this.database.write({
      statements: [
        {
          sql: `INSERT INTO held_revocation (kind, key, sha256, written_at, fetched_at, ends_at, record)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (kind, key) DO UPDATE SET sha256 = excluded.sha256, written_at = excluded.written_at,
                  fetched_at = excluded.fetched_at, ends_at = excluded.ends_at, record = excluded.record
                WHERE held_revocation.fetched_at <= excluded.fetched_at
                  OR held_revocation.fetched_at > excluded.written_at`,
          parameters: [
            kind,
            record.key,
            record.sha256,
            this.now(),
            fetchedAt,
            endsAt,
            JSON.stringify(record),
          ],
        },
      ],
    });
  }

  /** The row of the object comes last: what it names is there as a whole. */
  async writeObject(sha256: string, octets: Uint8Array): Promise<void> {
    if (await this.holds(sha256)) return;
    for (let at = 0; at < octets.length; at += pieceLength) {
      await this.database.write({
        statements: [insertPiece(sha256, at, octets.subarray(at, at + pieceLength))],
      });
    }
    await this.database.write({
      statements: [
        {
          sql: `INSERT INTO revocation_object (sha256, length, written_at) VALUES (?, ?, ?)
                ON CONFLICT (sha256) DO NOTHING`,
          parameters: [sha256, octets.length, this.now()],
        },
      ],
    });
  }

  async *records(kind: StorageKind, since: number): AsyncGenerator<readonly StoredRecord[]> {
    for (let [at, after] = [since, '']; ; ) {
      const rows = await this.database.read({
        sql: `SELECT written_at, key, record FROM held_revocation
              WHERE kind = ? AND (written_at, key) > (?, ?) ORDER BY written_at, key LIMIT ?`,
        parameters: [kind, at, after, pageLength],
      });
      yield rows.flatMap(({ record }) => parseRecord(String(record)) ?? []);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageLength) return;
      [at, after] = [Number(last.written_at), String(last.key)];
    }
  }

  async record(kind: StorageKind, key: string): Promise<StoredRecord | undefined> {
    const [row] = await this.database.read({
      sql: 'SELECT record FROM held_revocation WHERE kind = ? AND key = ?',
      parameters: [kind, key],
    });
    return row === undefined ? undefined : parseRecord(String(row.record));
  }

  async readObject(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const [object] = await this.database.read({
      sql: 'SELECT length FROM revocation_object WHERE sha256 = ?',
      parameters: [sha256],
    });
    if (typeof object?.length !== 'number') return undefined;
    const octets = new Uint8Array(object.length);
    for (let at = 0; at < octets.length; at += pieceLength) {
      const [row] = await this.database.read({
        sql: 'SELECT octets FROM revocation_piece WHERE sha256 = ? AND position = ?',
        parameters: [sha256, at],
      });
      if (!(row?.octets instanceof Uint8Array) || at + row.octets.length > octets.length) return undefined;
      octets.set(row.octets, at);
      // The embedded database reads on this thread; others have their turn between the pieces.
      await setImmediate();
    }
    return octets;
  }

  async prune({ answersBefore, listsBefore, evidenceBefore }: PruneLimits): Promise<number> {
    await this.pruneRecords("kind = 'ocsp' AND ends_at < ?", answersBefore);
    await this.pruneRecords("kind = 'crl' AND fetched_at < ?", listsBefore);
    const rows = await this.database.read({
      sql: `SELECT sha256 FROM revocation_object WHERE written_at < ?
            AND sha256 NOT IN (SELECT sha256 FROM held_revocation)
            AND sha256 NOT IN (SELECT sha256 FROM revocation_record)`,
      parameters: [evidenceBefore],
    });
    for (const { sha256 } of rows) {
      const parameters = [String(sha256)];
      await this.database.write({
        statements: [
          { sql: 'DELETE FROM revocation_piece WHERE sha256 = ?', parameters },
          { sql: 'DELETE FROM revocation_object WHERE sha256 = ?', parameters },
        ],
      });
    }
    return rows.length;
  }

  /** Page by page, because there may be one for each certificate that ever signed in. */
  private async pruneRecords(condition: string, before: number): Promise<void> {
    for (;;) {
      const rows = await this.database.read({
        sql: `SELECT kind, key FROM held_revocation WHERE ${condition} LIMIT ?`,
        parameters: [before, pageLength],
      });
      if (rows.length > 0) {
        await this.database.write({
          statements: rows.map(({ kind, key }) => ({
            sql: 'DELETE FROM held_revocation WHERE kind = ? AND key = ?',
            parameters: [String(kind), String(key)],
          })),
        });
      }
      if (rows.length < pageLength) return;
    }
  }

  private async holds(sha256: string): Promise<boolean> {
    const rows = await this.database.read({
      sql: 'SELECT 1 FROM revocation_object WHERE sha256 = ?',
      parameters: [sha256],
    });
    return rows.length > 0;
  }
}

function insertPiece(sha256: string, position: number, octets: Uint8Array): Statement {
  return {
    sql: `INSERT INTO revocation_piece (sha256, position, octets) VALUES (?, ?, ?)
          ON CONFLICT (sha256, position) DO UPDATE SET octets = excluded.octets`,
    // A copy: the statement crosses to another thread, and a view would take the whole list along.
    parameters: [sha256, position, Uint8Array.from(octets)],
  };
}
