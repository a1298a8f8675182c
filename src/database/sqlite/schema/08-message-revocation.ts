import type { Migration } from '../migration.ts';

export const messageRevocation: Migration = {
  number: 8,
  name: 'what messages bring of revocation counts only where it was chosen',
  sql: `
      UPDATE client
      SET registration = json_remove(registration, '$.policy.revocation.acceptMessageValues');
    `,
  postgresql: `
      UPDATE client
      SET registration = (registration::jsonb #- '{policy,revocation,acceptMessageValues}')::text;
    `,
};
