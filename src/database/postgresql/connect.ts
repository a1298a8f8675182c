import { Client, type ClientConfig } from 'pg';
import { fault } from '../../error.ts';
import { columnTypes } from './column.ts';

/** How long a connection may take to come about, in ms. */
const connectWithin = 3_000;

/** How long the server may work on one statement, and wait for a lock, in ms. */
const statementWithin = 10_000;

/**
 * A transaction that its program has left standing is ended by the server after so many ms: a replica that hangs while
 * it holds the journal's head must not stop the others for longer.
 */
const idleWithin = 5_000;

/** Beyond the server's own limit, in ms, a connection that says nothing is given up. */
const answerWithin = statementWithin + 2_000;

/** How every connection is made: by this address, and with these limits. */
export function clientConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'sealgate',
    connectionTimeoutMillis: connectWithin,
    statement_timeout: statementWithin,
    idle_in_transaction_session_timeout: idleWithin,
    query_timeout: answerWithin,
    keepAlive: true,
    types: columnTypes,
  };
}

/**
 * Connects. `pipeline` lets statements follow each other without waiting for answers. An error of the connection while
 * nothing is asked shows at the next question. Rejects with the error of `pg` or of the system.
 */
export async function connect(url: string, { pipeline = false } = {}): Promise<Client> {
  const config = { ...clientConfig(url), ...(pipeline ? { pipeline } : {}) };
  const client = new Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    // Whoever set the server to confirm what it has not kept would break the promise of `Database.write`.
    await client.query(`SELECT set_config('synchronous_commit', 'on', false)
                        WHERE current_setting('synchronous_commit') = 'off'`);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error ?? fault('no connection to the database');
  }
}
