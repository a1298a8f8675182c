import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { journalStart, link, sealHead } from '../../src/database/journal.ts';
import { migrate } from '../../src/database/sqlite/migrate.ts';
import { migrations } from '../../src/database/sqlite/schema/migrations.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { origin, startTestService, type TestService } from '../service/portal.ts';

/** A service whose folder outlives it, so that somebody can write to its database while it does not run. */
export interface KeptService {
  readonly folder: string;
  /** Starts it on what the folder holds; it is stopped with `stop`. */
  start(environment?: Record<string, string>): Promise<TestService>;
  /** Runs SQL as somebody who can write the file, but does not know the secrets; triggers do not stop him. */
  tamper(sql: string, ...parameters: (string | number | null | Uint8Array)[]): void;
  /** Makes the database of the version that sealed no records, with one relying party. */
  makeOlder(): Promise<void>;
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
    makeOlder: async () => {
      const keys = keyring(await loadSecrets(join(folder, 'secrets')), 'journal');
      const sealing = migrations.findIndex(({ name }) => name === 'seals of rows that carry trust');
      direct((database) => {
        migrate(database, 1, migrations.slice(0, sealing));
        const { id, ...registration } = registrationSchema.parse({
          id: 'portal',
          name: { en: 'Portal', ru: 'Портал' },
          origins: [origin],
        });
        const text = JSON.stringify({ id, ...registration });
        database.prepare("INSERT INTO client VALUES (?, ?, '[]', 1, NULL)").run(id, text);
        const entry = '{"client":"portal","event":"client.added"}';
        const hash = link(journalStart, 1, 1, entry);
        database.prepare('INSERT INTO journal VALUES (1, 1, ?, ?)').run(entry, hash);
        const head = sealHead(keys.current, 1, hash);
        database.prepare('INSERT INTO journal_head VALUES (1, 1, ?, ?, ?)').run(hash, head.keyId, head.mac);
      });
    },
    read: (sql) => direct((database) => database.prepare(sql).all() as Record<string, unknown>[]),
    copy: (from, to) => {
      for (const end of ['-wal', '-shm']) rmSync(join(folder, to + end), { force: true });
      cpSync(join(folder, from), join(folder, to));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
