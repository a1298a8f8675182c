import type { Migration } from '../migration.ts';

export const esia: Migration = {
  number: 19,
  name: 'the front that speaks ЕСИА’s dialect',
  sql: `
      CREATE TABLE esia_owner (
        oid INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        seal TEXT NOT NULL,
        UNIQUE (kind, subject)
      ) STRICT;
      CREATE TABLE esia_authorization (
        id_hash BLOB PRIMARY KEY,
        client TEXT NOT NULL,
        request TEXT NOT NULL,
        state TEXT NOT NULL,
        browser_hash BLOB,
        claims TEXT,
        code_hash BLOB,
        expires_at INTEGER NOT NULL,
        seal TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX esia_authorization_expiry ON esia_authorization (expires_at);
      CREATE INDEX esia_authorization_client ON esia_authorization (client, expires_at);
      CREATE UNIQUE INDEX esia_authorization_code ON esia_authorization (code_hash) WHERE code_hash IS NOT NULL;
      CREATE TABLE esia_grant (
        sid TEXT PRIMARY KEY,
        client TEXT NOT NULL,
        session TEXT NOT NULL,
        authorization_hash BLOB,
        browser_hash BLOB,
        organisation INTEGER,
        facts TEXT NOT NULL,
        refresh_hash BLOB,
        ended_at INTEGER,
        expires_at INTEGER NOT NULL,
        seal TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX esia_grant_expiry ON esia_grant (expires_at);
      CREATE INDEX esia_grant_organisation ON esia_grant (client, organisation) WHERE organisation IS NOT NULL;
      CREATE INDEX esia_grant_browser ON esia_grant (client, browser_hash) WHERE browser_hash IS NOT NULL;
      CREATE INDEX esia_grant_authorization ON esia_grant (authorization_hash) WHERE authorization_hash IS NOT NULL;
      CREATE UNIQUE INDEX esia_grant_refresh ON esia_grant (refresh_hash) WHERE refresh_hash IS NOT NULL;
      CREATE TABLE esia_signed_string (
        hash BLOB PRIMARY KEY,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX esia_signed_string_expiry ON esia_signed_string (expires_at);
      CREATE TABLE esia_request (
        client TEXT NOT NULL,
        proven INTEGER NOT NULL,
        at INTEGER NOT NULL,
        trace_id TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (client, proven, at, trace_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX esia_request_time ON esia_request (at);
    `,
};
