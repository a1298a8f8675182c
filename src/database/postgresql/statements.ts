/**
 * Held by each transaction that writes, from before its first look at anything to its end, so that units of all
 * replicas happen one after the other: what a unit has asked nobody changes before it is done, which is what
 * `Database` promises. `READ COMMITTED` then is enough, for each statement sees all that was done before the lock came.
 * A lock by number, for one of a table would wait for autovacuum. The number is the first octets of SHA-256 over
 * `sealgate journal`.
 */
export const takeWriteLock = 'SELECT pg_advisory_xact_lock(-5257063968813363183)';

/** Locks the row of the journal's head, which is written down as a change is. */
export const lockHead = 'SELECT 1 FROM journal_head FOR UPDATE';

/** Writes many entries at once: numbers, times, records and hashes. */
export const insertEntries = `
  INSERT INTO journal (sequence, at, record, hash)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[])`;

/** The tables of the schema that the connection works in, `name`. */
export const selectTables = `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`;
