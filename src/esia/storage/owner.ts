import { randomInt } from 'node:crypto';
import type { Database } from '../../database/database.ts';
import { fault, isFailure } from '../../error.ts';
import { isSealed } from './sealed.ts';

/** Whose number: a person's or an organisation's. */
export type OwnerKind = 'person' | 'organisation';

/** Numbers have ten digits, as ЕСИА's own. */
const [first, last] = [1_000_000_000, 9_999_999_999];

const mostTries = 5;

/**
 * The number of a person or an organisation in this installation: random when it is first asked for and the same ever
 * after, so that it says nothing of the numbers that the state knows them by. `subject` is what they are known by here.
 */
export async function ownerNumber(database: Database, kind: OwnerKind, subject: string): Promise<number> {
  for (let tries = 0; tries < mostTries; tries++) {
    const [row] = await database.read({
      sql: 'SELECT oid, seal FROM esia_owner WHERE kind = ? AND subject = ?',
      parameters: [kind, subject],
    });
    if (row !== undefined) {
      const oid = Number(row.oid);
      if (isSealed(database.judgeSeal(sealedText(oid, kind, subject), row.seal))) return oid;
      throw fault('the number of an owner of data was not written by this service');
    }
    const oid = randomInt(first, last);
    try {
      await database.write({
        statements: [
          {
            sql: 'INSERT INTO esia_owner (oid, kind, subject, seal) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
            parameters: [oid, kind, subject, { over: sealedText(oid, kind, subject) }],
            refusal: 'record_changed',
          },
        ],
      });
    } catch (error) {
      // The number is taken, or somebody else has given one at this very time; the next look tells.
      if (!isFailure(error, 'record_changed')) throw error;
    }
  }
  throw fault('no number could be given to an owner of data');
}

/** Whoever knew a person by a number would be deceived by another's: so the service says by a seal that it gave it. */
function sealedText(oid: number, kind: OwnerKind, subject: string): string {
  return JSON.stringify(['esia_owner', oid, kind, subject]);
}
