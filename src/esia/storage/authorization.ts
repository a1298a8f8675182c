import type { AssertionClaims } from '../../assertion/claims.ts';
import type { Database, Row, Statement, Value } from '../../database/database.ts';
import type { Language } from '../../failure/failure.ts';
import type { SecretForm } from '../client-secret/signed-string.ts';
import type { RequestedScope } from '../scope.ts';
import { isSealed } from './sealed.ts';

/**
 * How an authorization stands. `asked`: the person is to sign in; `signed`: they are asked for their consent;
 * `granted`: the code may be exchanged; `taken`: it was; `ended`: nothing came of it.
 */
export type AuthorizationState = 'asked' | 'signed' | 'granted' | 'taken' | 'ended';

/** What a system asked for. */
export interface AuthorizationRequest {
  readonly form: SecretForm;
  readonly redirectUri: string;
  /** `state` of the system. */
  readonly state: string;
  readonly scopes: readonly RequestedScope[];
  readonly isOffline: boolean;
  readonly language: Language;
  /** `code_challenge`, S256: whoever redeems the code has to know its verifier. */
  readonly codeChallenge?: string;
}

/** One authorization. Times are in milliseconds since the epoch. */
export interface Authorization {
  readonly idHash: Uint8Array;
  /** Identifier of the relying party. */
  readonly client: string;
  readonly request: AuthorizationRequest;
  readonly state: AuthorizationState;
  /** The browser that asked, and that alone may sign in and consent. */
  readonly browserHash?: Uint8Array;
  /** What the sign-in came to, from then until the code is exchanged. */
  readonly claims?: AssertionClaims;
  readonly expiresAt: number;
}

/** What an authorization is about, however it stands. */
export type AuthorizationFacts = Omit<Authorization, 'state' | 'expiresAt'>;

/** An authorization that a browser has just asked for. */
export interface NewAuthorization extends Pick<Authorization, 'idHash' | 'client' | 'request'> {
  readonly browserHash: Uint8Array;
}

/** A person signs in within a quarter of an hour, and then reads what is asked of them. */
const authorizationLifetime = 30 * 60_000;

/** A code is exchanged by the portal's backend at once. */
const codeLifetime = 60_000;

/** So many authorizations of one system may be open at once. */
const mostOpen = 20_000;

/** When a system that has too many open may come again, in seconds. */
const retryAfter = 60;

/** Keeps a new authorization. Refused with `rate_limited` where the system has too many open. */
export function insertAuthorization(
  { idHash, client, request, browserHash }: NewAuthorization,
  at: number,
): Statement {
  return {
    sql: `INSERT INTO esia_authorization (id_hash, client, request, browser_hash, state, expires_at)
          SELECT ?, ?, ?, ?, 'asked', ?
          WHERE (SELECT count(*) FROM esia_authorization WHERE client = ? AND expires_at > ?) < ?`,
    parameters: [
      ...[idHash, client, JSON.stringify(request), browserHash, at + authorizationLifetime],
      ...[client, at, mostOpen],
    ],
    refusal: { code: 'rate_limited', details: { retryAfter } },
  };
}

/** The authorization with that hash in a column, however it stands; undefined where there is none. */
export async function findAuthorization(
  database: Database,
  column: 'id_hash' | 'code_hash',
  hash: Uint8Array,
): Promise<Authorization | undefined> {
  const [row] = await database.read({ sql: byColumn[column], parameters: [hash] });
  return row && toAuthorization(database, row);
}

const columns = 'id_hash, client, request, state, browser_hash, claims, code_hash, expires_at, seal';
const byColumn = {
  id_hash: `SELECT ${columns} FROM esia_authorization WHERE id_hash = ?`,
  code_hash: `SELECT ${columns} FROM esia_authorization WHERE code_hash = ?`,
};

/** Notes who signed in. */
export function noteSignIn(authorization: AuthorizationFacts, claims: AssertionClaims): Statement {
  const over = sealedText({ ...authorization, claims }, undefined);
  return {
    sql: `UPDATE esia_authorization SET state = 'signed', claims = ?, seal = ?
          WHERE id_hash = ? AND state = 'asked'`,
    parameters: [JSON.stringify(claims), { over }, authorization.idHash],
    refusal: 'sign_in_completed',
  };
}

/** Makes the code, good for a minute. */
export function grantCode(authorization: AuthorizationFacts, codeHash: Uint8Array, at: number): Statement {
  const over = sealedText(authorization, codeHash);
  return {
    sql: `UPDATE esia_authorization SET state = 'granted', code_hash = ?, expires_at = ?, seal = ?
          WHERE id_hash = ? AND state = 'signed'`,
    parameters: [codeHash, at + codeLifetime, { over }, authorization.idHash],
    refusal: 'sign_in_completed',
  };
}

/** What the service vouches for by a seal: who signed in, to whom that goes, and by which code. */
function sealedText(
  { idHash, client, request, browserHash, claims }: AuthorizationFacts,
  codeHash: Uint8Array | undefined,
): string {
  const hex = (octets: Uint8Array | undefined) => octets && Buffer.from(octets).toString('hex');
  const facts = [hex(idHash), client, request, hex(browserHash), claims, hex(codeHash)];
  return JSON.stringify(['esia_authorization', ...facts.map((fact) => fact ?? null)]);
}

/** Ends an authorization of which nothing came. */
export function endAuthorization({ idHash }: Pick<Authorization, 'idHash'>): Statement {
  return {
    sql: `UPDATE esia_authorization SET state = 'ended', claims = NULL WHERE id_hash = ? AND state IN ('asked', 'signed')`,
    parameters: [idHash],
    refusal: 'sign_in_completed',
  };
}

/** Exchanges the code, once. Who signed in is kept with the grant from then on. */
export function takeAuthorizationCode({ idHash }: Authorization): Statement {
  return {
    sql: `UPDATE esia_authorization SET state = 'taken', claims = NULL WHERE id_hash = ? AND state = 'granted'`,
    parameters: [idHash],
    refusal: { code: 'esia_grant_invalid', details: { problem: 'esia-code-used' } },
  };
}

/** Kept a little longer than they last, so that whoever comes late is told why. */
const keptFor = 3_600_000;

/** Forgets, as of `at` (ms), authorizations that are long over, and of the rest at once who signed in. */
export function forgetAuthorizations(at: number): readonly Statement[] {
  return [
    { sql: 'DELETE FROM esia_authorization WHERE expires_at < ?', parameters: [at - keptFor] },
    {
      sql: 'UPDATE esia_authorization SET claims = NULL WHERE expires_at < ? AND claims IS NOT NULL',
      parameters: [at],
    },
  ];
}

/** What the seal does not vouch for, such as who signed in, is not there. */
function toAuthorization(database: Database, row: Row): Authorization {
  const whole = fieldsOf(row);
  if (whole.claims === undefined) return whole;
  const codeHash = row.code_hash === null ? undefined : octets(row.code_hash);
  if (isSealed(database.judgeSeal(sealedText(whole, codeHash), row.seal))) return whole;
  const { claims: _, ...rest } = whole;
  return rest;
}

function fieldsOf(row: Row): Authorization {
  return {
    idHash: octets(row.id_hash),
    client: String(row.client),
    request: JSON.parse(String(row.request)) as AuthorizationRequest,
    state: row.state as AuthorizationState,
    ...(row.browser_hash === null ? {} : { browserHash: octets(row.browser_hash) }),
    ...(row.claims === null ? {} : { claims: JSON.parse(String(row.claims)) as AssertionClaims }),
    expiresAt: Number(row.expires_at),
  };
}

function octets(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('a hash is missing in the database');
}
