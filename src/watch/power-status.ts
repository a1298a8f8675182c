import { sideBySide } from '../background/side-by-side.ts';
import type { Database, Row } from '../database/database.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import { findPower, withdrawPower } from '../power-of-attorney/store.ts';

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
    sql: `SELECT DISTINCT subject, power FROM session
          WHERE power IS NOT NULL AND ended_at IS NULL AND expires_at > ?`,
    parameters: [at],
  });
  let withdrawn = 0;
  const recheck = async (row: Row) => {
    const subject = String(row.subject);
    const kept = await findPower(database, subject, String(row.power));
    const { power, principal, first } = kept?.verified ?? {};
    if (power === undefined || principal === undefined) return;
    const numbers = [power.number, ...(first === undefined ? [] : [first.power.number])];
    for (const each of numbers) {
      const status = await register.statusOf({ number: each, principalInn: principal.inn });
      if (status.state !== 'withdrawn') continue;
      await withdrawPower(database, subject, each, 'register', at, { at: status.at });
      withdrawn++;
    }
  };
  await sideBySide(rows, atOnce, recheck, failed);
  return withdrawn;
}
