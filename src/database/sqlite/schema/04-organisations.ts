import type { Migration } from '../migration.ts';

export const organisations: Migration = {
  number: 4,
  name: 'register of organisations, powers of attorney, carriers, notices',
  sql: `
      ALTER TABLE session ADD COLUMN power TEXT;
      CREATE INDEX session_power ON session (power) WHERE power IS NOT NULL;

      CREATE TABLE registered_organisation (
        ogrn TEXT PRIMARY KEY,
        inn TEXT NOT NULL,
        kpp TEXT NOT NULL,
        name TEXT NOT NULL,
        short_name TEXT NOT NULL,
        state TEXT NOT NULL,
        heads TEXT NOT NULL,
        import INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX registered_organisation_inn ON registered_organisation (inn);

      CREATE TABLE organisation_block (
        subject TEXT PRIMARY KEY,
        reason TEXT NOT NULL,
        blocked_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE organisation_contact (
        subject TEXT PRIMARY KEY,
        email TEXT NOT NULL,
        language TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE power_of_attorney (
        principal TEXT NOT NULL,
        number TEXT NOT NULL,
        first_number TEXT,
        representative TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        verified_at INTEGER NOT NULL,
        withdrawn_at INTEGER,
        last_used_at INTEGER,
        document BLOB NOT NULL,
        signature BLOB NOT NULL,
        PRIMARY KEY (principal, number)
      ) STRICT;
      CREATE INDEX power_of_attorney_representative ON power_of_attorney (representative);
      CREATE INDEX power_of_attorney_number ON power_of_attorney (number);

      CREATE TABLE carrier (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        name TEXT NOT NULL,
        holder TEXT NOT NULL,
        email TEXT NOT NULL,
        serial_number TEXT NOT NULL,
        issuer TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        connected_at INTEGER NOT NULL,
        last_used_at INTEGER,
        disconnected_at INTEGER,
        PRIMARY KEY (subject, certificate)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX carrier_expiry ON carrier (expires_at);

      CREATE TABLE expiry_notice (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        days INTEGER NOT NULL,
        channel TEXT NOT NULL,
        claimed_by TEXT NOT NULL,
        claimed_until INTEGER NOT NULL,
        sent_at INTEGER,
        PRIMARY KEY (subject, certificate, days, channel)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE sign_in (
        subject TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        at INTEGER NOT NULL,
        client TEXT NOT NULL,
        origin TEXT NOT NULL,
        certificate TEXT NOT NULL,
        session TEXT,
        code TEXT,
        trace TEXT NOT NULL,
        PRIMARY KEY (subject, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sign_in_progress (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sequence INTEGER NOT NULL
      ) STRICT;
    `,
};
