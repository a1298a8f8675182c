import { z } from 'zod';
import { Reader } from '../asn1/reader.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Database, Row, Statement, Value } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import type { ValidPath } from '../path/valid-path.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
import { dueAfter, isAskedFor } from './due.ts';
import { type WatchedCertificate, watchedIn } from './watched-certificate.ts';
import { toWatchedSession, type WatchedSession } from './watched-session.ts';

/** What is kept of a path on which a session or a power of attorney rests; times are ms since the epoch. */
export interface PathToWatch {
  /** Encodings of its certificates, one after the other, the signer's first. */
  readonly path: Uint8Array;
  readonly certificates: readonly WatchedCertificate[];
  /** Whether its certificate was found qualified, because the relying party asks for that. */
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
export type WatchedPath = PathToWatch & PathName;

/** What is to be kept of a path that was proven at `at`. */
export function pathToWatch(current: CurrentPath, isQualified: boolean, at: number): PathToWatch {
  const { path, evidence } = current;
  return {
    ...partsOfPath(path),
    isQualified,
    isAsked: evidence.some(isAskedFor),
    dueAt: dueAfter(evidence, at),
  };
}

/** What is kept of the certificates of a path. */
export function partsOfPath(path: ValidPath): Pick<PathToWatch, 'path' | 'certificates'> {
  return { path: Buffer.concat(path.certificates.map(({ der }) => der)), certificates: watchedIn(path) };
}

/** The certificates of a path under watch, its own first. */
export function certificatesOf({
  path,
}: Pick<PathToWatch, 'path'>): readonly [Certificate, ...Certificate[]] {
  const reader = Reader.der(path);
  const certificates: Certificate[] = [];
  while (!reader.isAtEnd) certificates.push(parseCertificate(reader.any()));
  const [first, ...others] = certificates;
  if (first === undefined) throw new Error('a path under watch is empty');
  return [first, ...others];
}

/**
 * Puts a path under watch, as of `at`; where it is already, it is looked at again at the earlier of both times.
 */
export function watchPath(
  { subject, certificate }: Pick<PathName, 'subject' | 'certificate'>,
  path: PathToWatch,
  at: number,
): Statement {
  return {
    sql: `INSERT INTO watched_path
            (subject, certificate, qualified, asked, watched_at, due_at, branch, certificates, path)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (subject, certificate, qualified) DO UPDATE SET
            asked = CASE WHEN excluded.asked = 1 THEN 1 ELSE watched_path.asked END,
            watched_at = excluded.watched_at,
            due_at = CASE WHEN watched_path.due_at < excluded.due_at
                     THEN watched_path.due_at ELSE excluded.due_at END,
            branch = excluded.branch,
            certificates = excluded.certificates,
            path = excluded.path`,
    parameters: [
      subject,
      certificate,
      path.isQualified ? 1 : 0,
      path.isAsked ? 1 : 0,
      at,
      path.dueAt,
      branchOf(path.certificates),
      JSON.stringify(path.certificates),
      path.path,
    ],
  };
}

function branchOf(certificates: readonly WatchedCertificate[]): string {
  return certificates[0]?.branch ?? '';
}

/** What of a path is needed to see which lists may name its certificates. */
export type NamedPath = PathName & Pick<PathToWatch, 'certificates'>;

/** Paths read at a time; it takes about a millisecond. */
const pageLength = 200;

/**
 * The paths that were put under watch at `since` (ms since the epoch) or later, page by page, the oldest first. One
 * that is put there anew meanwhile may come twice; none is missed.
 */
export async function* watchedPaths(database: Database, since = 0): AsyncGenerator<readonly NamedPath[]> {
  for (let after: readonly Value[] = [since, '', '', 0]; ; ) {
    const rows = await database.read({
      sql: `SELECT watched_at, subject, certificate, qualified, certificates FROM watched_path
            WHERE (watched_at, subject, certificate, qualified) > (?, ?, ?, ?)
            ORDER BY watched_at, subject, certificate, qualified LIMIT ?`,
      parameters: [...after, pageLength],
    });
    yield rows.map(toNamedPath);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = [last.watched_at ?? 0, last.subject ?? '', last.certificate ?? '', last.qualified ?? 0];
  }
}

const columns = 'subject, certificate, qualified, asked, due_at, certificates, path';

/** The path of that name; undefined where it is not under watch any more. */
export async function findPath(database: Database, name: PathName): Promise<WatchedPath | undefined> {
  const [row] = await database.read({
    sql: `SELECT ${columns} FROM watched_path WHERE ${named}`,
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
      sql: `SELECT ${columns} FROM watched_path WHERE branch = ? AND due_at <= ? ORDER BY due_at LIMIT ?`,
      parameters: [String(branch), at, mostOfBranch],
    });
    due.push(rows.map(toWatchedPath));
  }
  return due;
}

const certificatesSchema = z.array(
  z.object({ issuer: z.string(), serialNumber: z.string(), key: z.string(), branch: z.string() }),
);

function toNamedPath(row: Row): NamedPath {
  return {
    subject: String(row.subject),
    certificate: String(row.certificate),
    isQualified: row.qualified === 1,
    certificates: certificatesSchema.parse(JSON.parse(String(row.certificates))),
  };
}

function toWatchedPath(row: Row): WatchedPath {
  return {
    ...toNamedPath(row),
    path: row.path as Uint8Array,
    isAsked: row.asked === 1,
    dueAt: Number(row.due_at),
  };
}

const named = 'subject = ? AND certificate = ? AND qualified = ?';

function nameParameters({ subject, certificate, isQualified }: PathName): readonly Value[] {
  return [subject, certificate, isQualified ? 1 : 0];
}

/** Puts one off to `dueAt`; false where somebody else, another replica, has done so. */
export async function postponePath(
  database: Database,
  watched: WatchedPath,
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

/** Keeps what a path has become by what is trusted now; undefined where it is what it was. */
export function renewPath(watched: NamedPath, path: ValidPath): Statement | undefined {
  const { path: encodings, certificates } = partsOfPath(path);
  const json = JSON.stringify(certificates);
  if (json === JSON.stringify(watched.certificates)) return undefined;
  return {
    sql: `UPDATE watched_path SET branch = ?, certificates = ?, path = ? WHERE ${named}`,
    parameters: [branchOf(certificates), json, encodings, ...nameParameters(watched)],
  };
}

const open = 'client IN (SELECT id FROM client) AND subject = ? AND expires_at > ? AND ended_at IS NULL';

/** Sessions that a certificate opened, or that rest on a power that it signed, be it handed on. */
const restingOnCertificate = `${open} AND qualified = ? AND (certificate = ? OR power IN (
  SELECT number FROM power_of_attorney WHERE principal = ? AND (signer = ? OR first_number IN (
    SELECT number FROM power_of_attorney WHERE principal = ? AND signer = ?))))`;

const restingOnPower = `${open} AND (power = ? OR power IN (
  SELECT number FROM power_of_attorney WHERE principal = ? AND first_number = ?))`;

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
  subject: string,
  number: string,
  at: number,
): Promise<readonly WatchedSession[]> {
  return sessionsWhere(database, restingOnPower, [subject, at, number, subject, number]);
}

/** Forgets a path on which nothing rests at `at`, be it put under watch meanwhile: no session, and no power in force. */
export function forgetPath(name: PathName, at: number): Statement {
  const { subject, certificate } = name;
  return {
    sql: `DELETE FROM watched_path WHERE ${named}
            AND NOT EXISTS (SELECT 1 FROM session WHERE ${restingOnCertificate})
            AND NOT EXISTS (
              SELECT 1 FROM power_of_attorney
              WHERE principal = ? AND signer = ? AND expires_at > ? AND withdrawn_at IS NULL)`,
    parameters: [...nameParameters(name), ...restingParameters(name, at), subject, certificate, at],
  };
}

function restingParameters({ subject, certificate, isQualified }: PathName, at: number): readonly Value[] {
  return [subject, at, isQualified ? 1 : 0, certificate, subject, certificate, subject, certificate];
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
