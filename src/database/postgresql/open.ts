import type { Client } from 'pg';
import { isFailure, SealgateError } from '../../error.ts';
import type { ServiceTerm } from '../../failure/service-terms.ts';
import type { Keyring } from '../../secret/keyring.ts';
import type { Access } from '../access.ts';
import {
  expectJournal,
  headParameters,
  type JournalState,
  renewedHead,
  selectEnds,
  selectEntryHash,
  selectHead,
  writeHead,
} from '../head.ts';
import { readHead, selectProofOfJournal } from '../journal.ts';
import { connect } from './connect.ts';
import { sqlStateOf } from './failure.ts';
import { expectSchema, migrate, unfit } from './migrate.ts';
import type { PostgresqlPlace } from './place.ts';
import { takeWriteLock } from './statements.ts';
import { translate } from './translate.ts';

/** The oldest PostgreSQL that is supported by its makers and was tried. */
const oldestVersion = 140_000;

/** How the journal is to be looked at while opening. */
export interface OpeningKeys {
  readonly keys: Keyring;
  /** Name of the setting or file that the secrets came from. */
  readonly field: string;
}

/**
 * Sees to it that the database can be used as `access` asks, and brings it up to date. Rejects with
 * `database_unreachable`, `database_login_refused`, `database_unfit`, `configuration_invalid` or `audit_damaged`; none
 * of them says the password.
 */
export async function prepare(
  place: PostgresqlPlace,
  access: Access,
  at: number,
  { keys, field }: OpeningKeys,
): Promise<void> {
  await withClient(place, async (client) => {
    await expectServer(client, place.shown, access);
    if (access === 'read' || access === 'open') await expectSchema(client, place.shown, notThere(place));
    if (access === 'read') return;
    await migrate(client, place.shown, at);
    await expectHead(client, access, keys, field);
  });
}

/** Whether the database has a journal that some secret sealed; false in an empty one. Rejects as `prepare` does. */
export async function isSealed(place: PostgresqlPlace): Promise<boolean> {
  return withClient(place, async (client) => {
    const { rows } = await client.query(`SELECT to_regclass('journal_head') IS NOT NULL AS known`);
    return rows[0]?.known === 1 && (await client.query(selectHead)).rows.length > 0;
  });
}

async function withClient<T>(place: PostgresqlPlace, act: (client: Client) => Promise<T>): Promise<T> {
  let client: Client | undefined;
  try {
    client = await connect(place.url);
    return await act(client);
  } catch (error) {
    throw explained(error, place.shown);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** The details of `configuration_invalid` for a database without Sealgate's tables. */
function notThere({ shown }: PostgresqlPlace): { field: string; problem: string } {
  return { field: 'DATABASE_URL', problem: `there is no database of Sealgate at ${shown}` };
}

async function expectServer(client: Client, place: string, access: Access): Promise<void> {
  const { rows } = await client.query<Readonly<Record<string, unknown>>>(
    `SELECT current_setting('server_version_num')::bigint AS version, pg_is_in_recovery() AS standby,
            current_setting('server_encoding') AS encoding, current_setting('transaction_read_only') AS read_only,
            current_schema() AS schema`,
  );
  const { version, standby, encoding, read_only: readOnly, schema } = rows[0] ?? {};
  if (Number(version) < oldestVersion) throw unfit(place, 'database-version');
  if (encoding !== 'UTF8') throw unfit(place, 'database-encoding');
  if (schema === null) throw unfit(place, 'database-schema');
  if (access !== 'read' && (standby === 1 || readOnly === 'on')) throw unfit(place, 'database-read-only');
}

async function expectHead(client: Client, access: Access, keys: Keyring, field: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(takeWriteLock);
    const state = await journalState(client);
    expectJournal(state, keys, field);
    const renewed = access === 'serve' ? renewedHead(state.head, keys) : undefined;
    if (renewed !== undefined) await client.query(translate(writeHead, headParameters(renewed)));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function journalState(client: Client): Promise<JournalState> {
  const rowOf = async (sql: string, values: readonly number[] = []) =>
    (await client.query<Readonly<Record<string, unknown>>>(translate(sql, values))).rows[0];
  const head = readHead(await rowOf(selectHead));
  const { first, last } = (await rowOf(selectEnds)) as Pick<JournalState, 'first' | 'last'>;
  if (head !== undefined) {
    const newest = (await rowOf(selectEntryHash, [head.sequence]))?.hash;
    return { head, first, last, newest: newest instanceof Uint8Array ? newest : undefined };
  }
  const steps = (await rowOf('SELECT max(number) AS steps FROM migration'))?.steps;
  const proof = (await rowOf(selectProofOfJournal(Number(steps))))?.proof;
  return { head, first, last, proof: proof === undefined ? undefined : String(proof) };
}

/** What SQLSTATEs say against a database, in terms of a person. */
const unfitFor: Readonly<Record<string, ServiceTerm>> = {
  '3D000': 'database-missing',
  '25006': 'database-read-only',
  '42501': 'database-read-only',
};

/** The failure that an error of `pg` means for whoever opens the database; one of ours stays what it is. */
export function explained(error: unknown, place: string): unknown {
  if (isFailure(error)) return error;
  const state = sqlStateOf(error);
  if (state === undefined || /^(08|53|57)/.test(state)) {
    return new SealgateError('database_unreachable', { host: place }, { cause: error });
  }
  if (state.startsWith('28'))
    return new SealgateError('database_login_refused', { host: place }, { cause: error });
  return unfit(place, unfitFor[state] ?? 'database-foreign', error);
}
