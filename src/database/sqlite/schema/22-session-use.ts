import type { Migration } from '../migration.ts';

export const sessionUse: Migration = {
  number: 22,
  name: 'the use of sessions, and how far they reach',
  sql: `
      ALTER TABLE session ADD COLUMN used_at INTEGER;
      ALTER TABLE session ADD COLUMN idle_time INTEGER;
      ALTER TABLE session ADD COLUMN ends_at INTEGER;
      ALTER TABLE session ADD COLUMN signer TEXT;
      CREATE INDEX session_idle ON session (expires_at) WHERE idle_time IS NOT NULL AND ended_at IS NULL;
      CREATE TABLE session_reach (
        session TEXT NOT NULL,
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        reached_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        PRIMARY KEY (session, client)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX session_reach_client ON session_reach (client, subject, expires_at);
      CREATE INDEX session_reach_expiry ON session_reach (expires_at);
    `,
};
