import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from '../../database/database.ts';
import {
  isOver,
  type PruneLimits,
  parseRecord,
  type Storage,
  type StorageKind,
  type StoredRecord,
} from './storage.ts';

/** Octets a row: small enough that no row holds up the database for long. */
const pieceLength = 1024 * 1024;
/** Records that are looked through at once. */
const pageLength = 500;

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

  async write(kind: StorageKind, record: StoredRecord, octets?: Uint8Array): Promise<void> {
    if (octets !== undefined) await this.writeObject(record.sha256, octets);
    await this.database.write({
      statements: [
        {
          sql: `INSERT INTO revocation_record (kind, key, sha256, record) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, key) DO UPDATE SET sha256 = excluded.sha256, record = excluded.record`,
          parameters: [kind, record.key, record.sha256, JSON.stringify(record)],
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

  async records(kind: StorageKind): Promise<readonly StoredRecord[]> {
    const rows = await this.database.read({
      sql: 'SELECT record FROM revocation_record WHERE kind = ?',
      parameters: [kind],
    });
    return rows.flatMap(({ record }) => parseRecord(String(record)) ?? []);
  }

  async record(kind: StorageKind, key: string): Promise<StoredRecord | undefined> {
    const [row] = await this.database.read({
      sql: 'SELECT record FROM revocation_record WHERE kind = ? AND key = ?',
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

  async prune(limits: PruneLimits): Promise<number> {
    await this.pruneAnswers(limits);
    const rows = await this.database.read({
      sql: `SELECT sha256 FROM revocation_object WHERE written_at < ?
            AND sha256 NOT IN (SELECT sha256 FROM revocation_record)`,
      parameters: [limits.evidenceBefore],
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
  private async pruneAnswers(limits: PruneLimits): Promise<void> {
    for (let after = ''; ; ) {
      const rows = await this.database.read({
        sql: "SELECT key, record FROM revocation_record WHERE kind = 'answers' AND key > ? ORDER BY key LIMIT ?",
        parameters: [after, pageLength],
      });
      const over = rows.filter(({ record }) => {
        const read = parseRecord(String(record));
        return read === undefined || isOver(read, limits);
      });
      const statements = over.map(({ key }) => ({
        sql: "DELETE FROM revocation_record WHERE kind = 'answers' AND key = ?",
        parameters: [String(key)],
      }));
      if (statements.length > 0) await this.database.write({ statements });
      if (rows.length < pageLength) return;
      after = String(rows.at(-1)?.key);
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
