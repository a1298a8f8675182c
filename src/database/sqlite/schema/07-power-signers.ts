import type { Migration } from '../migration.ts';

export const powerSigners: Migration = {
  number: 7,
  name: 'powers of attorney signed by qualified certificates',
  sql: 'ALTER TABLE power_of_attorney ADD COLUMN qualified INTEGER NOT NULL DEFAULT 0;',
};
