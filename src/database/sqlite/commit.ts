import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Continuation, continueJournal, keysByHead } from '../continuation.ts';
import type { Unit } from '../database.ts';
import { faultFacts } from '../fault-facts.ts';
import { headParameters, selectHead, writeHead } from '../head.ts';
import { readHead } from '../journal.ts';
import type { DatabaseKeys } from '../keys.ts';
import { type Outcome, unchanged, written } from '../outcome.ts';
import { stored } from '../stored.ts';

/** Does many units in one transaction. Throws an error of SQLite where the transaction as a whole failed. */
export type Commit = (units: readonly Unit[]) => readonly Outcome[];

const insertEntry = 'INSERT INTO journal (sequence, at, record, hash) VALUES (?, ?, ?, ?)';

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

  const perform = (unit: Unit, journal: Continuation): Outcome => {
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
      for (const { at, record } of unit.journal ?? []) {
        const { sequence, hash } = journal.append(at, record);
        prepare(insertEntry).run(sequence, at, record, hash);
      }
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

  const keysOf = keysByHead(keys, reread);
  let seen = 0;
  return (units) => {
    run('BEGIN IMMEDIATE');
    try {
      const head = readHead(prepare(selectHead).get());
      const journal = continueJournal(head, keysOf(head), seen);
      const outcomes = units.map((unit) => perform(unit, journal));
      const newHead = journal.end();
      if (newHead !== undefined) prepare(writeHead).run(...headParameters(newHead));
      run('COMMIT');
      seen = journal.position().sequence;
      return outcomes;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
}
