import type { Database } from '../database/database.ts';
import { meantPower } from '../power-of-attorney/store.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';
import { expectHead, type Insider } from './insider.ts';

/**
 * Withdraws a power of attorney here, as the head, and ends the sessions that rest on it. `first` is the number of the
 * power that it was handed on from, null for one of the organisation itself. Throws as `meantPower` does.
 */
export async function withdraw(
  database: Database,
  insider: Insider,
  { number, first }: { readonly number: string; readonly first?: string | null | undefined },
  at: number,
): Promise<void> {
  expectHead(insider);
  const power = await meantPower(database, insider.subject, number.toLowerCase(), first);
  await withdrawPower(database, power, 'organisation', at);
}
