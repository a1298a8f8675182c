import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SealgateError } from '../../error.ts';

/** A file that goes with the database: without the secrets its journal could not be continued. */
export interface CompanionFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Copies the database `from` into the new file `to` as it is at one moment, while a service goes on writing, and puts
 * `files` into the copy. Both are there whole or not at all. Throws `file_unwritable` where `to` is there already, and
 * `database_unusable`.
 */
export function copyWithFiles(from: string, to: string, files: readonly CompanionFile[]): void {
  settle(from, to, (made) =>
    copyInto(made, from, (copy) => {
      copy.exec('CREATE TABLE backup_file (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT');
      const insert = copy.prepare('INSERT INTO backup_file (name, content) VALUES (?, ?)');
      for (const { name, content } of files) insert.run(name, content);
    }),
  );
}

/** The files in a backup. Throws `backup_unreadable` where it is none, or where SQLite finds it damaged. */
export function readFiles(backup: string): readonly CompanionFile[] {
  try {
    const database = new DatabaseSync(backup, { readOnly: true });
    try {
      const [found] = database.prepare('PRAGMA integrity_check(1)').all();
      if (found?.integrity_check !== 'ok') throw new SealgateError('backup_unreadable', { file: backup });
      const rows = database.prepare('SELECT name, content FROM backup_file ORDER BY name').all();
      return rows.map(({ name, content }) => ({ name: String(name), content: content as Uint8Array }));
    } finally {
      database.close();
    }
  } catch (cause) {
    if (cause instanceof SealgateError) throw cause;
    throw new SealgateError('backup_unreadable', { file: backup }, { cause });
  }
}

/**
 * Writes the database in a backup into the new file `to`, without the files that came with it, of which nothing stays
 * behind in it. Throws as `copyWithFiles` does.
 */
export function copyWithoutFiles(backup: string, to: string): void {
  settle(backup, to, (made) =>
    copyInto(made, backup, (copy) => copy.exec('PRAGMA secure_delete = ON; DROP TABLE backup_file; VACUUM')),
  );
}

/** Copies the database `from` into the new file `made`, for its owner alone, and finishes the copy. */
function copyInto(made: string, from: string, finish: (copy: DatabaseSync) => void): void {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    source.prepare('VACUUM INTO ?').run(made);
  } finally {
    source.close();
  }
  chmodSync(made, 0o600);
  const copy = new DatabaseSync(made);
  try {
    finish(copy);
  } finally {
    copy.close();
  }
}

/** Makes a file beside `to` and gives it that name once it is whole. */
function settle(from: string, to: string, make: (file: string) => void): void {
  if (existsSync(to)) throw new SealgateError('file_unwritable', { file: to, problem: 'file-exists' });
  const made = `${to}.${process.pid}`;
  const before = process.umask(0o077);
  try {
    make(made);
    renameSync(made, to);
  } catch (cause) {
    throw new SealgateError('database_unusable', { file: from }, { cause });
  } finally {
    process.umask(before);
    rmSync(made, { force: true });
  }
}
