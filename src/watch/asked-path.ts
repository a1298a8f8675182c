import type { Database, Statement, Value } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { handingOn, type PowerName } from '../power-of-attorney/name.ts';
import { toWatchedSession, type WatchedSession } from './watched-session.ts';

/** A certificate with open sessions whose status has to be asked for again and again, because no list tells it. */
export interface AskedPath {
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
  /** SHA-256 of the certificate that opened them, or signed the powers that they rest on, base64url. */
  readonly certificate: string;
  /** Encodings of the certificates of its path, one after the other, its own first. */
  readonly path: Uint8Array;
  /** When it is asked for next, ms since the epoch. */
  readonly dueAt: number;
}

/** Writes down that the status is to be asked for; where it is already, at the earlier of both times. */
export function askForPath({ subject, certificate, path, dueAt }: AskedPath): Statement {
  return {
    sql: `INSERT INTO asked_path (subject, certificate, path, due_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (subject, certificate) DO UPDATE SET
            path = excluded.path,
            due_at = CASE WHEN asked_path.due_at < excluded.due_at
                     THEN asked_path.due_at ELSE excluded.due_at END`,
    parameters: [subject, certificate, path, dueAt],
  };
}

/** Those that are due at `at`, the longest overdue first. */
export async function duePaths(database: Database, at: number, most: number): Promise<readonly AskedPath[]> {
  const rows = await database.read({
    sql: `SELECT subject, certificate, path, due_at FROM asked_path WHERE due_at <= ?
          ORDER BY due_at LIMIT ?`,
    parameters: [at, most],
  });
  return rows.map((row) => ({
    subject: String(row.subject),
    certificate: String(row.certificate),
    path: row.path as Uint8Array,
    dueAt: Number(row.due_at),
  }));
}

/** Puts one off to `dueAt`; false where somebody else, another replica, has done so. */
export async function postponePath(database: Database, asked: AskedPath, dueAt: number): Promise<boolean> {
  const { subject, certificate } = asked;
  return writeUnless(
    database,
    {
      statements: [
        {
          sql: 'UPDATE asked_path SET due_at = ? WHERE subject = ? AND certificate = ? AND due_at = ?',
          parameters: [dueAt, subject, certificate, asked.dueAt],
          refusal: 'session_ended',
        },
      ],
    },
    'session_ended',
  );
}

const open = 'client IN (SELECT id FROM client) AND subject = ? AND expires_at > ? AND ended_at IS NULL';

/** Sessions that a certificate opened, or that rest on a power that it signed, be it handed on. */
const restingOnCertificate = `${open} AND (certificate = ? OR EXISTS (
  SELECT 1 FROM power WHERE power.principal = session.subject AND power.giver = session.power_giver
    AND power.number = session.power AND (power.signer = ? OR EXISTS (
      SELECT 1 FROM power AS first WHERE first.principal = power.principal AND first.giver = first.principal
        AND 'power:' || first.number = power.giver AND first.signer = ?))))`;

const restingOnPower = `${open} AND (power_giver = ? AND power = ? OR power_giver = ?)`;

type PathName = Pick<AskedPath, 'subject' | 'certificate'>;

/** The sessions that rest on that certificate of an organisation and are open at `at` (ms). */
export function sessionsOfPath(
  database: Database,
  path: PathName,
  at: number,
): Promise<readonly WatchedSession[]> {
  return sessionsWhere(database, restingOnCertificate, certificateParameters(path, at));
}

/** The sessions that rest on that power of an organisation, be it handed on, and are open at `at` (ms). */
export function sessionsOfPower(
  database: Database,
  { principal, giver, number }: PowerName,
  at: number,
): Promise<readonly WatchedSession[]> {
  const handedOn = giver === principal ? handingOn(number) : '';
  return sessionsWhere(database, restingOnPower, [principal, at, giver, number, handedOn]);
}

/** Forgets one, unless a session of it has been opened meanwhile. */
export function forgetPath(path: PathName, at: number): Statement {
  return {
    sql: `DELETE FROM asked_path WHERE subject = ? AND certificate = ?
            AND NOT EXISTS (SELECT 1 FROM session WHERE ${restingOnCertificate})`,
    parameters: [path.subject, path.certificate, ...certificateParameters(path, at)],
  };
}

function certificateParameters({ subject, certificate }: PathName, at: number): readonly Value[] {
  return [subject, at, certificate, certificate, certificate];
}

async function sessionsWhere(
  database: Database,
  condition: string,
  parameters: readonly Value[],
): Promise<readonly WatchedSession[]> {
  const rows = await database.read({
    // The index begins with the relying party, and there are few of those.
    sql: `SELECT id, client, subject, certificate FROM session WHERE ${condition}`,
    parameters,
  });
  return rows.map(toWatchedSession);
}
