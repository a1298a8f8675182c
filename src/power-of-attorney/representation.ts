import type { Statement } from '../database/database.ts';
import { type PersonNumbers, personKeys } from './person.ts';

/** Who has acted for which organisation, and with whom that counts. */
export interface Representation {
  readonly person: PersonNumbers;
  /** The organisation, `ogrn:…`. */
  readonly principal: string;
  /**
   * Identifier of the relying party that brought them together. Empty where the person has signed a text that names
   * the organisation: that counts with every one, while a relying party's word binds nobody elsewhere.
   */
  readonly client: string;
}

/** Notes that a person acts for an organisation at `at` (ms), in the unit of the sign-in: once for each of their numbers. */
export function noteRepresentation(
  { person, principal, client }: Representation,
  at: number,
): readonly Statement[] {
  return personKeys(person)
    .filter((key) => key !== '')
    .map((key) => ({
      sql: `INSERT INTO representation (representative, principal, client, last_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (representative, principal, client) DO UPDATE SET last_at = excluded.last_at`,
      parameters: [key, principal, client, at],
    }));
}

/** Longer than a year, so that whoever comes once a year, for a report perhaps, is still known. */
const keptFor = 400 * 86_400_000;

/** Forgets, as of `at` (ms), who has not acted for an organisation for more than a year. */
export function forgetRepresentations(at: number): Statement {
  return { sql: 'DELETE FROM representation WHERE last_at < ?', parameters: [at - keptFor] };
}
