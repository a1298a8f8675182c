import type { Migration } from '../migration.ts';

export const esiaKeys: Migration = {
  number: 25,
  name: 'keys of tokens of ЕСИА’s dialect in the database, encrypted',
  sql: `
      CREATE TABLE esia_token_key (
        certificate_hash TEXT PRIMARY KEY,
        algorithm TEXT NOT NULL,
        certificate TEXT NOT NULL,
        not_before INTEGER NOT NULL,
        not_after INTEGER NOT NULL,
        wrapped TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
};
