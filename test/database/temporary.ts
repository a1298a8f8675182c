import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../src/database/database.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';

/** A database in a folder of its own. */
export interface TemporaryDatabase {
  readonly database: Database;
  readonly file: string;
  readonly secrets: readonly Uint8Array[];
  /** Opens it once more, as another process would. */
  again(): Database;
  /** Runs SQL behind Sealgate's back, as somebody with access to the file could. */
  tamper(sql: string, ...parameters: (string | number | Uint8Array)[]): void;
  dispose(): Promise<void>;
}

export function temporaryDatabase(): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  const file = join(folder, 'sealgate.sqlite');
  const secrets = [randomBytes(32)];
  const open = () => openSqlite({ file, secrets, at: Date.now() });
  const opened = [open()];
  const [database] = opened;
  if (!database) throw new Error('unreachable');
  return {
    database,
    file,
    secrets,
    again() {
      const other = open();
      opened.push(other);
      return other;
    },
    tamper(sql, ...parameters) {
      const direct = new DatabaseSync(file, { timeout: 5_000 });
      for (const trigger of [
        'journal_keeps_entries',
        'journal_loses_nothing',
        'journal_head_stays',
        'journal_head_advances',
      ]) {
        direct.exec(`DROP TRIGGER IF EXISTS ${trigger}`);
      }
      if (parameters.length > 0) direct.prepare(sql).run(...parameters);
      else direct.exec(sql);
      direct.close();
    },
    async dispose() {
      await Promise.all(opened.map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
