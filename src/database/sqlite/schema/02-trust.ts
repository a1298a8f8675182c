import type { Migration } from '../migration.ts';

export const trust: Migration = {
  number: 2,
  name: 'trust list and certificates of the operator',
  sql: `
      CREATE TABLE trust_snapshot (
        version INTEGER PRIMARY KEY,
        list_date INTEGER NOT NULL,
        imported_at INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        source TEXT NOT NULL,
        signer TEXT NOT NULL,
        changes TEXT NOT NULL,
        oddities TEXT NOT NULL,
        document BLOB NOT NULL
      ) STRICT;
      CREATE TRIGGER trust_snapshot_stays BEFORE UPDATE ON trust_snapshot
        BEGIN SELECT RAISE(ABORT, 'snapshots of the trust list are not changed'); END;

      CREATE TABLE trust_certificate (
        sha256 TEXT NOT NULL,
        role TEXT NOT NULL,
        certificate BLOB NOT NULL,
        purposes TEXT NOT NULL,
        valid_from INTEGER NOT NULL,
        valid_until INTEGER NOT NULL,
        note TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        removed_at INTEGER,
        PRIMARY KEY (sha256, role, added_at)
      ) STRICT, WITHOUT ROWID;
    `,
};
