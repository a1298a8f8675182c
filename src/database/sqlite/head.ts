import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SealgateError } from '../../error.ts';
import type { Keyring } from '../../secret/keyring.ts';
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

/** Checks on opening that the journal can be continued. Throws as `expectJournal` does. */
export function expectHead(database: DatabaseSync, keys: Keyring, field: string): void {
  expectJournal(journalState(database), keys, field);
}

/** Checks the same, and takes the newest secret into use, see `renewedHead`. Throws as `expectHead` does. */
export function renewHead(database: DatabaseSync, keys: Keyring, field: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const state = journalState(database);
    expectJournal(state, keys, field);
    const renewed = renewedHead(state.head, keys);
    if (renewed !== undefined) database.prepare(writeHead).run(...headParameters(renewed));
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Whether the database in `file` has a journal that some secret sealed; false where there is no database yet. */
export function isSealed(file: string): boolean {
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journal_head'").get();
    return table !== undefined && database.prepare(selectHead).get() !== undefined;
  } catch (error) {
    throw new SealgateError('database_unusable', { file }, { cause: error });
  } finally {
    database?.close();
  }
}

function journalState(database: DatabaseSync): JournalState {
  const head = readHead(database.prepare(selectHead).get());
  const { first, last } = database.prepare(selectEnds).get() as Pick<JournalState, 'first' | 'last'>;
  if (head !== undefined) {
    const newest = database.prepare(selectEntryHash).get(head.sequence)?.hash;
    return { head, first, last, newest: newest instanceof Uint8Array ? newest : undefined };
  }
  const steps = database.prepare('SELECT max(number) AS steps FROM migration').get()?.steps;
  const proof = database.prepare(selectProofOfJournal(Number(steps))).get()?.proof;
  return { head, first, last, proof: proof === undefined ? undefined : String(proof) };
}
