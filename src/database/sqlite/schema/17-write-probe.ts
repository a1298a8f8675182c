import type { Migration } from '../migration.ts';

export const writeProbe: Migration = {
  number: 17,
  name: 'whether writes reach the disk is tried out on a table of its own',
  sql: 'CREATE TABLE write_probe (id INTEGER PRIMARY KEY CHECK (id = 1), octets BLOB NOT NULL) STRICT;',
};
