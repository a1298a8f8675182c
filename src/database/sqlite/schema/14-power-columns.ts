import type { Migration } from '../migration.ts';

export const powerColumns: Migration = {
  number: 14,
  name: 'powers of attorney by giver and number, in columns',
  sql: `
      CREATE TABLE power (
        principal TEXT NOT NULL,
        giver TEXT NOT NULL,
        number TEXT NOT NULL,
        principal_inn TEXT NOT NULL,
        principal_name TEXT NOT NULL,
        representative TEXT NOT NULL,
        representative_inn TEXT,
        representative_snils TEXT,
        representative_name TEXT NOT NULL,
        not_before INTEGER NOT NULL,
        not_after INTEGER NOT NULL,
        verified_at INTEGER NOT NULL,
        withdrawn_at INTEGER,
        last_used_at INTEGER,
        qualified INTEGER NOT NULL,
        signer TEXT,
        document TEXT NOT NULL,
        octets INTEGER NOT NULL,
        unreadable INTEGER NOT NULL,
        PRIMARY KEY (principal, giver, number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX power_representative ON power (representative, principal);
      CREATE INDEX power_number ON power (number, principal);
      CREATE INDEX power_listing ON power (principal, not_after, number, giver);
      CREATE INDEX power_end ON power (not_after);

      CREATE TABLE power_scope (
        principal TEXT NOT NULL,
        giver TEXT NOT NULL,
        number TEXT NOT NULL,
        code TEXT NOT NULL,
        restricted INTEGER NOT NULL,
        PRIMARY KEY (principal, giver, number, code)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE power_document (
        principal TEXT NOT NULL,
        giver TEXT NOT NULL,
        number TEXT NOT NULL,
        document BLOB NOT NULL,
        signature BLOB NOT NULL,
        PRIMARY KEY (principal, giver, number)
      ) STRICT;

      CREATE TABLE representation (
        representative TEXT NOT NULL,
        principal TEXT NOT NULL,
        client TEXT NOT NULL,
        last_at INTEGER NOT NULL,
        PRIMARY KEY (representative, principal, client)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX representation_last ON representation (last_at);

      ALTER TABLE session ADD COLUMN power_giver TEXT;
      UPDATE session SET power_giver = coalesce((
        SELECT 'power:' || first_number FROM power_of_attorney
        WHERE principal = session.subject AND number = session.power), subject)
      WHERE power IS NOT NULL;
    `,
};
