/**
 * One step of the schema. Steps are only ever added; one that was released is never changed. Since step 11 no step may
 * change a sealed column (see `SealedTable`): SQL cannot seal the row anew.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  {
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
  },
  {
    number: 2,
    name: 'trust list and certificates of the operator',
    sql: `
      CREATE TABLE trust_snapshot (
        version INTEGER PRIMARY KEY,
        list_date INTEGER NOT NULL,
        imported_at INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        source TEXT NOT NULL,
        signer TEXT NOT NULL,
        changes TEXT NOT NULL,
        oddities TEXT NOT NULL,
        document BLOB NOT NULL
      ) STRICT;
      CREATE TRIGGER trust_snapshot_stays BEFORE UPDATE ON trust_snapshot
        BEGIN SELECT RAISE(ABORT, 'snapshots of the trust list are not changed'); END;

      CREATE TABLE trust_certificate (
        sha256 TEXT NOT NULL,
        role TEXT NOT NULL,
        certificate BLOB NOT NULL,
        purposes TEXT NOT NULL,
        valid_from INTEGER NOT NULL,
        valid_until INTEGER NOT NULL,
        note TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        removed_at INTEGER,
        PRIMARY KEY (sha256, role, added_at)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    number: 3,
    name: 'revocation lists and answers',
    sql: `
      CREATE TABLE revocation_record (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (kind, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX revocation_record_object ON revocation_record (sha256);

      CREATE TABLE revocation_object (
        sha256 TEXT PRIMARY KEY,
        length INTEGER NOT NULL,
        written_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE revocation_piece (
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL,
        octets BLOB NOT NULL,
        PRIMARY KEY (sha256, position)
      ) STRICT;
    `,
  },
  {
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
  },
  {
    number: 5,
    name: 'evidence of sign-ins',
    sql: `
      CREATE TABLE evidence (
        at INTEGER NOT NULL,
        digest TEXT NOT NULL,
        record BLOB NOT NULL,
        message BLOB NOT NULL,
        PRIMARY KEY (at, digest)
      ) STRICT;

      CREATE TABLE evidence_object (
        sha256 TEXT NOT NULL,
        position INTEGER NOT NULL,
        coding TEXT NOT NULL,
        octets BLOB NOT NULL,
        used_at INTEGER NOT NULL,
        PRIMARY KEY (sha256, position)
      ) STRICT;
      CREATE INDEX evidence_object_use ON evidence_object (used_at) WHERE position = 0;
    `,
  },
  {
    number: 6,
    name: 'revocation after the login',
    sql: `
      ALTER TABLE session ADD COLUMN watched TEXT;

      CREATE TABLE asked_path (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        path BLOB NOT NULL,
        due_at INTEGER NOT NULL,
        PRIMARY KEY (subject, certificate)
      ) STRICT;
      CREATE INDEX asked_path_due ON asked_path (due_at);
    `,
  },
  {
    number: 7,
    name: 'powers of attorney signed by qualified certificates',
    sql: 'ALTER TABLE power_of_attorney ADD COLUMN qualified INTEGER NOT NULL DEFAULT 0;',
  },
  {
    number: 8,
    name: 'what messages bring of revocation counts only where it was chosen',
    sql: `
      UPDATE client
      SET registration = json_remove(registration, '$.policy.revocation.acceptMessageValues');
    `,
  },
  {
    number: 9,
    name: 'signers of powers of attorney, the INN of sessions, lock-outs',
    sql: `
      ALTER TABLE power_of_attorney ADD COLUMN signer TEXT;
      ALTER TABLE power_of_attorney ADD COLUMN watched TEXT;

      ALTER TABLE session ADD COLUMN inn TEXT;

      CREATE TABLE lock_out (
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        refusals INTEGER NOT NULL,
        locked_until INTEGER NOT NULL,
        PRIMARY KEY (client, subject)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
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
  },
  {
    number: 11,
    name: 'seals of rows that carry trust',
    sql: `
      ALTER TABLE client ADD COLUMN seal TEXT;
      ALTER TABLE assertion_key ADD COLUMN seal TEXT;
      ALTER TABLE trust_certificate ADD COLUMN seal TEXT;
      ALTER TABLE trust_snapshot ADD COLUMN seal TEXT;

      DROP TRIGGER trust_snapshot_stays;
      CREATE TRIGGER trust_snapshot_stays
        BEFORE UPDATE OF version, list_date, imported_at, sha256, source, signer, changes, oddities, document
        ON trust_snapshot
        BEGIN SELECT RAISE(ABORT, 'snapshots of the trust list are not changed'); END;
    `,
  },
  {
    number: 12,
    name: 'revocation lists and answers by the key that verified them',
    sql: `
      CREATE TABLE held_revocation (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        written_at INTEGER NOT NULL,
        fetched_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (kind, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX held_revocation_object ON held_revocation (sha256);
      CREATE INDEX held_revocation_written ON held_revocation (kind, written_at, key);
      DELETE FROM revocation_record;
    `,
  },
  {
    number: 13,
    name: 'paths that sessions and powers of attorney rest on',
    sql: `
      ALTER TABLE session ADD COLUMN qualified INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE watched_chain (
        id TEXT PRIMARY KEY,
        issuer TEXT NOT NULL,
        key TEXT NOT NULL,
        branch TEXT NOT NULL,
        above TEXT NOT NULL,
        certificates BLOB NOT NULL
      ) STRICT;

      CREATE TABLE watched_path (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        qualified INTEGER NOT NULL,
        chain TEXT NOT NULL,
        branch TEXT NOT NULL,
        serial_number TEXT NOT NULL,
        asked INTEGER NOT NULL,
        watched_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        signer BLOB NOT NULL,
        PRIMARY KEY (subject, certificate, qualified)
      ) STRICT;
      CREATE INDEX watched_path_chain ON watched_path (chain, watched_at, subject, certificate, qualified);
      CREATE INDEX watched_path_due ON watched_path (branch, due_at);
    `,
  },
];
