import { sideBySide } from '../background/side-by-side.ts';
import type { Database, Row } from '../database/database.ts';
import { firstNumber, givenName } from '../power-of-attorney/name.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import { findPower } from '../power-of-attorney/store.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';

/** Requests at the same time. */
const atOnce = 8;

/**
 * Asks the register about every power that an open session rests on, and withdraws those that it says are withdrawn,
 * which ends their sessions. A power that the register cannot be asked about goes on until the next round; `failed`
 * is told. Resolves to how many were withdrawn.
 */
export async function recheckPowers(
  database: Database,
  register: PowerStatusRegister,
  at: number,
  failed: (error: unknown) => void = () => {},
): Promise<number> {
  const rows = await database.read({
    sql: `SELECT DISTINCT subject, power_giver, power FROM session
          WHERE power IS NOT NULL AND ended_at IS NULL AND expires_at > ?`,
    parameters: [at],
  });
  let withdrawn = 0;
  const recheck = async (row: Row) => {
    const name = {
      principal: String(row.subject),
      giver: String(row.power_giver),
      number: String(row.power),
    };
    const kept = await findPower(database, name);
    if (kept === undefined) return;
    const first = firstNumber(name);
    for (const each of [name, ...(first === undefined ? [] : [givenName(name.principal, first)])]) {
      const status = await register.statusOf({ number: each.number, principalInn: kept.principalInn });
      if (status.state !== 'withdrawn') continue;
      await withdrawPower(database, each, 'register', at, { at: status.at });
      withdrawn++;
    }
  };
  await sideBySide(rows, atOnce, recheck, failed);
  return withdrawn;
}
