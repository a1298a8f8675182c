import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startTestService, type TestService } from '../service/portal.ts';

/** A service whose folder outlives it, so that somebody can write to its database while it does not run. */
export interface KeptService {
  readonly folder: string;
  /** Starts it on what the folder holds; it is stopped with `stop`. */
  start(environment?: Record<string, string>): Promise<TestService>;
  /** Runs SQL as somebody who can write the file, but does not know the secrets; triggers do not stop him. */
  tamper(sql: string, ...parameters: (string | number | null | Uint8Array)[]): void;
  read(sql: string): Record<string, unknown>[];
  /** Copies the database to `name` beside it, or back. */
  copy(from: string, to: string): void;
  dispose(): void;
}

/** The name of the database's file. */
export const databaseFile = 'sealgate.sqlite';

export function keptService(): KeptService {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-hostile-'));
  const direct = <T>(act: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(join(folder, databaseFile), { timeout: 5_000 });
    try {
      return act(database);
    } finally {
      database.close();
    }
  };
  return {
    folder,
    start: (environment = {}) => startTestService({}, { SEALGATE_DATA: folder, ...environment }),
    tamper: (sql, ...parameters) =>
      direct((database) => {
        const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
        for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
        if (parameters.length > 0) database.prepare(sql).run(...parameters);
        else database.exec(sql);
      }),
    read: (sql) => direct((database) => database.prepare(sql).all() as Record<string, unknown>[]),
    copy: (from, to) => {
      for (const end of ['-wal', '-shm']) rmSync(join(folder, to + end), { force: true });
      cpSync(join(folder, from), join(folder, to));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
