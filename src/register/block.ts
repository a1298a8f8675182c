import { auditEntry } from '../audit/record.ts';
import { type Condition, condition, type Database } from '../database/database.ts';
import { endSessions } from '../session/session.ts';

/** Bars an organisation (`ogrn:…`) from signing in and ends its sessions, whatever the register says of it. */
export async function blockOrganisation(
  database: Database,
  subject: string,
  reason: string,
  at: number,
): Promise<void> {
  await database.write({
    statements: [
      {
        sql: `INSERT INTO organisation_block (subject, reason, blocked_at) VALUES (?, ?, ?)
              ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason`,
        parameters: [subject, reason, at],
      },
      endSessions(subject, 'organisation-blocked', at),
    ],
    journal: [auditEntry({ event: 'organisation.blocked', at, subject, details: { reason } })],
  });
}

/** Lets an organisation in again that was blocked here; a state of the register stays what it is. */
export async function unblockOrganisation(database: Database, subject: string, at: number): Promise<void> {
  await database.write({
    statements: [{ sql: 'DELETE FROM organisation_block WHERE subject = ?', parameters: [subject] }],
    journal: [auditEntry({ event: 'organisation.unblocked', at, subject })],
  });
}

/** When an organisation was blocked here, in ms; undefined where it is not. */
export async function blockedSince(database: Database, subject: string): Promise<number | undefined> {
  const [row] = await database.read({
    sql: 'SELECT blocked_at FROM organisation_block WHERE subject = ?',
    parameters: [subject],
  });
  return row && Number(row.blocked_at);
}

/**
 * Refuses a unit with `organisation_blocked` if that organisation has been blocked, or closed in the register, since it
 * was looked at: a sign-in must not slip past a block that is written at the same time.
 */
export function stillActive(subject: string, ogrn: string): Condition {
  return condition(
    `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM organisation_block WHERE subject = ?)
       AND NOT EXISTS (SELECT 1 FROM registered_organisation WHERE ogrn = ? AND state <> 'active')`,
    [subject, ogrn],
    { code: 'organisation_blocked', details: { state: 'blocked' } },
  );
}
