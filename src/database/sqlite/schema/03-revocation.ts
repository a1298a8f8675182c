import type { Migration } from '../migration.ts';

export const revocation: Migration = {
  number: 3,
  name: 'revocation lists and answers',
  sql: `
      CREATE TABLE revocation_record (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (kind, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX revocation_record_object ON revocation_record (sha256);

      CREATE TABLE revocation_object (
        sha256 TEXT PRIMARY KEY,
        length INTEGER NOT NULL,
        written_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE revocation_piece (
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL,
        octets BLOB NOT NULL,
        PRIMARY KEY (sha256, position)
      ) STRICT;
    `,
};
