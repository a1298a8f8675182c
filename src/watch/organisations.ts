import { sideBySide } from '../background/side-by-side.ts';
import type { Database, Row } from '../database/database.ts';
import type { OrganisationRegister } from '../register/lookup.ts';
import { endAllSessions } from '../session/end.ts';

/** Requests at the same time. */
const atOnce = 8;

/**
 * Asks a register about every organisation that has an open session, and ends the sessions of those that it has
 * closed or blocked. For registers over HTTP, which tell of nothing by themselves. One that cannot
 * be asked about goes on until the next round; `failed` is told. Resolves to how many organisations lost theirs.
 */
export async function recheckOrganisations(
  database: Database,
  register: OrganisationRegister,
  at: number,
  failed: (error: unknown) => void = () => {},
): Promise<number> {
  const rows = await database.read({
    sql: `SELECT DISTINCT subject, inn FROM session
          WHERE client IN (SELECT id FROM client) AND expires_at > ? AND ended_at IS NULL
            AND subject LIKE 'ogrn:%'`,
    parameters: [at],
  });
  let ended = 0;
  const recheck = async (row: Row) => {
    const [subject, inn] = [String(row.subject), String(row.inn ?? '')];
    const found = await register.find({ ogrn: subject.slice('ogrn:'.length), inn });
    // Where registration is no condition, an organisation that the register never had has its sessions too.
    if (found === undefined || found.state === 'active') return;
    const { state } = found;
    if (await endAllSessions(database, subject, 'organisation-blocked', { state }, at)) ended++;
  };
  await sideBySide(rows, atOnce, recheck, failed);
  return ended;
}
