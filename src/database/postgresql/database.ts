import { setTimeout } from 'node:timers/promises';
import { Pool } from 'pg';
import { fault, SealgateError } from '../../error.ts';
import { defined } from '../../optional.ts';
import type { Access } from '../access.ts';
import type { Database, Row, Statement } from '../database.ts';
import { databaseKeys } from '../keys.ts';
import { nobody, startWriter } from '../queue.ts';
import { sealJudge } from '../seal-judge.ts';
import { noSeal, stored } from '../stored.ts';
import { clientConfig } from './connect.ts';
import { mayPass, tellable } from './failure.ts';
import { prepare } from './open.ts';
import type { PostgresqlPlace } from './place.ts';
import { translate } from './translate.ts';
import type { WriterData } from './writer.ts';

const writerModule = new URL(`./writer.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** More units would outgrow what a snapshot of PostgreSQL remembers of savepoints (64), and slow all readers down. */
const largestBatch = 60;

/** Most connections that one process reads by; one more writes. */
const mostReaders = 8;

/** Pauses, in ms, before a question is asked again that found the database away. */
const pauses = [50, 200, 500, 1_000];

/** How to open a database of PostgreSQL. */
export interface PostgresqlOptions {
  readonly place: PostgresqlPlace;
  /** The service's secrets, newest first; they seal the journal. */
  readonly secrets: readonly Uint8Array[];
  /** The file they came from: read again where the journal was sealed by one that is not among them. */
  readonly secretsFile?: string | undefined;
  /** Now, in milliseconds since the epoch, to be written beside each step of the schema. */
  readonly at: number;
  /** What opening may do; `serve` by default. */
  readonly access?: Access;
}

/**
 * Opens a database of PostgreSQL that replicas share: brings its schema up to date, then writes through a thread of its
 * own, which seals, compresses and sends, and reads by a pool. What finds the database away, because it restarts or
 * fails over, is tried again for a few seconds.
 *
 * Rejects as `prepare` does.
 */
export async function openPostgresql(options: PostgresqlOptions): Promise<Database> {
  const { place, secrets, secretsFile, at, access = 'serve' } = options;
  const field = secretsFile ?? 'SEALGATE_SECRETS';
  await prepare(place, access, at, { keys: databaseKeys(secrets).journal, field });
  const data: WriterData = { url: place.url, secrets, ...defined({ secretsFile }) };
  const writer = access === 'read' ? nobody : startWriter({ module: writerModule, data, largestBatch });
  const pool = new Pool({
    ...clientConfig(place.url),
    max: mostReaders,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it is replaced by the next question.
  pool.on('error', () => {});
  let closed = false;

  const read = async ({ sql, parameters }: Statement): Promise<readonly Row[]> => {
    for (let tries = 0; ; tries += 1) {
      try {
        if (closed) throw fault('the database is closed');
        const query = translate(
          sql,
          parameters.map((each) => stored(each, noSeal)),
        );
        return (await pool.query<Row>(query)).rows;
      } catch (error) {
        const pause = mayPass(error) && !closed ? pauses[tries] : undefined;
        if (pause === undefined)
          throw new SealgateError('storage_unavailable', {}, { cause: tellable(error) });
        await setTimeout(pause);
      }
    }
  };

  return {
    write: (unit) => writer.write(unit),
    read,
    async ready() {
      await read({ sql: 'SELECT max(number) AS number FROM migration', parameters: [] });
      await writer.ready();
    },
    judgeSeal: sealJudge(secrets, secretsFile),
    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      await pool.end();
    },
  };
}
