import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { constants, zstdCompressSync } from 'node:zlib';
import { fault } from '../../error.ts';
import type { Packed, Seal, Unit, Value } from '../database.ts';
import { headHolds, type JournalHead, journalStart, link, readHead, sealHead } from '../journal.ts';
import { makeSeal } from '../seal.ts';
import { type FaultFacts, faultFacts } from './failure.ts';
import { selectHead, writeHead } from './head.ts';
import type { DatabaseKeys } from './keys.ts';

/**
 * What became of one unit: done, and whether it changed anything; refused by its statement of that index; or failed by
 * an error of SQLite.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly wrote: boolean }
  | { readonly kind: 'refused'; readonly statement: number }
  | { readonly kind: 'failed'; readonly fault: FaultFacts };

/** Does many units in one transaction. Throws an error of SQLite where the transaction as a whole failed. */
export type Commit = (units: readonly Unit[]) => readonly Outcome[];

const written: Outcome = { kind: 'done', wrote: true };
const unchanged: Outcome = { kind: 'done', wrote: false };

/**
 * Prepares group commit on a connection. Each unit runs in a savepoint, so that a refusal undoes that unit only;
 * the journal's head is read and sealed once a batch, inside the transaction, so that other processes may write
 * between batches. A head that none of `keys` sealed is one that another process sealed after an exchange of the
 * secrets: `reread` then gives the keys of today, undefined where they cannot be had.
 */
export function groupCommit(
  database: DatabaseSync,
  keys: DatabaseKeys,
  reread: () => DatabaseKeys | undefined = () => undefined,
): Commit {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  };
  const run = (sql: string) => prepare(sql).run();

  const perform = (unit: Unit, journal: Journal): Outcome => {
    const before = journal.position();
    let isWritten = (unit.journal ?? []).length > 0;
    run('SAVEPOINT unit');
    try {
      for (const [index, { sql, parameters, refusal, asks }] of unit.statements.entries()) {
        const values = parameters.map((parameter) => stored(parameter, journal.seal));
        const holds = asks
          ? prepare(sql).get(...values) !== undefined
          : Number(prepare(sql).run(...values).changes) > 0;
        isWritten ||= holds && !asks;
        if (refusal === undefined || holds) continue;
        run('ROLLBACK TO unit');
        run('RELEASE unit');
        return { kind: 'refused', statement: index };
      }
      for (const { at, record } of unit.journal ?? []) journal.append(at, record);
      run('RELEASE unit');
      return isWritten ? written : unchanged;
    } catch (error) {
      // Some errors, a full disk among them, make SQLite give up the whole transaction: then nothing can be saved.
      if (!database.isTransaction) throw error;
      journal.returnTo(before);
      run('ROLLBACK TO unit');
      run('RELEASE unit');
      return { kind: 'failed', fault: faultFacts(error) };
    }
  };

  let known = keys;
  const keysOf = (head: JournalHead | undefined): DatabaseKeys => {
    if (head === undefined || known.journal.find(head.keyId)) return known;
    const today = reread();
    if (today?.journal.find(head.keyId)) known = today;
    return known;
  };

  // An older head than one this connection has seen is a journal that was rolled back.
  let seen = 0;
  return (units) => {
    run('BEGIN IMMEDIATE');
    try {
      const journal = openJournal(prepare, keysOf, seen);
      const outcomes = units.map((unit) => perform(unit, journal));
      journal.end();
      run('COMMIT');
      seen = journal.position().sequence;
      return outcomes;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
}

/** What reads mostly the same packs well enough at the fastest level. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A parameter as the column holds it; `seal` makes what is kept of a seal. */
export function stored(parameter: Value | Packed | Seal, seal: (over: string) => string): Value {
  if (typeof parameter !== 'object' || parameter === null || parameter instanceof Uint8Array)
    return parameter;
  return 'over' in parameter ? seal(parameter.over) : zstdCompressSync(parameter.text, compression);
}

interface Journal {
  append(at: number, record: string): void;
  position(): { readonly sequence: number; readonly hash: Uint8Array };
  returnTo(position: { readonly sequence: number; readonly hash: Uint8Array }): void;
  /** Seals what a row says, by the secret that the head is sealed by. */
  readonly seal: (over: string) => string;
  /** Seals the head, if there is a new one. */
  end(): void;
}

/**
 * Continues the journal from its head. The head's seal is checked first: to append to a forged head would seal the
 * forgery. It is sealed again by the key that sealed it, as long as that is known: only a service that starts takes
 * a newer one into use, so that a command cannot lock out a service which has not heard of that one.
 */
function openJournal(
  prepare: (sql: string) => StatementSync,
  keysOf: (head: JournalHead | undefined) => DatabaseKeys,
  seen: number,
): Journal {
  const head = readHead(prepare(selectHead).get());
  const keys = keysOf(head);
  if (head && !headHolds(keys.journal, head))
    throw fault('the journal’s head was not sealed with the service’s secrets');
  const begin = head ?? { sequence: 0, hash: journalStart };
  if (begin.sequence < seen) throw fault('the journal is shorter than it was', begin.sequence);
  const key = (head && keys.journal.find(head.keyId)) ?? keys.journal.current;
  let now = begin;
  return {
    append(at, record) {
      const sequence = now.sequence + 1;
      const hash = link(now.hash, sequence, at, record);
      prepare('INSERT INTO journal (sequence, at, record, hash) VALUES (?, ?, ?, ?)').run(
        sequence,
        at,
        record,
        hash,
      );
      now = { sequence, hash };
    },
    position: () => now,
    returnTo(position) {
      now = position;
    },
    seal: (over) => makeSeal(keys.record, key.id, over),
    end() {
      if (now.sequence === begin.sequence) return;
      const sealed = sealHead(key, now.sequence, now.hash);
      prepare(writeHead).run(sealed.sequence, sealed.hash, sealed.keyId, sealed.mac);
    },
  };
}
