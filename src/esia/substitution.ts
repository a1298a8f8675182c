import type { AssertionClaims } from '../assertion/claims.ts';
import type { Database } from '../database/database.ts';
import { isFailure } from '../error.ts';
import { isHead } from '../organisation/basis.ts';
import { readPower } from '../power-of-attorney/read.ts';
import { findDocument, type KeptPower, meantPower } from '../power-of-attorney/store.ts';

/**
 * Whether whoever signed in may hand on what they may do for the organisation (`hasRightOfSubstitution`): its head, and
 * a representative whose power of attorney allows it. Who acts by the certificate alone may not, nor where it cannot be
 * told which power is meant. Rejects with `storage_unavailable`.
 */
export async function maySubstitute(
  database: Database,
  { sub, authority }: Pick<AssertionClaims, 'sub' | 'authority'>,
): Promise<boolean> {
  if (authority === undefined) return false;
  if (isHead(authority.basis)) return true;
  if (authority.power === undefined) return false;
  const power = await usedPower(database, sub, authority.power);
  const presented = power && (await findDocument(database, power));
  return presented !== undefined && readPower(presented.document).delegation !== 'forbidden';
}

async function usedPower(
  database: Database,
  principal: string,
  number: string,
): Promise<KeptPower | undefined> {
  try {
    return await meantPower(database, principal, number);
  } catch (error) {
    if (isFailure(error, 'power_of_attorney_ambiguous') || isFailure(error, 'power_of_attorney_unknown'))
      return undefined;
    throw error;
  }
}
