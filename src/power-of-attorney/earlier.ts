import { setImmediate } from 'node:timers/promises';
import type { Database, Row, Statement } from '../database/database.ts';
import { isFailure } from '../error.ts';
import type { PowerOfAttorney, Principal } from './document.ts';
import { documentDigest, insertDocument, insertPower } from './keep.ts';
import { handingOn, type PowerName, powerName } from './name.ts';
import { readPower } from './read.ts';
import type { PresentedPower } from './verify.ts';

/** What came of one step. */
export interface EarlierPowers {
  readonly moved: number;
  /** Those among them that cannot be read any more; they are kept, marked, and let nobody in. */
  readonly unreadable: number;
}

/** Powers that are moved in one step: their documents have a quarter of a megabyte together at most. */
const inStep = 8;

/**
 * Moves some of the powers that a version before this schema has kept whole, by their number alone, to where they stand
 * by giver and number with what is asked of them in columns. Each step is one unit, so that it can end anywhere and go
 * on later; it is done where nothing was moved. Quotas do not count here: what was taken in stays.
 */
export async function moveEarlierPowers(database: Database): Promise<EarlierPowers> {
  const rows = await database.read({
    sql: `SELECT principal, number, first_number, representative, expires_at, verified_at, withdrawn_at, last_used_at,
            qualified, signer, document, signature
          FROM power_of_attorney ORDER BY principal, number LIMIT ?`,
    parameters: [inStep],
  });
  const statements: Statement[] = [];
  let unreadable = 0;
  for (const row of rows) {
    const moved = await movement(database, row);
    if (!moved.isReadable) unreadable++;
    statements.push(...moved.statements, {
      sql: 'DELETE FROM power_of_attorney WHERE principal = ? AND number = ?',
      parameters: [String(row.principal), String(row.number)],
    });
    // A document takes milliseconds to read.
    await setImmediate();
  }
  if (statements.length > 0) await database.write({ statements });
  return { moved: rows.length, unreadable };
}

/** Moves all of them, step by step. Resolves to what came of it. */
export async function moveAllEarlierPowers(database: Database): Promise<EarlierPowers> {
  let [moved, unreadable] = [0, 0];
  for (;;) {
    const step = await moveEarlierPowers(database);
    if (step.moved === 0) return { moved, unreadable };
    moved += step.moved;
    unreadable += step.unreadable;
  }
}

async function movement(
  database: Database,
  row: Row,
): Promise<{ readonly isReadable: boolean; readonly statements: readonly Statement[] }> {
  const presented = { document: row.document as Uint8Array, signature: row.signature as Uint8Array };
  const subject = String(row.principal);
  const power = readOrNothing(presented.document);
  const principal = power && (await principalOf(database, power, row));
  if (power === undefined || principal === undefined) {
    return { isReadable: false, statements: unreadablePower(row, presented) };
  }
  const name = powerName(power, subject);
  const statements = insertPower({
    name,
    power,
    principal,
    presented,
    verifiedAt: Number(row.verified_at),
    withdrawnAt: row.withdrawn_at === null ? null : Number(row.withdrawn_at),
    lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
    isQualified: row.qualified === 1,
    signer: row.signer === null ? null : String(row.signer),
  });
  return { isReadable: true, statements };
}

function readOrNothing(document: Uint8Array): PowerOfAttorney | undefined {
  try {
    return readPower(document);
  } catch (error) {
    if (isFailure(error, 'power_of_attorney_invalid')) return undefined;
    throw error;
  }
}

/** INN and name of the principal; of a power that was handed on the first one has them, moved by now or not. */
async function principalOf(
  database: Database,
  { giver }: PowerOfAttorney,
  row: Row,
): Promise<Pick<Principal, 'inn' | 'name'> | undefined> {
  if (giver.kind === 'principal') return giver.principal;
  const subject = String(row.principal);
  const [moved] = await database.read({
    sql: 'SELECT principal_inn, principal_name FROM power WHERE principal = ? AND giver = ? AND number = ?',
    parameters: [subject, subject, giver.first],
  });
  if (moved !== undefined) return { inn: String(moved.principal_inn), name: String(moved.principal_name) };
  const [waiting] = await database.read({
    sql: 'SELECT document FROM power_of_attorney WHERE principal = ? AND number = ?',
    parameters: [subject, giver.first],
  });
  const first = waiting && readOrNothing(waiting.document as Uint8Array);
  return first?.giver.kind === 'principal' ? first.giver.principal : undefined;
}

/** Keeps what an earlier version's columns say of a power, and its document. */
function unreadablePower(row: Row, presented: PresentedPower): readonly Statement[] {
  const subject = String(row.principal);
  const giver = row.first_number === null ? subject : handingOn(String(row.first_number));
  const name: PowerName = { principal: subject, giver, number: String(row.number) };
  const representative = String(row.representative);
  const [, kind, number = null] = /^(inn|snils):(.*)$/.exec(representative) ?? [];
  const { document, signature } = presented;
  return [
    {
      sql: `INSERT INTO power
              (principal, giver, number, principal_inn, principal_name, representative, representative_inn,
               representative_snils, representative_name, not_before, not_after, verified_at, withdrawn_at,
               last_used_at, qualified, signer, document, octets, unreadable)
            VALUES (?, ?, ?, '', '', ?, ?, ?, '', 0, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT (principal, giver, number) DO NOTHING`,
      parameters: [
        ...[name.principal, name.giver, name.number],
        ...[representative, kind === 'inn' ? number : null, kind === 'snils' ? number : null],
        ...[row.expires_at ?? 0, row.verified_at ?? 0, row.withdrawn_at ?? null, row.last_used_at ?? null],
        ...[row.qualified ?? 0, row.signer ?? null],
        ...[documentDigest(document), document.length + signature.length],
      ],
    },
    insertDocument(name, presented),
  ];
}
