import type { Migration } from '../migration.ts';

export const seals: Migration = {
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
  postgresql: `
      ALTER TABLE client ADD COLUMN seal TEXT COLLATE "C";
      ALTER TABLE assertion_key ADD COLUMN seal TEXT COLLATE "C";
      ALTER TABLE trust_certificate ADD COLUMN seal TEXT COLLATE "C";
      ALTER TABLE trust_snapshot ADD COLUMN seal TEXT COLLATE "C";

      DROP TRIGGER trust_snapshot_stays ON trust_snapshot;
      CREATE TRIGGER trust_snapshot_stays
        BEFORE UPDATE OF version, list_date, imported_at, sha256, source, signer, changes, oddities, document
        ON trust_snapshot FOR EACH ROW EXECUTE FUNCTION refuse_change('snapshots of the trust list are not changed');
    `,
};
