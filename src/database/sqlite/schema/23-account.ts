import type { Migration } from '../migration.ts';

export const account: Migration = {
  number: 23,
  name: 'the account page',
  sql: `
      CREATE TABLE account_session (
        id_hash BLOB PRIMARY KEY,
        session TEXT NOT NULL,
        claims TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        seal TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX account_session_expiry ON account_session (expires_at);
      CREATE INDEX oidc_sign_in_subject ON oidc_sign_in (subject);
      CREATE INDEX esia_grant_session ON esia_grant (session);
    `,
};
