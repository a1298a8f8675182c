import type { BareCode, FailureData } from '../failure/details.ts';

/** What a column holds. Times are milliseconds since the epoch, octets are `Uint8Array`. */
export type Value = string | number | Uint8Array | null;

/**
 * Text that is kept compressed (zstd, RFC 8878) and read back as octets. The adapter compresses it, away from the
 * thread that answers requests: a compressor takes half a megabyte for its tables, and the garbage of one for each
 * request keeps the collector busier than all else.
 */
export interface Packed {
  readonly text: string;
}

/**
 * A seal over `over`, as text: the adapter makes it, in the transaction, by the secret that seals the journal's head, so
 * that whoever goes on with the journal can judge it (see `Database.judgeSeal`).
 */
export interface Seal {
  readonly over: string;
}

/**
 * What a seal is worth: made by the newest secret, by an older one that is still known, naming one that is not known
 * here, or made by none.
 */
export type SealState = 'current' | 'older' | 'unknown' | 'broken';

/**
 * One SQL statement as data, in the dialect that SQLite and PostgreSQL share, with `?` for each parameter.
 * Texts are constants of the code, never built from input: adapters prepare each text once and keep it.
 *
 * What both understand: `INSERT … ON CONFLICT (columns) DO NOTHING | DO UPDATE SET x = excluded.x`, where a column of the
 * row that is there is named with its table; `INSERT … SELECT … WHERE`; `UPDATE` and `DELETE` of one table; rows compared
 * as `(a, b) > (?, ?)`; `IS [NOT] DISTINCT FROM`; `CASE`, `coalesce`, `||`, `LIKE` (of texts in lower case: SQLite looks
 * at no case); `count`, `sum`, `min`, `max` of a column; truth as the numbers 0 and 1, in columns and in what is asked
 * for. A parameter is a whole number, a text, octets or NULL, never a truth value.
 *
 * What they do not share: `INSERT OR …`, `REPLACE`, `RETURNING`, `max(a, b)`, functions for JSON and for dates (times
 * are parameters), `CAST`, `rowid`, `GLOB`, `PRAGMA`, names in double quotes, `LIMIT` in `UPDATE` and `DELETE`, and
 * texts with U+0000. `test/database/dialect.test.ts` holds this.
 */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (Value | Packed | Seal)[];
  /**
   * Refuse the whole unit with this failure if the statement changes no row, or, where it only asks, gives none; its
   * code is enough where that needs no details.
   */
  readonly refusal?: BareCode | FailureData;
  /** The statement is a SELECT, asked inside of the unit; see `Condition`. */
  readonly asks?: true;
  /**
   * Name and version of a question that verifications ask, such as `power/1`. Evidence keeps the answer under it and
   * the parameters, so that the text may change; the version changes with what the answer means.
   */
  readonly question?: string;
}

/**
 * A statement of a unit that only asks: a SELECT, whose first row lets the unit go on and whose absence refuses it. It
 * sees what the statements before it in the unit have done, changes nothing, and leaves no dead row behind, as an
 * UPDATE would that writes a value over itself.
 */
export interface Condition extends Statement {
  readonly asks: true;
  readonly refusal: BareCode | FailureData;
}

/** The condition that a SELECT gives a row. */
export function condition(
  sql: string,
  parameters: readonly Value[],
  refusal: BareCode | FailureData,
): Condition {
  return { sql, parameters, refusal, asks: true };
}

/** What is added to the journal; `record` is text that the journal binds but does not look into. */
export interface JournalEntry {
  readonly at: number;
  readonly record: string;
}

/** Work that is done whole or not at all. Statements run in their order, and journal entries follow them. */
export interface Unit {
  readonly statements: readonly Statement[];
  readonly journal?: readonly JournalEntry[];
}

/** A row as the engine gives it, column by name. */
export type Row = Readonly<Record<string, Value>>;

/**
 * Where Sealgate keeps its state. Two adapters are meant for it: SQLite, embedded, and PostgreSQL, for several
 * replicas. Statements are data, not callbacks, so that one round trip carries a unit and many units can share
 * one commit.
 *
 * What guards rely on, and every adapter keeps:
 * - Units are serialisable: the outcome is that of some order of all units, one after the other, whichever process or
 *   replica wrote them. What the conditions of a unit asked, and what its statements counted or compared, is still so
 *   when it is done. What was read outside of the unit need not be: a rule that must hold stands inside, as a
 *   condition or in a statement's WHERE.
 * - A statement that is refused refuses its own unit, whole, and no other one that shares the commit.
 * - The journal has one head: entries of all units and replicas stand in one chain, in the order of the units.
 */
export interface Database {
  /**
   * Does `unit` and resolves once it is durable. Units written at the same time share one commit, and one unit's
   * refusal leaves the others alone. Rejects with a SealgateError: the refusal of a statement that changed no row,
   * or `storage_unavailable`, after which nothing of the unit remains (a commit that the disk failed to confirm
   * may remain).
   */
  write(unit: Unit): Promise<void>;

  /** The rows of a SELECT, as of the latest commit. Rejects with `storage_unavailable`. */
  read(statement: Statement): Promise<readonly Row[]>;

  /** Whether one of the service's secrets made `seal`, as a column has it, over `text`. Never throws. */
  judgeSeal(text: string, seal: Value | undefined): SealState;

  /**
   * Resolves where reading works and what is written reaches the disk: the last write did, or, where it did not or
   * there was none yet, one that is made now to find out. Rejects with `storage_unavailable`.
   */
  ready(): Promise<void>;

  /** Finishes what was begun, then closes. Later calls reject with `storage_unavailable`. */
  close(): Promise<void>;
}
