import { auditEntry } from '../audit/record.ts';
import type { Database, Statement } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { endSessions } from '../session/session.ts';
import { auditedName, handingOn, type PowerName } from './name.ts';
import { findPower } from './store.ts';

/** Who, or what, withdraws a power. */
export type WithdrawnBy = 'organisation' | 'operator' | 'register' | 'revocation';

/**
 * Withdraws a power, with those that its representative handed on, and ends the sessions that rest on them, all in one
 * unit: a sign-in that is under way is either seen by it, or refused by its own. Their documents are not kept any
 * longer; what stands in columns is, for as long as the power's term would have lasted, lest it be taken in anew.
 *
 * `withdrawn` has the time that a register tells (ms), and details for the audit. Resolves to false where there is no
 * such power; one that was withdrawn before stays as it was.
 */
export async function withdrawPower(
  database: Database,
  name: PowerName,
  by: WithdrawnBy,
  at: number,
  withdrawn: { readonly at?: number | undefined; readonly details?: Readonly<Record<string, unknown>> } = {},
): Promise<boolean> {
  const { principal, giver, number } = name;
  // Only what the principal gave itself can have been handed on, once.
  const handedOn = giver === principal ? handingOn(number) : '';
  const these = 'principal = ? AND (giver = ? AND number = ? OR giver = ?)';
  const isWithdrawn = await writeUnless(
    database,
    {
      statements: [
        {
          sql: `UPDATE power SET withdrawn_at = ?, octets = 0
                WHERE principal = ? AND giver = ? AND number = ? AND withdrawn_at IS NULL`,
          parameters: [withdrawn.at ?? at, principal, giver, number],
          refusal: { code: 'power_of_attorney_unknown', details: { number } },
        },
        {
          sql: 'UPDATE power SET withdrawn_at = ?, octets = 0 WHERE principal = ? AND giver = ? AND withdrawn_at IS NULL',
          parameters: [withdrawn.at ?? at, principal, handedOn],
        },
        {
          sql: `DELETE FROM power_document WHERE ${these}`,
          parameters: [principal, giver, number, handedOn],
        },
        endSessions(principal, 'power-withdrawn', at, { power: { giver, number } }),
        endSessions(principal, 'power-withdrawn', at, { power: { giver: handedOn } }),
      ],
      journal: [
        auditEntry({
          event: 'power.withdrawn',
          at,
          subject: principal,
          details: { ...auditedName(name), by, ...withdrawn.details },
        }),
      ],
    },
    'power_of_attorney_unknown',
  );
  return isWithdrawn || (await findPower(database, name)) !== undefined;
}

/** Powers are shown for a month after their end. */
const keptFor = 30 * 86_400_000;

/** Powers that are forgotten in one round. */
const mostInRound = 200;

/** Forgets powers that ended more than a month before `at` (ms), withdrawn ones too, a bounded number at a time. */
export function forgetPowers(at: number): readonly Statement[] {
  const ended = `SELECT principal, giver, number FROM power WHERE not_after < ?
                 ORDER BY not_after, principal, giver, number LIMIT ?`;
  return ['power_document', 'power_scope', 'power'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE (principal, giver, number) IN (${ended})`,
    parameters: [at - keptFor, mostInRound],
  }));
}
