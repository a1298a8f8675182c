import type { Migration } from '../migration.ts';

export const esiaReach: Migration = {
  number: 28,
  name: 'sessions that reach portals by ЕСИА’s dialect',
  sql: `ALTER TABLE oidc_reach ADD COLUMN front TEXT NOT NULL DEFAULT 'oidc';`,
};
