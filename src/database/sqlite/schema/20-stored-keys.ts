import type { Migration } from '../migration.ts';

export const storedKeys: Migration = {
  number: 20,
  name: 'assertion keys in the database, encrypted',
  sql: `
      CREATE TABLE assertion_private_key (
        kid TEXT PRIMARY KEY,
        wrapped TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
};
