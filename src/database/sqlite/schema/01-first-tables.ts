import type { Migration } from '../migration.ts';

export const firstTables: Migration = {
  number: 1,
  name: 'challenges, sessions, clients, keys, journal',
  sql: `
      CREATE TABLE taken_challenge (
        expires_at INTEGER NOT NULL,
        nonce_hash BLOB NOT NULL,
        PRIMARY KEY (expires_at, nonce_hash)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        ended_at INTEGER,
        end_reason TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX session_subject ON session (client, subject, expires_at);

      CREATE TABLE revoked_assertion (
        jti TEXT PRIMARY KEY,
        revoked_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX revoked_assertion_expiry ON revoked_assertion (expires_at);

      CREATE TABLE client (
        id TEXT PRIMARY KEY,
        registration TEXT NOT NULL,
        secrets TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        disabled_at INTEGER
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE assertion_key (
        kid TEXT PRIMARY KEY,
        jwk TEXT NOT NULL,
        location TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        signs_from INTEGER NOT NULL,
        published_until INTEGER
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE journal (
        sequence INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        record TEXT NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;
      CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER journal_loses_nothing BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

      CREATE TABLE journal_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sequence INTEGER NOT NULL,
        hash BLOB NOT NULL,
        key_id TEXT NOT NULL,
        mac BLOB NOT NULL
      ) STRICT;
      CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER journal_head_advances BEFORE UPDATE ON journal_head
        WHEN NEW.sequence < OLD.sequence
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    `,
};
