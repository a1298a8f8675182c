import type { Value } from '../database.ts';

/** Object identifiers of built-in types, which are the same in every PostgreSQL (its `pg_type.dat`). */
const bool = 16;
const bytea = 17;
const wholeNumbers: readonly number[] = [20, 21, 23, 1700];

const asText = (text: string) => text;

/**
 * How columns are read, as `pg` asks for it: whole numbers as numbers, octets as `Uint8Array`, a truth value as 1 or 0,
 * which SQLite has in its place, everything else as text. Throws a RangeError for a number that JavaScript does not
 * hold exactly.
 */
export const columnTypes = {
  getTypeParser(type: number): (text: string) => Value {
    if (type === bool) return (text) => (text === 't' ? 1 : 0);
    if (type === bytea) return octets;
    return wholeNumbers.includes(type) ? wholeNumber : asText;
  },
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError('a number of the database is beyond 2^53');
}

/** The hexadecimal form, which `bytea_output` has unless somebody changed it. A copy of its own: rows are kept. */
function octets(text: string): Uint8Array {
  if (!text.startsWith('\\x')) throw new RangeError('octets of the database are not in hexadecimal form');
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
}
