import type { Database, Row, Statement } from '../../database/database.ts';
import type { OrganisationFacts, PersonFacts } from '../facts.ts';
import type { GrantedScope } from '../scope.ts';
import { isSealed } from './sealed.ts';

/** What access tokens of a grant open. */
export interface GrantFacts {
  /** Absent where a system acts by itself, for an organisation. */
  readonly person?: PersonFacts;
  readonly organisation?: OrganisationFacts;
  readonly scopes: readonly GrantedScope[];
  /** Seconds since the epoch. */
  readonly authTime: number;
}

/** What a system may do because somebody has signed in through it. Times are in milliseconds since the epoch. */
export interface Grant {
  /** `urn:esia:sid` of its tokens. */
  readonly sid: string;
  /** Identifier of the relying party. */
  readonly client: string;
  /** The session that it rests on, and ends with. */
  readonly session: string;
  readonly facts: GrantFacts;
  readonly expiresAt: number;
}

/** What is kept beside a new grant. */
export interface GrantOrigin {
  readonly authorizationHash?: Uint8Array;
  readonly browserHash?: Uint8Array;
  readonly refreshHash?: Uint8Array;
}

/** What the service vouches for by a seal: what the grant opens, to whom, and how long. */
function sealedText({ sid, client, session, facts, expiresAt }: Grant): string {
  return JSON.stringify(['esia_grant', sid, client, session, facts, expiresAt]);
}

/** Keeps a new grant. */
export function insertGrant(
  grant: Grant,
  { authorizationHash, browserHash, refreshHash }: GrantOrigin = {},
): Statement {
  const { sid, client, session, facts, expiresAt } = grant;
  // Only a person's own grant vouches for their organisation to the system.
  const organisation = facts.person === undefined ? null : (facts.organisation?.oid ?? null);
  return {
    sql: `INSERT INTO esia_grant
          (sid, client, session, authorization_hash, browser_hash, organisation, facts, refresh_hash, expires_at,
           seal)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    parameters: [
      ...[sid, client, session, authorizationHash ?? null, browserHash ?? null],
      ...[organisation, JSON.stringify(facts), refreshHash ?? null, expiresAt],
      { over: sealedText(grant) },
    ],
  };
}

const select = 'SELECT sid, client, session, facts, expires_at, seal FROM esia_grant';
const open = 'expires_at > ? AND ended_at IS NULL';

/** The grant of that `sid`, where it is open at `at`; its session has to be looked at as well. */
export async function findGrant(database: Database, sid: string, at: number): Promise<Grant | undefined> {
  const [row] = await database.read({ sql: `${select} WHERE sid = ? AND ${open}`, parameters: [sid, at] });
  return row && toGrant(database, row);
}

/** The open grant of a refresh token. */
export async function findRefresh(
  database: Database,
  refreshHash: Uint8Array,
  at: number,
): Promise<Grant | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE refresh_hash = ? AND ${open}`,
    parameters: [refreshHash, at],
  });
  return row && toGrant(database, row);
}

/** Open grants by which people of an organisation have let a system have data of it, the newest first. */
export async function grantsOfOrganisation(
  database: Database,
  client: string,
  organisation: number,
  at: number,
): Promise<readonly Grant[]> {
  const rows = await database.read({
    sql: `${select} WHERE client = ? AND organisation = ? AND ${open} ORDER BY expires_at DESC LIMIT 20`,
    parameters: [client, organisation, at],
  });
  return rows.flatMap((row) => toGrant(database, row) ?? []);
}

/** Open grants of a browser with a system. */
export async function grantsOfBrowser(
  database: Database,
  client: string,
  browserHash: Uint8Array,
  at: number,
): Promise<readonly Grant[]> {
  const rows = await database.read({
    sql: `${select} WHERE client = ? AND browser_hash = ? AND ${open} LIMIT 100`,
    parameters: [client, browserHash, at],
  });
  return rows.flatMap((row) => toGrant(database, row) ?? []);
}

/** Puts a new refresh token in the place of the one that was shown; each is good once. */
export function rotateRefresh({ sid }: Grant, shown: Uint8Array, next: Uint8Array): Statement {
  return {
    sql: 'UPDATE esia_grant SET refresh_hash = ? WHERE sid = ? AND refresh_hash = ? AND ended_at IS NULL',
    parameters: [next, sid, shown],
    refusal: { code: 'esia_grant_invalid', details: { problem: 'esia-refresh-unknown' } },
  };
}

/** Ends a grant; its tokens open nothing from then on. */
export function endGrant(sid: string, at: number): Statement {
  return {
    sql: 'UPDATE esia_grant SET ended_at = ? WHERE sid = ? AND ended_at IS NULL',
    parameters: [at, sid],
  };
}

/** Ends what came of an authorization whose code was shown again: somebody else may have it (RFC 6749, section 4.1.2). */
export function endGrantsOf(authorizationHash: Uint8Array, at: number): Statement {
  return {
    sql: 'UPDATE esia_grant SET ended_at = ? WHERE authorization_hash = ? AND ended_at IS NULL',
    parameters: [at, authorizationHash],
  };
}

/** Ends what a system has by a session. */
export function endGrantsOfSession(client: string, session: string, at: number): Statement {
  return {
    sql: 'UPDATE esia_grant SET ended_at = ? WHERE client = ? AND session = ? AND ended_at IS NULL',
    parameters: [at, client, session],
  };
}

/** Forgets, as of `at` (ms), grants that are over, and with them what they told of people. */
export function forgetGrants(at: number): Statement {
  return {
    sql: 'DELETE FROM esia_grant WHERE expires_at < ? OR ended_at IS NOT NULL',
    parameters: [at],
  };
}

/** Undefined where this service did not write the row. */
function toGrant(database: Database, row: Row): Grant | undefined {
  const grant: Grant = {
    sid: String(row.sid),
    client: String(row.client),
    session: String(row.session),
    facts: JSON.parse(String(row.facts)) as GrantFacts,
    expiresAt: Number(row.expires_at),
  };
  return isSealed(database.judgeSeal(sealedText(grant), row.seal)) ? grant : undefined;
}
