import type { Migration } from '../migration.ts';

export const documentArchive: Migration = {
  number: 29,
  name: 'documents of the archive, and until when their time-stamps have to be renewed',
  sql: `
      CREATE TABLE archived_document (
        identifier TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        length INTEGER NOT NULL,
        contents TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        stamped_at INTEGER NOT NULL,
        renew_by INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX archived_document_renewal ON archived_document (renew_by);
    `,
};
