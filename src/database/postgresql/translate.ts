import { hash } from 'node:crypto';
import type { Value } from '../database.ts';

/** A statement as PostgreSQL takes it. */
export interface Query {
  /** What it is prepared under, the same for the same text. */
  readonly name: string;
  readonly text: string;
  readonly values: Value[];
}

/** So many translated texts are remembered; statements are constants of the code, of which there are a few hundred. */
const mostRemembered = 2_000;
const remembered = new Map<string, Pick<Query, 'name' | 'text'>>();

/**
 * Writes `?` as `$n`, with the type that its value has: PostgreSQL would otherwise guess from what stands beside it, and
 * guess too small a number. What is NULL has the type that its place wants. Throws a TypeError for a number that is not
 * a whole one that both engines and JavaScript hold exactly.
 */
export function translate(sql: string, values: readonly Value[]): Query {
  const types = values.map(typeOf);
  const key = `${types.join()} ${sql}`;
  let known = remembered.get(key);
  if (known === undefined) {
    if (remembered.size >= mostRemembered) remembered.clear();
    const text = numbered(sql, types);
    known = { text, name: hash('sha256', text, 'base64url') };
    remembered.set(key, known);
  }
  return { ...known, values: [...values] };
}

function typeOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return '::text';
  if (typeof value !== 'number') return '::bytea';
  if (Number.isSafeInteger(value)) return '::bigint';
  throw new TypeError('a number that is kept must be a whole one, at most 2^53');
}

/** Question marks in quotes are left alone. */
function numbered(sql: string, types: readonly string[]): string {
  let index = 0;
  return sql.replace(/'(?:[^']|'')*'|\?/g, (found) => {
    if (found !== '?') return found;
    index += 1;
    return `$${index}${types[index - 1] ?? ''}`;
  });
}
