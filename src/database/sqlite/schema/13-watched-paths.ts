import type { Migration } from '../migration.ts';

export const watchedPaths: Migration = {
  number: 13,
  name: 'paths that sessions and powers of attorney rest on',
  sql: `
      ALTER TABLE session ADD COLUMN qualified INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE watched_chain (
        id TEXT PRIMARY KEY,
        issuer TEXT NOT NULL,
        key TEXT NOT NULL,
        branch TEXT NOT NULL,
        above TEXT NOT NULL,
        certificates BLOB NOT NULL
      ) STRICT;

      CREATE TABLE watched_path (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        qualified INTEGER NOT NULL,
        chain TEXT NOT NULL,
        branch TEXT NOT NULL,
        serial_number TEXT NOT NULL,
        asked INTEGER NOT NULL,
        watched_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        signer BLOB NOT NULL,
        PRIMARY KEY (subject, certificate, qualified)
      ) STRICT;
      CREATE INDEX watched_path_chain ON watched_path (chain, watched_at, subject, certificate, qualified);
      CREATE INDEX watched_path_due ON watched_path (branch, due_at);
    `,
};
