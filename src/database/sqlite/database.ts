import type { StatementSync } from 'node:sqlite';
import { fault, SealgateError } from '../../error.ts';
import type { Database, Row, SealState, Statement, Unit, Value } from '../database.ts';
import { judgeSeal, sealKeyId } from '../seal.ts';
import { stored } from './commit.ts';
import { databaseKeys, rereadKeys } from './keys.ts';
import { type Access, openReader } from './open.ts';
import { startWriter, unavailable, type Writer } from './queue.ts';

/** How to open the embedded database. */
export interface SqliteOptions {
  /** Path of the database file; its folder is made if it is missing. */
  readonly file: string;
  /** The service's secrets, newest first; they seal the journal. */
  readonly secrets: readonly Uint8Array[];
  /** The file they came from: read again where the journal was sealed by one that is not among them. */
  readonly secretsFile?: string;
  /** Now, in milliseconds since the epoch, to be written beside each step of the schema. */
  readonly at: number;
  /** What opening may do; `serve` by default. */
  readonly access?: Access;
}

/**
 * Opens the embedded database: brings its schema up to date, then writes through a thread of its own and reads on
 * this one. A commit waits for the disk, and on a slow disk that is many milliseconds, so it must not happen on the
 * event loop. A look-up by key takes microseconds, less than a message to a thread and back would.
 *
 * Throws `configuration_invalid` for a database of another version or that is not there, and for secrets that did not
 * seal its journal; `audit_damaged` for a journal with a forged head; `database_unusable` for a file that cannot be
 * opened.
 */
export function openSqlite({ file, secrets, secretsFile, at, access = 'serve' }: SqliteOptions): Database {
  const secretsField = secretsFile ?? 'SEALGATE_SECRETS';
  const reader = openReader({ file, keys: databaseKeys(secrets).journal, secretsField }, access, at);
  const from = secretsFile === undefined ? {} : { secretsFile };
  const writer = access === 'read' ? nobody : startWriter({ file, secrets, ...from });
  const prepared = new Map<string, StatementSync>();
  const judge = sealJudge(secrets, secretsFile);
  let closed = false;

  const rows = ({ sql, parameters }: Statement): readonly Row[] => {
    if (closed) throw fault('the database is closed');
    let statement = prepared.get(sql);
    if (!statement) {
      statement = reader.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement.all(...parameters.map((each) => stored(each, noSeal))) as readonly Row[];
  };

  return {
    write: (unit: Unit) => writer.write(unit),
    async read(statement) {
      try {
        return rows(statement);
      } catch (error) {
        throw new SealgateError('storage_unavailable', {}, { cause: error });
      }
    },
    judgeSeal: judge,
    ready: () => writer.ready(),
    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      reader.close();
    },
  };
}

/** Another process may have sealed by a secret that is newer than these; so often, in ms, the file is read for it. */
const rereadAfter = 1_000;

function sealJudge(secrets: readonly Uint8Array[], secretsFile: string | undefined): Database['judgeSeal'] {
  let keys = databaseKeys(secrets);
  let readAt = Number.NEGATIVE_INFINITY;
  return (text: string, seal: Value | undefined): SealState => {
    const id = sealKeyId(seal);
    if (id !== undefined && !keys.record.find(id) && performance.now() - readAt >= rereadAfter) {
      readAt = performance.now();
      keys = rereadKeys(secretsFile) ?? keys;
    }
    return judgeSeal(keys.record, text, seal);
  };
}

function noSeal(): never {
  throw fault('a question holds no seal to be made');
}

/** Writes nothing, for a database that was opened to be read. */
const nobody: Writer = {
  write: () => Promise.reject(unavailable(fault('the database was opened to be read only'))),
  ready: () => Promise.reject(unavailable(fault('the database was opened to be read only'))),
  close: async () => {},
};
