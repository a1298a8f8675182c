import type { Migration } from '../migration.ts';

export const refusedRequests: Migration = {
  number: 27,
  name: 'the last requests that were refused before a sign-in',
  sql: `
      CREATE TABLE refused_request (
        id TEXT PRIMARY KEY,
        party TEXT NOT NULL,
        at INTEGER NOT NULL,
        trace TEXT NOT NULL,
        record TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX refused_request_party ON refused_request (party, id);
      CREATE INDEX refused_request_trace ON refused_request (trace);
      CREATE INDEX refused_request_age ON refused_request (at);
    `,
};
