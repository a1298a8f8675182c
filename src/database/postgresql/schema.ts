import type { Migration } from '../migration.ts';

/** What steps rest on: the journal of steps, and what a trigger calls that refuses a change. */
export const foundation = `
  CREATE TABLE migration (
    number BIGINT PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    applied_at BIGINT NOT NULL
  );
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
`;

/**
 * What a step does in PostgreSQL: its own text, or the one for SQLite with the types of PostgreSQL and its way to write
 * triggers that refuse. Times and counts are 64 bits wide; texts compare and sort by their octets (collation `C`), as
 * they do in SQLite, whatever the database's own collation is.
 */
export function postgresqlText({ sql, postgresql }: Migration): string {
  if (postgresql !== undefined) return postgresql;
  return sql
    .replace(/\bINTEGER\b/g, 'BIGINT')
    .replace(/\bTEXT\b/g, 'TEXT COLLATE "C"')
    .replace(/\bBLOB\b/g, 'BYTEA')
    .replace(/\)\s*(?:STRICT|WITHOUT ROWID)(?:,\s*(?:STRICT|WITHOUT ROWID))*\s*;/g, ');')
    .replace(refusingTrigger, trigger);
}

const refusingTrigger =
  /CREATE TRIGGER (\w+)\s+BEFORE (UPDATE|DELETE)(\s+OF [\w,\s]+?)?\s+ON (\w+)\s+(?:WHEN ([^;]+?)\s+)?BEGIN SELECT RAISE\(ABORT, '([^']+)'\); END;/g;

function trigger(...[, name, event, of = '', table, when, words]: readonly (string | undefined)[]): string {
  const call = `EXECUTE FUNCTION refuse_change('${words}');`;
  const condition = when === undefined ? '' : `WHEN (${when})`;
  const each = `CREATE TRIGGER ${name} BEFORE ${event}${of} ON ${table} FOR EACH ROW ${condition} ${call}`;
  // What may not lose a row may not lose all of them either.
  return event === 'DELETE' && when === undefined
    ? `${each} CREATE TRIGGER ${name}_at_once BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT ${call}`
    : each;
}
