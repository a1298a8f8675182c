import type { Migration } from '../migration.ts';

export const heldRevocation: Migration = {
  number: 12,
  name: 'revocation lists and answers by the key that verified them',
  sql: `
      CREATE TABLE held_revocation (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        written_at INTEGER NOT NULL,
        fetched_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (kind, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX held_revocation_object ON held_revocation (sha256);
      CREATE INDEX held_revocation_written ON held_revocation (kind, written_at, key);
      DELETE FROM revocation_record;
    `,
};
