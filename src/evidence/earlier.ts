import { DatabaseSync } from 'node:sqlite';
import type { Database, Row, Statement } from '../database/database.ts';
import { migrate } from '../database/sqlite/migrate.ts';
import { isFailure } from '../error.ts';
import type { Principal } from '../power-of-attorney/document.ts';
import { insertPower } from '../power-of-attorney/keep.ts';
import { powerName } from '../power-of-attorney/name.ts';
import { readPower } from '../power-of-attorney/read.ts';
import { noteRepresentation } from '../power-of-attorney/representation.ts';
import { acrOf } from '../qualified/tool-class.ts';
import { disclose, type Recollection, type RecordedAnswer } from './recorded-answers.ts';

type Value = string | number | bigint | null | Uint8Array;

/**
 * Answers questions to the database out of evidence of an earlier version, which kept answers under the text of its
 * own questions: their rows go into a database in memory, as this version keeps them, and that one is asked. Only what
 * is asked of the service's own state goes this way.
 */
export function earlierDatabase(
  told: readonly RecordedAnswer[],
  objectOf: Recollection['objectOf'],
  at: number,
): Database['read'] {
  const database = new DatabaseSync(':memory:');
  migrate(database, at);
  const run = ({ sql, parameters }: Statement) => database.prepare(sql).run(...(parameters as Value[]));
  const answered = (words: string) =>
    told
      .filter(({ question, answer }) => question.startsWith('read ') && question.includes(words) && answer)
      .map(({ question, answer }) => ({
        parameters: JSON.parse(question.slice(question.indexOf(' [') + 1)) as readonly string[],
        rows: disclose(answer, objectOf) as readonly Row[],
      }));
  const powers = answered('FROM power_of_attorney').flatMap(({ rows }) => rows);
  for (const statement of powerStatements(powers, at)) run(statement);
  for (const { parameters, rows } of answered('FROM organisation_block')) {
    for (const row of rows) run(blocked(String(parameters[0]), Number(row.blocked_at)));
  }
  for (const { rows } of answered('FROM carrier')) {
    for (const statement of rows.flatMap((row) => carrierStatements(row, at))) run(statement);
  }
  return async ({ sql, parameters }) =>
    database.prepare(sql).all(...(parameters as Value[])) as unknown as readonly Row[];
}

function blocked(subject: string, at: number): Statement {
  return {
    sql: 'INSERT INTO organisation_block (subject, reason, blocked_at) VALUES (?, ?, ?)',
    parameters: [subject, '', at],
  };
}

/** A connected carrier, connected by whoever does for everybody: earlier versions did not ask who it was. */
function carrierStatements(row: Row, at: number): readonly Statement[] {
  const name: readonly string[] = [String(row.subject), String(row.certificate)];
  return [
    {
      sql: `INSERT INTO carrier (subject, certificate, name, holder, email, serial_number, issuer, expires_at, connected_at)
            VALUES (?, ?, '', '', '', '', '', ?, ?)`,
      parameters: [...name, Number(row.expires_at), Number(row.connected_at)],
    },
    {
      sql: `INSERT INTO carrier_connection (subject, certificate, client, basis, acr, connected_at)
            VALUES (?, ?, '', 'head', ?, ?)`,
      parameters: [...name, acrOf('KA1'), at],
    },
  ];
}

/** Powers that were told of, and that everybody has acted by them: earlier versions did not ask for that. */
function powerStatements(rows: readonly Row[], at: number): readonly Statement[] {
  const powers = rows.flatMap((row) => {
    const presented = { document: row.document as Uint8Array, signature: row.signature as Uint8Array };
    try {
      return [{ row, presented, power: readPower(presented.document) }];
    } catch (error) {
      if (isFailure(error)) return [];
      throw error;
    }
  });
  const principals = new Map<string, Principal>();
  for (const { row, power } of powers) {
    if (power.giver.kind === 'principal') principals.set(String(row.principal), power.giver.principal);
  }
  return powers.flatMap(({ row, presented, power }) => {
    const subject = String(row.principal);
    const principal = principals.get(subject) ?? { inn: '', name: '' };
    return [
      ...insertPower({
        ...{ name: powerName(power, subject), power, principal, presented },
        verifiedAt: Number(row.verified_at),
        withdrawnAt: row.withdrawn_at === null ? null : Number(row.withdrawn_at),
        lastUsedAt: null,
        isQualified: row.qualified === 1,
        signer: null,
      }),
      ...noteRepresentation({ person: power.representative, principal: subject, client: '' }, at),
    ];
  });
}
