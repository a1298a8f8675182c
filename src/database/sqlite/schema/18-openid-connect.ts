import type { Migration } from '../migration.ts';

export const openidConnect: Migration = {
  number: 18,
  name: 'openid connect',
  sql: `
      CREATE TABLE oidc_object (
        model TEXT NOT NULL,
        id_hash BLOB NOT NULL,
        payload TEXT NOT NULL,
        client TEXT,
        grant_id TEXT,
        uid TEXT,
        expires_at INTEGER NOT NULL,
        consumed_at INTEGER,
        seal TEXT NOT NULL,
        PRIMARY KEY (model, id_hash)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX oidc_object_expiry ON oidc_object (expires_at);
      CREATE INDEX oidc_object_client ON oidc_object (model, client, expires_at) WHERE client IS NOT NULL;
      CREATE INDEX oidc_object_grant ON oidc_object (grant_id, model) WHERE grant_id IS NOT NULL;
      CREATE INDEX oidc_object_uid ON oidc_object (uid) WHERE uid IS NOT NULL;
      CREATE TABLE oidc_sign_in (
        session TEXT PRIMARY KEY,
        uid TEXT,
        subject TEXT NOT NULL,
        outcome TEXT NOT NULL,
        signed_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        seal TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX oidc_sign_in_uid ON oidc_sign_in (uid, signed_at) WHERE uid IS NOT NULL;
      CREATE INDEX oidc_sign_in_expiry ON oidc_sign_in (expires_at);
      CREATE TABLE oidc_reach (
        grant_id TEXT PRIMARY KEY,
        session TEXT NOT NULL,
        client TEXT NOT NULL,
        sid TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        ended_at INTEGER,
        due_at INTEGER,
        tries INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX oidc_reach_session ON oidc_reach (session);
      CREATE INDEX oidc_reach_sid ON oidc_reach (client, sid);
      CREATE INDEX oidc_reach_expiry ON oidc_reach (expires_at) WHERE ended_at IS NULL;
      CREATE INDEX oidc_reach_due ON oidc_reach (due_at) WHERE due_at IS NOT NULL;
      CREATE TABLE oidc_consent (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        client TEXT NOT NULL,
        item TEXT NOT NULL,
        given_at INTEGER NOT NULL,
        PRIMARY KEY (subject, certificate, client, item)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE oidc_salt (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        salt TEXT NOT NULL,
        seal TEXT NOT NULL
      ) STRICT;
      CREATE INDEX session_end ON session (ended_at) WHERE ended_at IS NOT NULL;
    `,
};
