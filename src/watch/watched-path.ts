import type { Certificate } from '../certificate/certificate.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import type { Database, Row, Statement, Value } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import type { ValidPath } from '../path/validation.ts';
import { handingOn, type PowerName } from '../power-of-attorney/name.ts';
import type { CurrentPath } from '../revocation/check.ts';
import { dueAfter, isAskedFor } from './due.ts';
import { certificatesIn, chainOf, keepChain, type WatchedChain } from './watched-chain.ts';
import { toWatchedSession, type WatchedSession } from './watched-session.ts';

/** What is kept of a path on which a session or a power of attorney rests; times are ms since the epoch. */
export interface PathToWatch {
  /** The certificate that signed. */
  readonly signer: Certificate;
  readonly chain: WatchedChain;
  /** Whether it was found qualified, because the relying party asks for that. */
  readonly isQualified: boolean;
  /** Whether its status has to be asked for again and again, because no list tells it. */
  readonly isAsked: boolean;
  /** When it is to be looked at again. */
  readonly dueAt: number;
}

/** Whose path it is. */
export interface PathName {
  /** The organisation that somebody acts for by it, `ogrn:…`. */
  readonly subject: string;
  /** SHA-256 of its first certificate, base64url: that signed in, or signed a power of attorney. */
  readonly certificate: string;
  readonly isQualified: boolean;
}

/** A path under watch. */
export interface WatchedPath extends PathName, Pick<PathToWatch, 'isAsked' | 'dueAt'> {
  /** Its certificates, the signer's first. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** What its chain is found by. */
  readonly chain: string;
}

/** What is to be kept of a path that was proven at `at`. */
export function pathToWatch({ path, evidence }: CurrentPath, isQualified: boolean, at: number): PathToWatch {
  return {
    signer: path.certificates[0],
    chain: chainOf(path),
    isQualified,
    isAsked: evidence.some(isAskedFor),
    dueAt: dueAfter(evidence, at),
  };
}

/**
 * Puts a path under watch, as of `at`; where it is already, it is looked at again at the earlier of both times.
 */
export function watchPath(
  { subject, certificate }: Pick<PathName, 'subject' | 'certificate'>,
  { signer, chain, isQualified, isAsked, dueAt }: PathToWatch,
  at: number,
): readonly Statement[] {
  return [
    keepChain(chain),
    {
      sql: `INSERT INTO watched_path
              (subject, certificate, qualified, chain, branch, serial_number, asked, watched_at, due_at, signer)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subject, certificate, qualified) DO UPDATE SET
              chain = excluded.chain,
              branch = excluded.branch,
              asked = CASE WHEN excluded.asked = 1 THEN 1 ELSE watched_path.asked END,
              watched_at = excluded.watched_at,
              due_at = CASE WHEN watched_path.due_at < excluded.due_at
                       THEN watched_path.due_at ELSE excluded.due_at END`,
      parameters: [
        subject,
        certificate,
        isQualified ? 1 : 0,
        chain.id,
        chain.branch,
        signer.serialNumberHex,
        isAsked ? 1 : 0,
        at,
        dueAt,
        signer.der,
      ],
    },
  ];
}

/** Paths read at a time; it takes about a millisecond. */
const pageLength = 200;

/** A path by its name, and the serial number of its first certificate, hexadecimal. */
export interface NumberedPath extends PathName {
  readonly serialNumber: string;
}

/**
 * The paths of a chain that were put under watch at `since` (ms since the epoch) or later, page by page. One that is
 * put there anew meanwhile may come twice; none is missed.
 */
export async function* pathsOfChain(
  database: Database,
  chain: string,
  since: number,
): AsyncGenerator<readonly NumberedPath[]> {
  for (let after: readonly Value[] = [since, '', '', 0]; ; ) {
    const rows = await database.read({
      sql: `SELECT watched_at, subject, certificate, qualified, serial_number FROM watched_path
            WHERE chain = ? AND (watched_at, subject, certificate, qualified) > (?, ?, ?, ?)
            ORDER BY watched_at, subject, certificate, qualified LIMIT ?`,
      parameters: [chain, ...after, pageLength],
    });
    yield rows.map((row) => ({ ...toName(row), serialNumber: String(row.serial_number) }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = [last.watched_at ?? 0, last.subject ?? '', last.certificate ?? '', last.qualified ?? 0];
  }
}

/** All paths under watch, page by page. */
export async function* watchedPaths(database: Database): AsyncGenerator<readonly PathName[]> {
  for (let after: readonly Value[] = ['', '', 0]; ; ) {
    const rows = await database.read({
      sql: `SELECT subject, certificate, qualified FROM watched_path
            WHERE (subject, certificate, qualified) > (?, ?, ?)
            ORDER BY subject, certificate, qualified LIMIT ?`,
      parameters: [...after, pageLength],
    });
    yield rows.map(toName);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = [last.subject ?? '', last.certificate ?? '', last.qualified ?? 0];
  }
}

const select = `SELECT subject, certificate, qualified, asked, due_at, chain, signer, certificates
  FROM watched_path JOIN watched_chain ON watched_chain.id = watched_path.chain`;

const named = 'subject = ? AND certificate = ? AND qualified = ?';

/** The path of that name; undefined where it is not under watch any more. */
export async function findPath(database: Database, name: PathName): Promise<WatchedPath | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE ${named}`,
    parameters: nameParameters(name),
  });
  return row && toWatchedPath(row);
}

/**
 * Those that are due at `at`, at most so many of each branch of the trust, the longest overdue first: whoever has very
 * many in one branch keeps none of another waiting.
 */
export async function duePaths(
  database: Database,
  at: number,
  mostOfBranch: number,
): Promise<readonly (readonly WatchedPath[])[]> {
  const branches = await database.read({
    sql: 'SELECT DISTINCT branch FROM watched_path WHERE due_at <= ?',
    parameters: [at],
  });
  const due: (readonly WatchedPath[])[] = [];
  for (const { branch } of branches) {
    const rows = await database.read({
      sql: `${select} WHERE watched_path.branch = ? AND due_at <= ? ORDER BY due_at LIMIT ?`,
      parameters: [String(branch), at, mostOfBranch],
    });
    due.push(rows.map(toWatchedPath));
  }
  return due;
}

function toName(row: Row): PathName {
  return {
    subject: String(row.subject),
    certificate: String(row.certificate),
    isQualified: row.qualified === 1,
  };
}

function toWatchedPath(row: Row): WatchedPath {
  const signer = parseCertificate(row.signer as Uint8Array);
  return {
    ...toName(row),
    certificates: [signer, ...certificatesIn(row.certificates as Uint8Array)],
    chain: String(row.chain),
    isAsked: row.asked === 1,
    dueAt: Number(row.due_at),
  };
}

function nameParameters({ subject, certificate, isQualified }: PathName): readonly Value[] {
  return [subject, certificate, isQualified ? 1 : 0];
}

/** Puts one off to `dueAt`; false where somebody else, another replica, has done so. */
export async function postponePath(
  database: Database,
  watched: PathName & Pick<WatchedPath, 'dueAt'>,
  dueAt: number,
): Promise<boolean> {
  return writeUnless(
    database,
    {
      statements: [
        {
          sql: `UPDATE watched_path SET due_at = ? WHERE ${named} AND due_at = ?`,
          parameters: [dueAt, ...nameParameters(watched), watched.dueAt],
          refusal: 'session_ended',
        },
      ],
    },
    'session_ended',
  );
}

/** Keeps what a path has become by what is trusted now; nothing where it is what it was. */
export function renewPath(watched: WatchedPath, path: ValidPath): readonly Statement[] {
  const chain = chainOf(path);
  if (chain.id === watched.chain) return [];
  return [
    keepChain(chain),
    {
      sql: `UPDATE watched_path SET chain = ?, branch = ? WHERE ${named}`,
      parameters: [chain.id, chain.branch, ...nameParameters(watched)],
    },
  ];
}

const open = 'client IN (SELECT id FROM client) AND subject = ? AND expires_at > ? AND ended_at IS NULL';

/** Sessions that a certificate opened, or that rest on a power that it signed, be it handed on. */
const restingOnCertificate = `${open} AND qualified = ? AND (certificate = ? OR EXISTS (
  SELECT 1 FROM power
  WHERE power.principal = session.subject AND power.giver = session.power_giver AND power.number = session.power
    AND (power.signer = ? OR EXISTS (
      SELECT 1 FROM power AS first
      WHERE first.principal = power.principal AND first.giver = first.principal
        AND 'power:' || first.number = power.giver AND first.signer = ?))))`;

const restingOnPower = `${open} AND (power_giver = ? AND power = ? OR power_giver = ?)`;

/** The sessions that rest on that path and are open at `at` (ms). */
export function sessionsOfPath(
  database: Database,
  name: PathName,
  at: number,
): Promise<readonly WatchedSession[]> {
  return sessionsWhere(database, restingOnCertificate, restingParameters(name, at));
}

/** The sessions that rest on that power of an organisation, be it handed on, and are open at `at` (ms). */
export function sessionsOfPower(
  database: Database,
  { principal, giver, number }: PowerName,
  at: number,
): Promise<readonly WatchedSession[]> {
  // Only what the principal gave itself can have been handed on, once.
  const handedOn = giver === principal ? handingOn(number) : '';
  return sessionsWhere(database, restingOnPower, [principal, at, giver, number, handedOn]);
}

/** Forgets a path on which nothing rests at `at`, be it put under watch meanwhile: no session, and no power in force. */
export function forgetPath(name: PathName, at: number): Statement {
  const { subject, certificate } = name;
  return {
    sql: `DELETE FROM watched_path WHERE ${named}
            AND NOT EXISTS (SELECT 1 FROM session WHERE ${restingOnCertificate})
            AND NOT EXISTS (
              SELECT 1 FROM power
              WHERE principal = ? AND signer = ? AND not_after > ? AND withdrawn_at IS NULL)`,
    parameters: [...nameParameters(name), ...restingParameters(name, at), subject, certificate, at],
  };
}

function restingParameters({ subject, certificate, isQualified }: PathName, at: number): readonly Value[] {
  return [subject, at, isQualified ? 1 : 0, certificate, certificate, certificate];
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
