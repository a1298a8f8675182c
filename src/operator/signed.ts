import { canonicalJson } from '../audit/canonical.ts';
import type { Database } from '../database/database.ts';

/** The database, with the operator's name in whatever is written into the audit through it. */
export function signedBy(database: Database, operator: string): Database {
  const signed = (record: string): string =>
    canonicalJson({ ...(JSON.parse(record) as Record<string, unknown>), operator });
  return {
    write: ({ journal, ...unit }) =>
      database.write(
        journal === undefined
          ? unit
          : { ...unit, journal: journal.map(({ at, record }) => ({ at, record: signed(record) })) },
      ),
    read: (statement) => database.read(statement),
    judgeSeal: (text, seal) => database.judgeSeal(text, seal),
    ready: () => database.ready(),
    close: () => database.close(),
  };
}
