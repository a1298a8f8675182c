import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRawSync } from 'node:zlib';
import type { Database, Statement } from '../database/database.ts';

const compress = promisify(deflateRaw);

/** Something kept once, however many logins rest on it. */
export interface KeptObject {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly octets: Uint8Array;
}

const day = 86_400_000;
/** From this size on, in octets, an object is compressed and written ahead of the login that needs it. */
const large = 64 * 1024;
/** Octets a row: small enough that no row holds up other writers for long. */
const pieceLength = 1024 * 1024;
/** Nothing larger is given back; revocation lists are refused long before. In octets. */
const largestObject = 256 * 1024 * 1024;
/** Objects that this process remembers as written. */
const mostRemembered = 100_000;

/**
 * Writes objects by their SHA-256, each once. The time of the last use is renewed once a day, so that what is used
 * daily costs nothing, and what nobody used for longer than the retention can go.
 */
export class ObjectWriter {
  private readonly database: Database;
  private readonly usedAt = new Map<string, number>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(database: Database) {
    this.database = database;
  }

  /** Octets of those `objects` that this process has not written yet. */
  missing(objects: readonly KeptObject[], at: number): number {
    return objects.reduce(
      (sum, { sha256, octets }) => sum + (this.isKnown(sha256, at) ? 0 : octets.length),
      0,
    );
  }

  /**
   * What has to be written together with a login at `at` (ms) for `objects` to be there. Large ones are written here
   * and are there once this resolves. Rejects with `storage_unavailable`.
   */
  async statements(objects: readonly KeptObject[], at: number): Promise<Statement[]> {
    const wanted = objects.filter(({ sha256 }) => !this.isKnown(sha256, at));
    if (wanted.length === 0) return [];
    await Promise.all(
      wanted.filter(({ octets }) => octets.length >= large).map((object) => this.writeOnce(object, at)),
    );
    return wanted
      .filter(({ octets }) => octets.length < large)
      .map(({ sha256, octets }) => insert(sha256, 0, 'plain', octets, at));
  }

  /** Remembers that `objects` are there; to be called once they are durable. */
  written(objects: readonly KeptObject[], at: number): void {
    for (const { sha256 } of objects) {
      if (!this.isKnown(sha256, at)) this.usedAt.set(sha256, at);
    }
    for (const sha256 of this.usedAt.keys()) {
      if (this.usedAt.size <= mostRemembered) break;
      this.usedAt.delete(sha256);
    }
  }

  private isKnown(sha256: string, at: number): boolean {
    const used = this.usedAt.get(sha256);
    return used !== undefined && at - used < day;
  }

  private writeOnce(object: KeptObject, at: number): Promise<void> {
    const { sha256 } = object;
    let running = this.writing.get(sha256);
    if (running === undefined) {
      running = this.writeLarge(object, at).finally(() => this.writing.delete(sha256));
      this.writing.set(sha256, running);
    }
    return running;
  }

  /** The first piece comes last: where it stands, the others do. */
  private async writeLarge({ sha256, octets }: KeptObject, at: number): Promise<void> {
    const [row] = await this.database.read({
      sql: 'SELECT used_at FROM evidence_object WHERE sha256 = ? AND position = 0',
      parameters: [sha256],
    });
    if (row === undefined) {
      const packed = await compress(octets, { level: constants.Z_BEST_SPEED });
      const last = Math.floor((packed.length - 1) / pieceLength);
      for (let position = last; position >= 0; position--) {
        const piece = packed.subarray(position * pieceLength, (position + 1) * pieceLength);
        await this.database.write({ statements: [insert(sha256, position, 'deflate', piece, at)] });
      }
    } else {
      const sql = 'UPDATE evidence_object SET used_at = ? WHERE sha256 = ? AND position = 0 AND used_at < ?';
      await this.database.write({ statements: [{ sql, parameters: [at, sha256, at] }] });
    }
    this.usedAt.set(sha256, at);
  }
}

function insert(
  sha256: string,
  position: number,
  coding: 'plain' | 'deflate',
  octets: Uint8Array,
  at: number,
): Statement {
  return {
    sql: `INSERT INTO evidence_object (sha256, position, coding, octets, used_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (sha256, position) DO UPDATE SET used_at = CASE
            WHEN excluded.used_at > evidence_object.used_at THEN excluded.used_at ELSE evidence_object.used_at END`,
    // A copy: the statement crosses to another thread, and a view would take the whole buffer along.
    parameters: [sha256, position, coding, Uint8Array.from(octets), at],
  };
}

/**
 * An object by its SHA-256; undefined where it is not kept any more. Whether it is what it should be, the reader
 * checks.
 */
export async function readObject(database: Database, sha256: string): Promise<Uint8Array | undefined> {
  const rows = await database.read({
    sql: 'SELECT coding, octets FROM evidence_object WHERE sha256 = ? ORDER BY position',
    parameters: [sha256],
  });
  if (rows.length === 0) return undefined;
  const octets = Buffer.concat(rows.map((row) => row.octets as Uint8Array));
  if (rows[0]?.coding === 'plain') return octets;
  return inflateRawSync(octets, { maxOutputLength: largestObject });
}

/** Removes objects that were not used for `retention` (ms) before `at`, a bounded number at a time. */
export function forgetObjects(at: number, retention: number): Statement {
  return {
    sql: `DELETE FROM evidence_object WHERE sha256 IN (
            SELECT sha256 FROM evidence_object WHERE position = 0 AND used_at < ? LIMIT 200)`,
    // Uses are noted once a day, so the last one may be a day later than it says.
    parameters: [at - retention - day],
  };
}
