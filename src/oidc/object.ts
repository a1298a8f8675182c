import { hash } from 'node:crypto';
import type { Database, Row, Seal, Statement, Value } from '../database/database.ts';

/** What the library keeps of one thing: a code, a token, a browser's sign-in, a request. */
export interface KeptObject {
  /** Kind, as the library names it. */
  readonly model: string;
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Whose it is, where anybody can have it made; then there are so many of each relying party at most. */
  readonly client?: string;
  /** The grant that it falls with. */
  readonly grant?: string;
  /** Another name that it is found by. */
  readonly uid?: string;
}

/** An object as it stands. */
export interface FoundObject {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly consumedAt?: number;
}

/** So many requests and unfinished sign-ins of one relying party may be kept at once; strangers can have them made. */
const mostOfClient = 20_000;

/** Seconds after which somebody who was refused for that may come again. */
const retryAfter = 60;

/**
 * What is kept of an identifier, which opens whatever it names: its hash. Identifiers have 256 random bits, so that
 * nobody can guess from it, and looking it up tells nothing by its time.
 */
function idHash(model: string, id: string): Uint8Array {
  return hash('sha256', `sealgate oidc ${model}\n${id}`, 'buffer');
}

/** Whoever can write the database, and does not know the secrets, must not make codes, tokens and sign-ins. */
function sealedText(model: string, id: Uint8Array, payload: string, uid: Value): string {
  return JSON.stringify(['oidc_object', model, Buffer.from(id).toString('base64url'), payload, uid]);
}

/** Keeps an object, in place of one of that name. Refused with `rate_limited` where its relying party has too many. */
export function keepObject(object: KeptObject, at: number): Statement {
  const { model, id, expiresAt, client = null, grant = null, uid = null } = object;
  const hashed = idHash(model, id);
  const payload = JSON.stringify(object.payload);
  const seal: Seal = { over: sealedText(model, hashed, payload, uid) };
  const values = [model, hashed, payload, client, grant, uid, expiresAt, seal];
  const insert = 'INSERT INTO oidc_object (model, id_hash, payload, client, grant_id, uid, expires_at, seal)';
  const update = `ON CONFLICT (model, id_hash) DO UPDATE SET payload = excluded.payload, client = excluded.client,
    grant_id = excluded.grant_id, uid = excluded.uid, expires_at = excluded.expires_at, seal = excluded.seal`;
  if (client === null)
    return { sql: `${insert} VALUES (?, ?, ?, ?, ?, ?, ?, ?) ${update}`, parameters: values };
  return {
    sql: `${insert} SELECT ?, ?, ?, ?, ?, ?, ?, ?
          WHERE (SELECT count(*) FROM oidc_object WHERE model = ? AND client = ? AND expires_at > ?) < ?
          ${update}`,
    parameters: [...values, model, client, at, mostOfClient],
    refusal: { code: 'rate_limited', details: { retryAfter } },
  };
}

/** Keeps an object whose name may be used once. Where it was, the unit is refused with `oidc_object_used`. */
export function keepOnce({ model, id, payload, expiresAt }: KeptObject): Statement {
  const hashed = idHash(model, id);
  const text = JSON.stringify(payload);
  return {
    sql: `INSERT INTO oidc_object (model, id_hash, payload, expires_at, seal) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (model, id_hash) DO NOTHING`,
    parameters: [model, hashed, text, expiresAt, { over: sealedText(model, hashed, text, null) }],
    refusal: 'oidc_object_used',
  };
}

/** The object of that identifier; undefined where there is none, or this service did not write it. */
export async function findObject(
  database: Database,
  model: string,
  id: string,
): Promise<FoundObject | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE model = ? AND id_hash = ?`,
    parameters: [model, idHash(model, id)],
  });
  return row && toFound(database, row);
}

/** As `findObject`, by its other name. */
export async function findByUid(
  database: Database,
  model: string,
  uid: string,
): Promise<FoundObject | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE uid = ? AND model = ?`,
    parameters: [uid, model],
  });
  return row && toFound(database, row);
}

/** Uses an object up. Where somebody was faster, in whichever process, the unit is refused with `oidc_object_used`. */
export function consumeObject(model: string, id: string, at: number): Statement {
  return {
    sql: 'UPDATE oidc_object SET consumed_at = ? WHERE model = ? AND id_hash = ? AND consumed_at IS NULL',
    parameters: [at, model, idHash(model, id)],
    refusal: 'oidc_object_used',
  };
}

/** As `consumeObject`, whoever was faster; from then on it is nobody's of those that a relying party has too many of. */
export function endObject(model: string, id: string, at: number): Statement {
  return {
    sql: `UPDATE oidc_object SET consumed_at = ?, client = NULL
          WHERE model = ? AND id_hash = ? AND consumed_at IS NULL`,
    parameters: [at, model, idHash(model, id)],
  };
}

/** Forgets one object. */
export function dropObject(model: string, id: string): Statement {
  return {
    sql: 'DELETE FROM oidc_object WHERE model = ? AND id_hash = ?',
    parameters: [model, idHash(model, id)],
  };
}

/** Forgets what of a kind falls with a grant. */
export function dropOfGrant(model: string, grant: string): Statement {
  return { sql: 'DELETE FROM oidc_object WHERE grant_id = ? AND model = ?', parameters: [grant, model] };
}

/** Forgets whatever falls with a grant. */
export function dropGrant(grant: string): readonly Statement[] {
  return [
    { sql: 'DELETE FROM oidc_object WHERE grant_id = ?', parameters: [grant] },
    dropObject('Grant', grant),
  ];
}

/** Codes are kept a little longer than they can be used, so that whoever shows one late ends what it gave. */
const keptFor = 3_600_000;

/** Forgets, as of `at`, what is long past its use. */
export function forgetObjects(at: number): Statement {
  return { sql: 'DELETE FROM oidc_object WHERE expires_at < ?', parameters: [at - keptFor] };
}

const select = 'SELECT model, id_hash, payload, uid, consumed_at, seal FROM oidc_object';

function toFound(database: Database, row: Row): FoundObject | undefined {
  const { model, id_hash: hashed, payload, uid = null, consumed_at: consumedAt, seal } = row;
  if (!(hashed instanceof Uint8Array)) return undefined;
  const state = database.judgeSeal(sealedText(String(model), hashed, String(payload), uid), seal);
  if (state !== 'current' && state !== 'older') return undefined;
  return {
    payload: JSON.parse(String(payload)) as Record<string, unknown>,
    ...(consumedAt === null ? {} : { consumedAt: Number(consumedAt) }),
  };
}
