import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type Details, SealgateError } from '../../error.ts';
import { makeFolder } from '../../file/folder.ts';
import type { Keyring } from '../../secret/keyring.ts';
import type { Access } from '../access.ts';
import { expectHead, renewHead } from './head.ts';
import { expectSchema, migrate } from './migrate.ts';

/** Where a database is, and by what its journal was sealed. */
export interface Place {
  readonly file: string;
  readonly keys: Keyring;
  /** Name of the setting or file that the secrets came from. */
  readonly secretsField: string;
}

/**
 * Opens the connection that reads. Throws `configuration_invalid` where there is no database and none may be made, for
 * one of another version and for other secrets, `audit_damaged` for a forged head, and `database_unusable` for a file
 * that cannot be opened. With `read` neither secrets nor head are looked at.
 */
export function openReader(place: Place, access: Access, at: number): DatabaseSync {
  const { file } = place;
  const mayMake = access === 'serve' || access === 'create';
  if (!mayMake && !existsSync(file)) throw new SealgateError('configuration_invalid', notThere(file));
  if (mayMake) provideFolder(dirname(file));
  try {
    return access === 'read' ? openReadOnly(file) : openWhole(place, access, at);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('database_unusable', { file }, { cause: error });
  }
}

/** The details of `configuration_invalid` for a database that is missing. */
export function notThere(file: string): Details<'configuration_invalid'> {
  const problem = 'there is no database of Sealgate: is the data folder the right one?';
  return { field: file, problem };
}

function provideFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    const details = { field: folder, problem: 'cannot be made' };
    throw new SealgateError('configuration_invalid', details, { cause: error });
  }
}

function openWhole({ file, keys, secretsField }: Place, access: Access, at: number): DatabaseSync {
  const isNew = !existsSync(file);
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    if (isNew) chmodSync(file, 0o600);
    if (access === 'open') expectSchema(database, notThere(file));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    migrate(database, at);
    if (access === 'serve') renewHead(database, keys, secretsField);
    else expectHead(database, keys, secretsField);
    database.exec('PRAGMA query_only = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openReadOnly(file: string): DatabaseSync {
  const database = connectReadOnly(file);
  try {
    expectSchema(database, notThere(file));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * SQLite writes beside a database in write-ahead mode even to read it (sqlite.org/wal.html, section 5). Where it
 * cannot, nobody else can either, so that without a log beside it the file is read as one that does not change.
 */
function connectReadOnly(file: string): DatabaseSync {
  try {
    return connected(file);
  } catch (error) {
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (log !== undefined && log.size > 0) throw error;
    const address = pathToFileURL(file);
    address.searchParams.set('immutable', '1');
    return connected(address);
  }
}

function connected(file: string | URL): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
