import type { Migration } from '../migration.ts';

export const lockOuts: Migration = {
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
};
