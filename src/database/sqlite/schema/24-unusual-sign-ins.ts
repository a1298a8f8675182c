import type { Migration } from '../migration.ts';

export const unusualSignIns: Migration = {
  number: 24,
  name: 'unusual sign-ins, and portals that could not be told of a logout',
  sql: `
      ALTER TABLE session ADD COLUMN place TEXT;
      CREATE TABLE known_sign_in (
        subject TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (subject, kind, name)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX known_sign_in_age ON known_sign_in (seen_at);
      CREATE TABLE unusual_sign_in (
        session TEXT NOT NULL,
        channel TEXT NOT NULL,
        subject TEXT NOT NULL,
        client TEXT NOT NULL,
        certificate TEXT NOT NULL,
        kinds TEXT NOT NULL,
        at INTEGER NOT NULL,
        due_at INTEGER,
        tries INTEGER NOT NULL,
        PRIMARY KEY (session, channel)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX unusual_sign_in_due ON unusual_sign_in (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX unusual_sign_in_subject ON unusual_sign_in (subject, at);
      CREATE INDEX unusual_sign_in_age ON unusual_sign_in (at);
      CREATE TABLE known_sign_in_progress (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        session TEXT NOT NULL
      ) STRICT;
      ALTER TABLE oidc_reach ADD COLUMN undelivered_at INTEGER;
    `,
};
