import { type Condition, condition, type Database, type Statement } from '../database/database.ts';
import type { SessionEnd } from './session.ts';

/** Organisations of one statement: many, so that a million take seconds, and below the limits of both engines. */
const inStatement = 100;

/** Open sessions of up to a hundred organisations; unused places are filled with an empty text. */
const openOfMany = `client IN (SELECT id FROM client) AND expires_at > ? AND ended_at IS NULL
  AND subject IN (${Array(inStatement).fill('?').join(', ')})`;
const endMany = `UPDATE session SET ended_at = ?, end_reason = ? WHERE ${openOfMany}`;
const findMany = `SELECT DISTINCT subject FROM session WHERE ${openOfMany}`;
const noneBeside = `SELECT 1 WHERE NOT EXISTS (
  SELECT 1 FROM session WHERE ${openOfMany} AND subject NOT IN (${Array(inStatement).fill('?').join(', ')}))`;

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

/**
 * Refuses a unit with `record_changed` if one of these organisations has opened its first session at `at` (ms) since it
 * was found that those of `open` alone have any: whoever ends sessions says so of each that there was.
 */
export function noneOpenBeside(
  subjects: readonly string[],
  open: readonly string[],
  at: number,
): readonly Condition[] {
  const known = new Set(open);
  return inPlaces(subjects).map((places) => {
    const others = places.map((subject) => (known.has(subject) ? subject : ''));
    return condition(noneBeside, [at, ...places, ...others], 'record_changed');
  });
}

function inPlaces(subjects: readonly string[]): readonly (readonly string[])[] {
  const filled: string[][] = [];
  for (let done = 0; done < subjects.length; done += inStatement) {
    const some = subjects.slice(done, done + inStatement);
    filled.push([...some, ...Array<string>(inStatement - some.length).fill('')]);
  }
  return filled;
}
