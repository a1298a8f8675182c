import type { AssertionClaims } from '../assertion/claims.ts';
import type { Database, Statement } from '../database/database.ts';

/** Who is at the account page in a browser: the sign-in's session, and what was found of them. */
export interface KeptVisit {
  /** Identifier of the session. */
  readonly session: string;
  readonly claims: AssertionClaims;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the service vouches for by a seal: whose cookie opens whose account. */
function sealedText(idHash: Uint8Array, { session, claims, expiresAt }: KeptVisit): string {
  const hash = Buffer.from(idHash).toString('hex');
  return JSON.stringify(['account_session', hash, session, claims, expiresAt]);
}

/** Keeps a visit under the hash of its cookie. */
export function keepVisit(idHash: Uint8Array, visit: KeptVisit): Statement {
  const { session, claims, expiresAt } = visit;
  return {
    sql: 'INSERT INTO account_session (id_hash, session, claims, expires_at, seal) VALUES (?, ?, ?, ?, ?)',
    parameters: [
      ...[idHash, session, JSON.stringify(claims), expiresAt],
      { over: sealedText(idHash, visit) },
    ],
  };
}

/** The visit of a cookie; undefined where there is none, or this service did not write it. */
export async function findVisit(database: Database, idHash: Uint8Array): Promise<KeptVisit | undefined> {
  const [row] = await database.read({
    sql: 'SELECT session, claims, expires_at, seal FROM account_session WHERE id_hash = ?',
    parameters: [idHash],
  });
  if (row === undefined) return undefined;
  const visit = {
    session: String(row.session),
    claims: JSON.parse(String(row.claims)) as AssertionClaims,
    expiresAt: Number(row.expires_at),
  };
  const state = database.judgeSeal(sealedText(idHash, visit), row.seal);
  return state === 'current' || state === 'older' ? visit : undefined;
}

/** Forgets a visit. */
export function dropVisit(idHash: Uint8Array): Statement {
  return { sql: 'DELETE FROM account_session WHERE id_hash = ?', parameters: [idHash] };
}

/** Forgets, as of `at` (ms), visits that are over. */
export function forgetVisits(at: number): Statement {
  return { sql: 'DELETE FROM account_session WHERE expires_at < ?', parameters: [at] };
}
