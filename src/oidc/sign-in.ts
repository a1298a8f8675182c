import type { AssertionClaims } from '../assertion/claims.ts';
import type { Database, Row, Statement } from '../database/database.ts';
import type { Policy } from '../relying-party/registration.ts';
import { findSession, isSessionOpen } from '../session/session.ts';
import { useSession } from '../session/use.ts';

/** A sign-in by signature that a browser's portals share: what was found, and under which policy. */
export interface SharedSignIn {
  /** Identifier of the session that it opened. */
  readonly session: string;
  readonly claims: AssertionClaims;
  /** The policy under which the signature was verified. */
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

function sealedText(session: string, uid: unknown, outcome: string, expiresAt: number): string {
  return JSON.stringify(['oidc_sign_in', session, uid, outcome, expiresAt]);
}

function outcomeText({ claims, policy }: SharedSignIn): string {
  return JSON.stringify({ claims, policy });
}

/** Keeps a sign-in that no browser's cookie leads to yet. */
export function keepSignIn(signIn: SharedSignIn): Statement {
  const { session, claims, expiresAt } = signIn;
  const outcome = outcomeText(signIn);
  return {
    sql: `INSERT INTO oidc_sign_in (session, uid, subject, outcome, signed_at, expires_at, seal)
          VALUES (?, NULL, ?, ?, ?, ?, ?)`,
    parameters: [
      ...[session, claims.sub, outcome, claims.auth_time * 1000, expiresAt],
      { over: sealedText(session, null, outcome, expiresAt) },
    ],
  };
}

/** Gives a sign-in to the browser whose portals share it, known by `uid`; once, and nothing happens otherwise. */
export function bindSignIn(signIn: SharedSignIn, uid: string): Statement {
  const { session, expiresAt } = signIn;
  return {
    sql: 'UPDATE oidc_sign_in SET uid = ?, seal = ? WHERE session = ? AND uid IS NULL',
    parameters: [uid, { over: sealedText(session, uid, outcomeText(signIn), expiresAt) }, session],
  };
}

/** The sign-in of a session; undefined where there is none, or this service did not write it. */
export async function findSignIn(database: Database, session: string): Promise<SharedSignIn | undefined> {
  const [row] = await database.read({ sql: `${select} WHERE session = ?`, parameters: [session] });
  return row && toSignIn(database, row);
}

/** The newest sign-in of a browser. */
export async function newestSignIn(database: Database, uid: string): Promise<SharedSignIn | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE uid = ? ORDER BY signed_at DESC, session DESC LIMIT 1`,
    parameters: [uid],
  });
  return row && toSignIn(database, row);
}

/** The sessions that a browser's sign-ins opened. */
export async function sessionsOfBrowser(database: Database, uid: string): Promise<readonly string[]> {
  const rows = await database.read({
    sql: 'SELECT session FROM oidc_sign_in WHERE uid = ?',
    parameters: [uid],
  });
  return rows.map(({ session }) => String(session));
}

/**
 * Whether the session is still open at `at` (ms), which counts as its use: whatever ends it, ends what its portals have
 * of it.
 */
export async function isOpen(database: Database, { session }: SharedSignIn, at: number): Promise<boolean> {
  const found = await findSession(database, session);
  if (!isSessionOpen(found, at)) return false;
  await useSession(database, found, at);
  return true;
}

/** Who signed in is forgotten with the session. */
export function forgetSignIn(session: string): Statement {
  return { sql: 'DELETE FROM oidc_sign_in WHERE session = ?', parameters: [session] };
}

/** Forgets, as of `at` (ms), those whose time is over. */
export function forgetSharedSignIns(at: number): Statement {
  return { sql: 'DELETE FROM oidc_sign_in WHERE expires_at < ?', parameters: [at] };
}

const select = 'SELECT session, uid, outcome, expires_at, seal FROM oidc_sign_in';

function toSignIn(database: Database, row: Row): SharedSignIn | undefined {
  const [session, outcome, expiresAt] = [String(row.session), String(row.outcome), Number(row.expires_at)];
  const state = database.judgeSeal(sealedText(session, row.uid, outcome, expiresAt), row.seal);
  if (state !== 'current' && state !== 'older') return undefined;
  return {
    session,
    expiresAt,
    ...(JSON.parse(outcome) as Pick<SharedSignIn, 'claims' | 'policy'>),
  };
}
