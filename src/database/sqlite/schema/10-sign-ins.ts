import type { Migration } from '../migration.ts';

export const signIns: Migration = {
  number: 10,
  name: 'sign-ins by the page',
  sql: `
      CREATE TABLE page_sign_in (
        id_hash BLOB PRIMARY KEY,
        client TEXT NOT NULL,
        request TEXT NOT NULL,
        challenge TEXT NOT NULL,
        browser_hash BLOB,
        expires_at INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        other_hash BLOB,
        other_code TEXT,
        other_challenge TEXT,
        other_browser_hash BLOB,
        other_expires_at INTEGER,
        claims TEXT,
        code_hash BLOB,
        code_expires_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX page_sign_in_expiry ON page_sign_in (expires_at);
      CREATE INDEX page_sign_in_client ON page_sign_in (client, expires_at);
      CREATE UNIQUE INDEX page_sign_in_other ON page_sign_in (other_hash) WHERE other_hash IS NOT NULL;
      CREATE UNIQUE INDEX page_sign_in_code ON page_sign_in (code_hash) WHERE code_hash IS NOT NULL;
    `,
};
