import { type Condition, condition } from '../database/database.ts';
import type { PowerName } from './name.ts';

/** How many powers are kept; each number is a bound, not a reserve. */
export interface PowerQuota {
  /** In force, of one organisation. */
  readonly inForce: number;
  /** In force, handed on by one representative of an organisation. */
  readonly handedOn: number;
  /** In force, of one organisation for one person. */
  readonly forPerson: number;
}

/** Enough for an organisation of a thousand representatives. */
export const usualQuota: PowerQuota = { inForce: 1_000, handedOn: 100, forPerson: 20 };

/**
 * What a power may take on average, in octets, of what its organisation's documents may fill together: real ones take
 * half of it with their signatures.
 */
const averageOctets = 32 * 1024;

/** Powers that were withdrawn or have ended are remembered for a while: so many for each one in force. */
const remembered = 4;

/**
 * Refuses a unit with `power_of_attorney_quota` where the power of that name, which the unit has taken in, is one too
 * many at `at` (ms): of its organisation, of the representative who handed it on, or of its organisation for the
 * `representative` (see `personKey`). Only the organisation and those whom it gave powers can fill its quota.
 */
export function withinQuota(
  { principal, giver }: PowerName,
  representative: string,
  { inForce, handedOn, forPerson }: PowerQuota,
  at: number,
): Condition {
  return condition(
    `SELECT 1 FROM (
       SELECT count(*) AS kept, sum(octets) AS octets,
         sum(CASE WHEN ${inTerm} THEN 1 ELSE 0 END) AS in_force,
         sum(CASE WHEN ${inTerm} AND giver = ? AND giver <> principal THEN 1 ELSE 0 END) AS handed_on,
         sum(CASE WHEN ${inTerm} AND representative = ? THEN 1 ELSE 0 END) AS for_person
       FROM power WHERE principal = ?) AS counted
     WHERE kept <= ? AND octets <= ? AND in_force <= ? AND handed_on <= ? AND for_person <= ?`,
    [
      at,
      ...[at, giver],
      ...[at, representative],
      principal,
      ...[inForce * remembered, inForce * averageOctets, inForce, handedOn, forPerson],
    ],
    'power_of_attorney_quota',
  );
}

const inTerm = 'withdrawn_at IS NULL AND not_after > ?';
