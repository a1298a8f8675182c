import type { StatementSync } from 'node:sqlite';
import { fault, SealgateError } from '../../error.ts';
import { defined } from '../../optional.ts';
import type { Access } from '../access.ts';
import type { Database, Row, Statement, Unit } from '../database.ts';
import { databaseKeys } from '../keys.ts';
import { nobody, startWriter } from '../queue.ts';
import { sealJudge } from '../seal-judge.ts';
import { noSeal, stored } from '../stored.ts';
import { openReader } from './open.ts';
import type { WriterData } from './writer.ts';

const writerModule = new URL(`./writer.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Longer batches would only add waiting: at 200 units the disk's share of each is already below a microsecond. */
const largestBatch = 200;

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
  const data: WriterData = { file, secrets, ...defined({ secretsFile }) };
  const writer = access === 'read' ? nobody : startWriter({ module: writerModule, data, largestBatch });
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

  const read = async (statement: Statement): Promise<readonly Row[]> => {
    try {
      return rows(statement);
    } catch (error) {
      throw new SealgateError('storage_unavailable', {}, { cause: error });
    }
  };

  return {
    write: (unit: Unit) => writer.write(unit),
    read,
    async ready() {
      await read({ sql: 'SELECT max(number) AS number FROM migration', parameters: [] });
      await writer.ready();
    },
    judgeSeal: judge,
    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      reader.close();
    },
  };
}
