import type { Database, Statement } from '../database/database.ts';
import type { SessionEnd } from './session.ts';

/** Organisations of one statement: many, so that a million take seconds, and below the limits of both engines. */
const inStatement = 100;

/** Open sessions of up to a hundred organisations; unused places are filled with an empty text. */
const openOfMany = `client IN (SELECT id FROM client) AND expires_at > ? AND ended_at IS NULL
  AND subject IN (${Array(inStatement).fill('?').join(', ')})`;
const endMany = `UPDATE session SET ended_at = ?, end_reason = ? WHERE ${openOfMany}`;
const findMany = `SELECT DISTINCT subject FROM session WHERE ${openOfMany}`;

/** Ends all open sessions of these organisations (`ogrn:…`). */
export function endSessionsOfMany(
  subjects: readonly string[],
  reason: SessionEnd,
  at: number,
): readonly Statement[] {
  return inPlaces(subjects).map((places) => ({ sql: endMany, parameters: [at, reason, at, ...places] }));
}

/** Those of these organisations (`ogrn:…`) that have an open session at `at` (ms). */
export async function withOpenSessions(
  database: Database,
  subjects: readonly string[],
  at: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const places of inPlaces(subjects)) {
    const rows = await database.read({ sql: findMany, parameters: [at, ...places] });
    found.push(...rows.map(({ subject }) => String(subject)));
  }
  return found;
}

function inPlaces(subjects: readonly string[]): readonly (readonly string[])[] {
  const filled: string[][] = [];
  for (let done = 0; done < subjects.length; done += inStatement) {
    const some = subjects.slice(done, done + inStatement);
    filled.push([...some, ...Array<string>(inStatement - some.length).fill('')]);
  }
  return filled;
}
