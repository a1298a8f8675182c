import type { Migration } from '../migration.ts';

export const evidence: Migration = {
  number: 5,
  name: 'evidence of sign-ins',
  sql: `
      CREATE TABLE evidence (
        at INTEGER NOT NULL,
        digest TEXT NOT NULL,
        record BLOB NOT NULL,
        message BLOB NOT NULL,
        PRIMARY KEY (at, digest)
      ) STRICT;

      CREATE TABLE evidence_object (
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL,
        coding TEXT NOT NULL,
        octets BLOB NOT NULL,
        used_at INTEGER NOT NULL,
        PRIMARY KEY (sha256, position)
      ) STRICT;
      CREATE INDEX evidence_object_use ON evidence_object (used_at) WHERE position = 0;
    `,
};
