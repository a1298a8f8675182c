import type { Migration } from '../migration.ts';

export const messageParts: Migration = {
  number: 15,
  name: 'parts of messages are kept once',
  sql: "ALTER TABLE evidence ADD COLUMN cuts TEXT NOT NULL DEFAULT '[]';",
};
