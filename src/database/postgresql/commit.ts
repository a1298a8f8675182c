import type { Client, QueryResult } from 'pg';
import { fault } from '../../error.ts';
import { type Continuation, continueJournal, type JournalRow } from '../continuation.ts';
import type { Seal, Statement, Unit } from '../database.ts';
import { faultFacts } from '../fault-facts.ts';
import { headParameters, selectHead, writeHead } from '../head.ts';
import { type JournalHead, readHead } from '../journal.ts';
import type { DatabaseKeys } from '../keys.ts';
import { type Outcome, unchanged, written } from '../outcome.ts';
import { stored } from '../stored.ts';
import { mayPass, tellable } from './failure.ts';
import { insertEntries, takeWriteLock } from './statements.ts';
import { translate } from './translate.ts';

/** Units that were done and are to be committed. */
export interface Batch {
  readonly outcomes: readonly Outcome[];
  /** What they add to the journal, and its new head; undefined where they add nothing. */
  readonly entries: readonly JournalRow[];
  readonly head: JournalHead | undefined;
}

/** What the writer knows from batch to batch. */
export interface Known {
  readonly keysOf: (head: JournalHead | undefined) => DatabaseKeys;
  /** Number of the newest entry it has seen: an older head is a journal that was put back. */
  seen: number;
}

/** After a refusal so many units go at once, then ever more: those behind the next refusal are sent in vain. */
const fewest = 4;

/**
 * Begins a transaction with many units in it, and leaves it for `finish` to commit. Statements follow each other
 * without waiting for answers; each unit stands behind a savepoint of its own. Where one is refused or fails, the
 * transaction goes back to that savepoint, and the units behind it are sent again.
 *
 * Rejects with an error of `pg` where the transaction as a whole failed, and with a Fault where the journal is not one
 * that can be continued; the transaction then is open, or broken off.
 */
export async function begin(client: Client, units: readonly Unit[], known: Known): Promise<Batch> {
  const opening = [client.query('BEGIN'), client.query(takeWriteLock), client.query(selectHead)] as const;
  const [, , found] = await Promise.all(opening);
  const head = readHead(found.rows[0] as Readonly<Record<string, unknown>> | undefined);
  const journal = continueJournal(head, known.keysOf(head), known.seen);
  const entries: JournalRow[] = [];
  const outcomes: Outcome[] = [];
  let most = units.length;
  while (outcomes.length < units.length) {
    const first = outcomes.length;
    const sent = units
      .slice(first, first + most)
      .map((unit, index) => send(client, first + index, unit, journal));
    const answers = await Promise.all(sent);
    for (const [index, unit] of units.slice(first, first + most).entries()) {
      const outcome = outcomeOf(unit, answers[index] ?? []);
      outcomes.push(outcome);
      if (outcome.kind === 'done') {
        entries.push(...(unit.journal ?? []).map(({ at, record }) => journal.append(at, record)));
        continue;
      }
      await client.query(`ROLLBACK TO SAVEPOINT unit_${first + index}`);
      most = Math.max(fewest, index * 2);
      break;
    }
  }
  return { outcomes, entries, head: journal.end() };
}

/**
 * Writes the journal and commits what `begin` has begun: durable once it resolves, on the standby as well where the
 * server waits for one. After a rejection it may be durable as well, or not.
 */
export async function finish(client: Client, { entries, head }: Batch): Promise<void> {
  const added =
    head === undefined
      ? []
      : [insert(client, entries), client.query(translate(writeHead, headParameters(head)))];
  await Promise.all([...added, commit(client)]);
}

/**
 * Commits. One whose wait for the standby an operator has cut short is confirmed with a warning: what this server alone
 * keeps is lost where the standby takes over. Rejects for that, and where the transaction was rolled back.
 */
export async function commit(client: Client): Promise<void> {
  let isWarned = false;
  const listen = ({ severity }: { readonly severity: string | undefined }) => {
    isWarned ||= severity === 'WARNING';
  };
  client.on('notice', listen);
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw fault('PostgreSQL rolled the transaction back');
    if (isWarned) throw fault('PostgreSQL did not wait for its standby');
  } finally {
    client.off('notice', listen);
  }
}

function insert(client: Client, entries: readonly JournalRow[]): Promise<QueryResult> {
  const columns = [
    entries.map(({ sequence }) => sequence),
    entries.map(({ at }) => at),
    entries.map(({ record }) => record),
    entries.map(({ hash }) => Buffer.from(hash)),
  ];
  return client.query({ name: 'sealgate-entries', text: insertEntries, values: columns });
}

type Answer = QueryResult | { readonly error: unknown };

function send(
  client: Client,
  number: number,
  { statements }: Unit,
  { seal }: Pick<Continuation, 'seal'>,
): Promise<readonly Answer[]> {
  const sent = [
    client.query(`SAVEPOINT unit_${number}`),
    ...statements.map((statement) => query(client, statement, seal)),
  ];
  return Promise.all(
    sent.map(async (each): Promise<Answer> => {
      try {
        return await each;
      } catch (error) {
        return { error };
      }
    }),
  );
}

async function query(
  client: Client,
  { sql, parameters }: Statement,
  seal: (over: Seal['over']) => string,
): Promise<QueryResult> {
  return client.query(
    translate(
      sql,
      parameters.map((parameter) => stored(parameter, seal)),
    ),
  );
}

/** The savepoint's answer comes first. Throws what ends the transaction as a whole. */
function outcomeOf({ statements, journal = [] }: Unit, [savepoint, ...answers]: readonly Answer[]): Outcome {
  if (savepoint === undefined || 'error' in savepoint) throw savepoint?.error;
  let isWritten = journal.length > 0;
  for (const [index, { refusal, asks }] of statements.entries()) {
    const answer = answers[index];
    if (answer === undefined) throw fault('PostgreSQL gave too few answers');
    if ('error' in answer) {
      if (mayPass(answer.error)) throw answer.error;
      return { kind: 'failed', fault: faultFacts(tellable(answer.error)) };
    }
    const holds = (answer.rowCount ?? 0) > 0;
    if (refusal !== undefined && !holds) return { kind: 'refused', statement: index };
    isWritten ||= holds && !asks;
  }
  return isWritten ? written : unchanged;
}
