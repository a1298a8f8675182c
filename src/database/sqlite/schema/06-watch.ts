import type { Migration } from '../migration.ts';

export const watch: Migration = {
  number: 6,
  name: 'revocation after the login',
  sql: `
      ALTER TABLE session ADD COLUMN watched TEXT;

      CREATE TABLE asked_path (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        path BLOB NOT NULL,
        due_at INTEGER NOT NULL,
        PRIMARY KEY (subject, certificate)
      ) STRICT;
      CREATE INDEX asked_path_due ON asked_path (due_at);
    `,
};
