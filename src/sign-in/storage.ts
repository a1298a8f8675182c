import type { AssertionClaims } from '../assertion/claims.ts';
import type { IssuedChallenge } from '../challenge/challenge.ts';
import type { Database, Row, Statement, Value } from '../database/database.ts';
import { type BareCode, fault } from '../error.ts';
import type { KeptRequest } from './request.ts';

/**
 * Where a sign-in stands. `open`: the browser is to sign. `offered`: another screen may take the link; `opened`: it has;
 * `signed`: somebody signed there, and the first browser has to confirm. `completed`: the browser was sent back with a
 * code; `taken`: the relying party has exchanged it. `cancelled`: the person went back without signing in.
 */
export type SignInState = 'open' | 'offered' | 'opened' | 'signed' | 'completed' | 'taken' | 'cancelled';

/** How a certificate is shown to whoever has to confirm it. */
export interface ShownCertificate {
  /** Name of the authority. */
  readonly issuer: string;
  readonly serialNumber: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** What a sign-in came to: the claims of the assertion, and the certificate where the verification has one. */
export interface Outcome {
  readonly claims: AssertionClaims;
  readonly certificate?: ShownCertificate;
}

/** The link for another screen. */
export interface OtherScreen {
  readonly hash: Uint8Array;
  /** Six digits that both screens show. */
  readonly code: string;
  /** The browser that took the link. */
  readonly browserHash?: Uint8Array;
  /** Once it was taken. */
  readonly challenge?: IssuedChallenge;
  readonly expiresAt: number;
}

/** One attempt of one browser to sign in for one relying party. Times are in milliseconds since the epoch. */
export interface SignIn {
  readonly idHash: Uint8Array;
  /** Identifier of the relying party. */
  readonly client: string;
  readonly request: KeptRequest;
  readonly challenge: IssuedChallenge;
  /** The browser that opened it first; absent until one has. */
  readonly browserHash?: Uint8Array;
  readonly expiresAt: number;
  readonly state: SignInState;
  /** Rises with every change. */
  readonly version: number;
  readonly other?: OtherScreen;
  readonly outcome?: Outcome;
  readonly codeExpiresAt?: number;
}

/** A sign-in has a quarter of an hour: the token is found, its driver mended, the second try made. */
export const signInLifetime = 15 * 60_000;

/** So many sign-ins of one relying party may be open at once; each is a row that a stranger can have made. */
const mostOpen = 20_000;

/** So many signatures may be handed in for one sign-in; each costs a verification. */
const mostTries = 20;

/** When somebody who was refused for one of these may come again, in seconds. */
const retryAfter = 60;

const columns = `id_hash, client, request, challenge, browser_hash, expires_at, state, version, other_hash, other_code,
  other_challenge, other_browser_hash, other_expires_at, claims, code_expires_at`;

/** Keeps a new sign-in. Refused with `rate_limited` where the relying party has too many open. */
export function insertSignIn(signIn: SignIn, at: number): Statement {
  const { idHash, client, request, challenge, expiresAt } = signIn;
  return {
    sql: `INSERT INTO page_sign_in (id_hash, client, request, challenge, expires_at, tries, state, version)
          SELECT ?, ?, ?, ?, ?, 0, 'open', 1
          WHERE (SELECT count(*) FROM page_sign_in WHERE client = ? AND expires_at > ?) < ?`,
    parameters: [
      ...[idHash, client, JSON.stringify(request), JSON.stringify(challenge), expiresAt],
      ...[client, at, mostOpen],
    ],
    refusal: { code: 'rate_limited', details: { retryAfter } },
  };
}

/** The sign-in with that hash in a column; undefined where there is none. */
export async function findSignIn(
  database: Database,
  column: 'id_hash' | 'other_hash' | 'code_hash',
  hash: Uint8Array,
): Promise<SignIn | undefined> {
  const [row] = await database.read({ sql: byColumn[column], parameters: [hash] });
  return row && toSignIn(row);
}

const byColumn = {
  id_hash: `SELECT ${columns} FROM page_sign_in WHERE id_hash = ?`,
  other_hash: `SELECT ${columns} FROM page_sign_in WHERE other_hash = ?`,
  code_hash: `SELECT ${columns} FROM page_sign_in WHERE code_hash = ?`,
};

/** A change of a sign-in that takes effect only in one of the states `from`; otherwise the unit is refused. */
interface Change {
  readonly sql: string;
  readonly values?: readonly Value[];
  readonly from: readonly SignInState[];
  readonly refusal: BareCode;
}

function change({ idHash }: SignIn, { sql, values = [], from, refusal }: Change): Statement {
  return {
    sql: `UPDATE page_sign_in SET version = version + 1, ${sql}
          WHERE id_hash = ? AND state IN (${from.map((state) => `'${state}'`).join(', ')})`,
    parameters: [...values, idHash],
    refusal,
  };
}

/** States in which the first browser may sign. */
const unsigned: readonly SignInState[] = ['open', 'offered', 'opened'];

/** Binds the first browser; refused with `sign_in_foreign` where another was quicker. */
export function bindBrowser({ idHash }: SignIn, browserHash: Uint8Array): Statement {
  return {
    sql: 'UPDATE page_sign_in SET browser_hash = ? WHERE id_hash = ? AND browser_hash IS NULL',
    parameters: [browserHash, idHash],
    refusal: 'sign_in_foreign',
  };
}

/** Counts a signature that is handed in; refused with `rate_limited` after the last one. */
export function countTry({ idHash }: SignIn): Statement {
  return {
    sql: 'UPDATE page_sign_in SET tries = tries + 1 WHERE id_hash = ? AND tries < ?',
    parameters: [idHash, mostTries],
    refusal: { code: 'rate_limited', details: { retryAfter } },
  };
}

/** Puts another challenge in place of the one that was shown, in a language that may be another. */
export function replaceChallenge(
  signIn: SignIn,
  challenge: IssuedChallenge,
  request: KeptRequest,
): Statement {
  return change(signIn, {
    sql: 'challenge = ?, request = ?',
    values: [JSON.stringify(challenge), JSON.stringify(request)],
    from: unsigned,
    refusal: 'sign_in_completed',
  });
}

/** As `replaceChallenge`, for the other screen. */
export function replaceOtherChallenge(signIn: SignIn, challenge: IssuedChallenge): Statement {
  return change(signIn, {
    sql: 'other_challenge = ?',
    values: [JSON.stringify(challenge)],
    from: ['opened'],
    refusal: 'sign_in_completed',
  });
}

/** Makes a link for another screen, in place of one that there was. */
export function offer(signIn: SignIn, { hash, code, expiresAt }: OtherScreen): Statement {
  return change(signIn, {
    sql: `state = 'offered', other_hash = ?, other_code = ?, other_expires_at = ?, other_challenge = NULL,
          other_browser_hash = NULL`,
    values: [hash, code, expiresAt],
    from: unsigned,
    refusal: 'sign_in_completed',
  });
}

/** Takes the link back, whatever the other screen is at. */
export function withdrawOffer(signIn: SignIn): Statement {
  return change(signIn, { sql: noOther, from: unsigned, refusal: 'sign_in_completed' });
}

const noOther = `state = 'open', other_hash = NULL, other_code = NULL, other_expires_at = NULL,
  other_challenge = NULL, other_browser_hash = NULL, claims = NULL`;

/** Gives the link to the browser of another screen; refused with `sign_in_link_used` where one has it. */
export function takeOffer(signIn: SignIn, browserHash: Uint8Array, challenge: IssuedChallenge): Statement {
  return change(signIn, {
    sql: "state = 'opened', other_browser_hash = ?, other_challenge = ?",
    values: [browserHash, JSON.stringify(challenge)],
    from: ['offered'],
    refusal: 'sign_in_link_used',
  });
}

/** Notes who signed on the other screen; the first browser has to confirm. */
export function noteSigned(signIn: SignIn, outcome: Outcome): Statement {
  return change(signIn, {
    sql: "state = 'signed', claims = ?",
    values: [JSON.stringify(outcome)],
    from: ['opened'],
    refusal: 'sign_in_completed',
  });
}

/** Ends the wait for a confirmation that was refused; the sign-in may go on. */
export function decline(signIn: SignIn): Statement {
  return change(signIn, { sql: noOther, from: ['signed'], refusal: 'sign_in_unfinished' });
}

/** Ends a sign-in in a code, with what was signed here, or with what the other screen came to. */
export function complete(
  signIn: SignIn,
  code: { readonly hash: Uint8Array; readonly expiresAt: number },
  outcome?: Outcome,
): Statement {
  const set = "state = 'completed', code_hash = ?, code_expires_at = ?";
  if (outcome === undefined) {
    const values = [code.hash, code.expiresAt];
    return change(signIn, { sql: set, values, from: ['signed'], refusal: 'sign_in_unfinished' });
  }
  const values = [code.hash, code.expiresAt, JSON.stringify(outcome)];
  return change(signIn, { sql: `${set}, claims = ?`, values, from: unsigned, refusal: 'sign_in_completed' });
}

/** Ends a sign-in without signing in. */
export function cancel(signIn: SignIn): Statement {
  return change(signIn, { sql: "state = 'cancelled'", from: unsigned, refusal: 'sign_in_completed' });
}

/** Exchanges the code, once; refused with `sign_in_code_used`. Who signed need not be kept from then on. */
export function takeCode(signIn: SignIn): Statement {
  return change(signIn, {
    sql: "state = 'taken', claims = NULL",
    from: ['completed'],
    refusal: 'sign_in_code_used',
  });
}

/** Sign-ins are kept a little longer than they last, so that whoever comes late is told why. */
const keptFor = 3_600_000;

/** Forgets, as of `at`, sign-ins that are long over, and of the rest at once who signed where nobody took it. */
export function forgetSignIns(at: number): readonly Statement[] {
  return [
    { sql: 'DELETE FROM page_sign_in WHERE expires_at < ?', parameters: [at - keptFor] },
    {
      sql: "UPDATE page_sign_in SET claims = NULL WHERE expires_at < ? AND state = 'completed' AND claims IS NOT NULL",
      parameters: [at - codeLifetime],
    },
  ];
}

/** A code is exchanged by the portal's backend at once. */
export const codeLifetime = 60_000;

/** Sign-ins whose time ran out at `at` before anybody confirmed what was signed on another screen. */
export async function unconfirmedSignIns(database: Database, at: number): Promise<readonly SignIn[]> {
  const rows = await database.read({
    sql: `SELECT ${columns} FROM page_sign_in WHERE expires_at < ? AND state = 'signed' LIMIT 100`,
    parameters: [at],
  });
  return rows.map(toSignIn);
}

function toSignIn(row: Row): SignIn {
  return {
    idHash: octets(row.id_hash),
    client: String(row.client),
    request: JSON.parse(String(row.request)) as KeptRequest,
    challenge: JSON.parse(String(row.challenge)) as IssuedChallenge,
    ...(row.browser_hash === null ? {} : { browserHash: octets(row.browser_hash) }),
    expiresAt: Number(row.expires_at),
    state: row.state as SignInState,
    version: Number(row.version),
    ...(row.other_hash === null ? {} : { other: toOther(row) }),
    ...(row.claims === null ? {} : { outcome: JSON.parse(String(row.claims)) as Outcome }),
    ...(row.code_expires_at === null ? {} : { codeExpiresAt: Number(row.code_expires_at) }),
  };
}

function toOther(row: Row): OtherScreen {
  return {
    hash: octets(row.other_hash),
    code: String(row.other_code),
    expiresAt: Number(row.other_expires_at),
    ...(row.other_browser_hash === null ? {} : { browserHash: octets(row.other_browser_hash) }),
    ...(row.other_challenge === null
      ? {}
      : { challenge: JSON.parse(String(row.other_challenge)) as IssuedChallenge }),
  };
}

function octets(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw fault('a hash is missing in the database');
}
