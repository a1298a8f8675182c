import { hash } from 'node:crypto';
import { SealgateError } from '../error.ts';
import type { Database, Row, Seal, SealState, Statement, Value } from './database.ts';

/**
 * A table whose rows carry trust: each is sealed by the service's secrets, over the table's name and all of `columns`,
 * in its column `seal`. A row that was written by whoever can write the database, but does not know the secrets, does
 * not hold. A seal does not say that a row is the newest of its key, or that none was taken away: that is seen by the
 * journal, which has the digest of every row that was written (`recordsOf`).
 */
export interface SealedTable {
  readonly name: string;
  /** Columns that tell its rows apart. */
  readonly key: readonly string[];
  /** Every column but the seal, and but one that another column holds the hash of. */
  readonly columns: readonly string[];
}

/**
 * A question for whole rows, with their seals. `rest` follows the table's name, `beside` are columns that the seal does
 * not cover; both are constants of the code.
 */
export function selectSealed(
  { name, columns }: SealedTable,
  rest = '',
  beside: readonly string[] = [],
): string {
  return `SELECT ${[...columns, 'seal', ...beside].join(', ')} FROM ${name} ${rest}`.trimEnd();
}

/** What the seal of a row, read whole, is worth. */
export function sealStateOf(database: Database, table: SealedTable, row: Row): SealState {
  return database.judgeSeal(textOf(table, row), row.seal);
}

/** Whether a row, read whole, is as the service wrote it. */
export function isHeld(database: Database, table: SealedTable, row: Row): boolean {
  const state = sealStateOf(database, table, row);
  return state === 'current' || state === 'older';
}

/** The row, where it is as the service wrote it. Throws `record_unsealed`. */
export function expectHeld(database: Database, table: SealedTable, row: Row): Row {
  if (isHeld(database, table, row)) return row;
  throw unsealed(table, row);
}

/** `record_unsealed` of that row. */
export function unsealed(table: SealedTable, row: Row, count = 1): SealgateError<'record_unsealed'> {
  return new SealgateError('record_unsealed', { table: table.name, key: keyOf(table, row), count });
}

/** What a row is known by among those of its table. */
export function keyOf({ key }: SealedTable, row: Row): string {
  return key.map((column) => String(row[column])).join(' ');
}

/** The seal of a row of these values, as a parameter. */
export function sealOf(table: SealedTable, values: Row): Seal {
  return { over: textOf(table, values) };
}

/** A change of one row: the statement, and what the row says after it. */
export interface SealedChange {
  readonly table: SealedTable;
  readonly after: Row;
  readonly statement: Statement;
}

/** What the journal keeps of changed rows: their digests (SHA-256, base64url) by table and key. */
export function recordsOf(
  changes: readonly Pick<SealedChange, 'table' | 'after'>[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    changes.map(({ table, after }) => [recordName(table, after), recordDigest(table, after)]),
  );
}

/** What the journal calls a row. */
export function recordName(table: SealedTable, row: Row): string {
  return `${table.name} ${keyOf(table, row)}`;
}

/** The digest of what a row says, whichever secret sealed it. */
export function recordDigest(table: SealedTable, row: Row): string {
  return hash('sha256', textOf(table, row), 'base64url');
}

/** Writes a new row. Where its key is taken, the unit is refused with `record_changed`. */
export function insertSealed(table: SealedTable, values: Row): SealedChange {
  const { name, key, columns } = table;
  const marks = columns.map(() => '?').join(', ');
  const statement: Statement = {
    sql: `INSERT INTO ${name} (${columns.join(', ')}, seal) VALUES (${marks}, ?)
          ON CONFLICT (${key.join(', ')}) DO NOTHING`,
    parameters: [...columns.map((column) => values[column] ?? null), sealOf(table, values)],
    refusal: 'record_changed',
  };
  return { table, after: values, statement };
}

/**
 * Changes a row that was read before and held then. If it is no longer what it was, the unit is refused with
 * `record_changed`, so that no change is lost and nothing is sealed that was not looked at.
 */
export function updateSealed(table: SealedTable, before: Row, changes: Row): SealedChange {
  const { name, key, columns } = table;
  const after = { ...before, ...changes };
  const changed = columns.filter((column) => Object.hasOwn(changes, column));
  const statement: Statement = {
    sql: `UPDATE ${name} SET ${changed.map((column) => `${column} = ?`).join(', ')}, seal = ?
          WHERE ${key.map((column) => `${column} = ?`).join(' AND ')} AND seal = ?`,
    parameters: [
      ...changed.map((column) => after[column] ?? null),
      sealOf(table, after),
      ...key.map((column) => before[column] ?? null),
      before.seal ?? null,
    ],
    refusal: 'record_changed',
  };
  return { table, after, statement };
}

/** Seals a row as it was read, and only if it still is that. The unit is refused with `record_changed` otherwise. */
export function sealAsRead(table: SealedTable, row: Row): Statement {
  const { name, columns } = table;
  const compared = [...columns, 'seal'];
  return {
    sql: `UPDATE ${name} SET seal = ? WHERE ${compared.map((column) => `${column} IS NOT DISTINCT FROM ?`).join(' AND ')}`,
    parameters: [sealOf(table, row), ...compared.map((column) => row[column] ?? null)],
    refusal: 'record_changed',
  };
}

/** JSON keeps names, texts, numbers and absence apart, so that no two rows of two tables give the same text. */
function textOf({ name, columns }: SealedTable, values: Row): string {
  return JSON.stringify([name, ...columns.map((column) => [column, enclosed(values[column] ?? null)])]);
}

function enclosed(value: Value): unknown {
  return value instanceof Uint8Array ? { sha256: hash('sha256', value) } : value;
}
