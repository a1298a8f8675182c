import type { Migration } from '../migration.ts';

export const carrierConnections: Migration = {
  number: 16,
  name: 'by what right carriers were connected',
  sql: `
      ALTER TABLE carrier ADD COLUMN disconnected_by TEXT;
      CREATE TABLE carrier_connection (
        subject TEXT NOT NULL,
        certificate TEXT NOT NULL,
        client TEXT NOT NULL,
        basis TEXT NOT NULL,
        acr TEXT NOT NULL,
        connected_at INTEGER NOT NULL,
        PRIMARY KEY (subject, certificate, client, basis, acr)
      ) STRICT, WITHOUT ROWID;
    `,
};
