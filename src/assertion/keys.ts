import { generateKeyPair, randomUUID } from 'node:crypto';
import { chmod, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import { auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import {
  insertSealed,
  isHeld,
  recordsOf,
  type SealedTable,
  selectSealed,
  updateSealed,
} from '../database/sealed-table.ts';
import { fault, isFailure, SealgateError } from '../error.ts';
import { makeFolder } from '../file/folder.ts';
import type { Signer } from '../token/signer.ts';
import { assertionLifetime } from './lifetime.ts';
import { openedKeys } from './opened-keys.ts';
import { type AssertionSigner, onToken, openKeyFile } from './signer.ts';
import { forgetOtherKeys, type StoredKeys } from './stored-keys.ts';
import { pinMark } from './token-key.ts';

/** A key of the service as the database lists it; the private part is encrypted, in a file or on a token. */
export interface ListedKey {
  readonly kid: string;
  readonly jwk: JWK;
  /** `database:KID`, `file:NAME` in the key folder, or a `pkcs11:` URI (RFC 7512). */
  readonly location: string;
  readonly createdAt: number;
  /** From when it signs; it is published before that. */
  readonly signsFrom: number;
  /** Until when it is published; absent while nothing has replaced it, zero where it was withdrawn as compromised. */
  readonly publishedUntil?: number;
}

/** How the keys are opened. */
export interface AssertionKeysOptions {
  readonly database: Database;
  /** Folder of key files; made if it is missing. */
  readonly folder: string;
  /** Keys in the database. */
  readonly stored?: StoredKeys;
  /** Make new keys as files though keys in the database are at hand. */
  readonly makesFiles?: boolean;
  /** Opens a key that a `pkcs11:` URI names. */
  readonly openToken?: (uri: string) => Promise<Signer>;
}

/** The keys that sign assertions. */
export interface AssertionKeys {
  /** The key that signs at `at`, see `openedKeys`. Throws `assertion_key_unavailable`. */
  signer(at: number): Promise<AssertionSigner>;
  /**
   * Throws `assertion_key_unavailable` where no key signs at `at`, or where it could not be opened the last time.
   * Opens nothing, so that anybody may ask.
   */
  check(at: number): Promise<void>;
  /** The public keys to verify with at `at`, those that will soon sign among them. */
  published(at: number): Promise<readonly JWK[]>;
  /** All keys that this service has written, the newest first: one that somebody else put there is none of them. */
  list(): Promise<readonly ListedKey[]>;
  /**
   * Adds a key: a new one in the database or in a file, or the one on a token that `location` names. It is published at once, signs
   * once every relying party has had time to see it, and the older ones stay published until their last assertion
   * has expired. With `compromised` the new one signs at once and the older ones are withdrawn. Rejects with
   * `record_changed` where another process rotates at the same time.
   */
  rotate(at: number, options?: { location?: string; compromised?: boolean }): Promise<ListedKey>;
  close(): Promise<void>;
}

/** Relying parties may keep the JWKS this long, in seconds. */
export const jwksMaxAge = 300;

/** A new key is published for two of those terms before it signs. */
const publishedAhead = 2 * jwksMaxAge * 1000;

/** What another process changed is seen this much later at most. */
const freshFor = 5_000;

/** The keys of assertions; the private part is elsewhere, see `ListedKey`. */
export const assertionKeyTable: SealedTable = {
  name: 'assertion_key',
  key: ['kid'],
  columns: ['kid', 'jwk', 'location', 'created_at', 'signs_from', 'published_until'],
};

/** Opens the keys on `database`. Nothing is read before it is needed. */
export function assertionKeys(options: AssertionKeysOptions): AssertionKeys {
  const { database, folder, stored, makesFiles = false, openToken } = options;
  let listed: readonly ListedKey[] = [];
  let readAt = Number.NEGATIVE_INFINITY;

  const loadRows = async (): Promise<readonly Row[]> => {
    const rows = await database.read({
      sql: selectSealed(assertionKeyTable, 'ORDER BY signs_from DESC, created_at DESC'),
      parameters: [],
    });
    return rows.filter((row) => isHeld(database, assertionKeyTable, row));
  };
  const load = async (): Promise<readonly ListedKey[]> => (await loadRows()).map(toListed);

  const refresh = async (at: number) => {
    if (at - readAt < freshFor && at >= readAt) return;
    listed = await load();
    readAt = at;
  };

  const openLocation = async (location: string): Promise<AssertionSigner> => {
    if (stored?.has(location)) return stored.open(location);
    if (location.startsWith('file:')) return openKeyFile(join(folder, location.slice('file:'.length)));
    if (openToken) {
      try {
        const token = await openToken(location);
        return await onToken(token).catch(async (error: unknown) => {
          await token.close();
          throw error;
        });
      } catch (error) {
        if (isFailure(error, 'configuration_invalid')) throw error;
        throw new SealgateError('assertion_key_unavailable', {}, { cause: error });
      }
    }
    throw new SealgateError('assertion_key_unavailable', {}, { cause: fault('no tokens are opened here') });
  };

  const opened = openedKeys({ open: openLocation, pinMark });

  const current = async (at: number): Promise<ListedKey> => {
    await refresh(at);
    const key = signingKey(listed, at);
    if (key) return key;
    throw new SealgateError('assertion_key_unavailable', {}, { cause: fault('there is no key') });
  };

  return {
    signer: async (at) => opened.open(await current(at)),

    check: async (at) => opened.check(await current(at)),

    async published(at) {
      await refresh(at);
      return publishedKeys(listed, at).map(({ jwk }) => jwk);
    },

    list: load,

    async rotate(at, { location = '', compromised = false } = {}) {
      const made = location || makesFiles ? undefined : await stored?.make();
      const place = made?.location ?? (location || `file:${await makeKeyFile(folder)}`);
      const signer = made?.signer ?? (await openLocation(place));
      // Only its public part is needed here.
      await signer.close();
      const existing = await loadRows();
      const signsFrom = existing.length === 0 || compromised ? at : at + publishedAhead;
      // Not `at`: a clock that is set back must not bring a compromised key back.
      const withdrawn = compromised ? 0 : signsFrom + assertionLifetime + jwksMaxAge * 1000;
      const { kid } = signer;
      const again = existing.find((row) => row.kid === kid);
      const fading = existing.filter(
        (row) => row !== again && (row.published_until === null || Number(row.published_until) > withdrawn),
      );
      const changes = { location: place, signs_from: signsFrom, published_until: null };
      const added = { kid, jwk: JSON.stringify(signer.jwk), created_at: at, ...changes };
      const listings = [
        ...fading.map((row) => updateSealed(assertionKeyTable, row, { published_until: withdrawn })),
        again === undefined
          ? insertSealed(assertionKeyTable, added)
          : updateSealed(assertionKeyTable, again, changes),
      ];
      await database.write({
        statements: [
          ...listings.map(({ statement }) => statement),
          ...(made ? [made.keep] : []),
          ...(compromised ? [forgetOtherKeys(signer.kid)] : []),
        ],
        journal: [auditEntry({ event: 'key.added', at, key: signer.kid, records: recordsOf(listings) })],
      });
      readAt = Number.NEGATIVE_INFINITY;
      return { kid: signer.kid, jwk: signer.jwk, location: place, createdAt: at, signsFrom };
    },

    close: () => opened.close(),
  };
}

/**
 * Which of the listed keys, the newest first, signs at `at`: the newest that has begun to. Before the first of them,
 * as a clock sees it that was set back, it is the oldest that is published. Undefined where none is published.
 */
export function signingKey(listed: readonly ListedKey[], at: number): ListedKey | undefined {
  const published = publishedKeys(listed, at);
  return published.find(({ signsFrom }) => signsFrom <= at) ?? published.at(-1);
}

function publishedKeys(listed: readonly ListedKey[], at: number): readonly ListedKey[] {
  return listed.filter(({ publishedUntil }) => at < (publishedUntil ?? Infinity));
}

/** Writes a new P-256 key, readable by its owner only, and gives the file's name. It is on disk before it is used. */
async function makeKeyFile(folder: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const name = `assertion-${randomUUID()}.pem`;
  makeFolder(folder);
  const draft = join(folder, `.${name}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, 0o600);
  await rename(draft, join(folder, name));
  return name;
}

function toListed(row: Row): ListedKey {
  return {
    kid: String(row.kid),
    jwk: JSON.parse(String(row.jwk)) as JWK,
    location: String(row.location),
    createdAt: Number(row.created_at),
    signsFrom: Number(row.signs_from),
    ...(row.published_until === null ? {} : { publishedUntil: Number(row.published_until) }),
  };
}
