import type { Migration } from '../migration.ts';

export const replicas: Migration = {
  number: 21,
  name: 'processes that share the database',
  sql: `
      CREATE TABLE replica (
        id TEXT PRIMARY KEY,
        joined INTEGER NOT NULL,
        beat INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
};
