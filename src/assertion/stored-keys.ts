import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Database, Statement } from '../database/database.ts';
import { fault, SealgateError } from '../error.ts';
import type { Wrapping } from '../secret/wrapping.ts';
import { type AssertionSigner, onPrivateKey } from './signer.ts';

/** What the location of a key begins with that lies in the database; its `kid` follows. */
const scheme = 'database:';

/** Private keys in the database, encrypted under the service's secrets, so that all replicas have them. */
export interface StoredKeys {
  /** Makes a P-256 key; `keep` is to be written in the unit that lists it. */
  make(): Promise<{ readonly location: string; readonly signer: AssertionSigner; readonly keep: Statement }>;
  /** Whether a location is one of these. */
  has(location: string): boolean;
  /** Opens a key. Rejects with `assertion_key_unavailable` where it is not there or other secrets encrypted it. */
  open(location: string): Promise<AssertionSigner>;
  /**
   * Encrypts by the newest secret what an older one did, so that the older one can be taken away. Rejects with
   * `storage_unavailable`. What cannot be read is left alone.
   */
  renew(): Promise<void>;
}

/** Forgets every private key of the database but that one: the others were withdrawn as compromised. */
export function forgetOtherKeys(kid: string): Statement {
  return { sql: 'DELETE FROM assertion_private_key WHERE kid <> ?', parameters: [kid] };
}

/** Private keys in `database`, by these secrets. */
export function storedKeys(database: Database, { current, wrap, unwrap }: Wrapping): StoredKeys {
  return {
    has: (location) => location.startsWith(scheme),
    async make() {
      const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
      const signer = await onPrivateKey(privateKey);
      const octets = privateKey.export({ type: 'pkcs8', format: 'der' });
      const keep: Statement = {
        sql: 'INSERT INTO assertion_private_key (kid, wrapped) VALUES (?, ?)',
        parameters: [signer.kid, wrap(purposeOf(signer.kid), octets)],
      };
      return { location: `${scheme}${signer.kid}`, signer, keep };
    },
    async open(location) {
      const kid = location.slice(scheme.length);
      const [row] = await database.read({
        sql: 'SELECT wrapped FROM assertion_private_key WHERE kid = ?',
        parameters: [kid],
      });
      const octets = row && unwrap(purposeOf(kid), String(row.wrapped));
      if (octets === undefined) {
        const cause = row
          ? fault('the key was encrypted under another secret')
          : fault('the key is not in the database');
        throw new SealgateError('assertion_key_unavailable', {}, { cause });
      }
      const key = createPrivateKey({ key: Buffer.from(octets), format: 'der', type: 'pkcs8' });
      return onPrivateKey(key);
    },
    async renew() {
      const rows = await database.read({
        sql: 'SELECT kid, wrapped FROM assertion_private_key',
        parameters: [],
      });
      for (const row of rows) {
        const [kid, wrapped] = [String(row.kid), String(row.wrapped)];
        if (wrapped.startsWith(`${current}.`)) continue;
        const octets = unwrap(purposeOf(kid), wrapped);
        if (octets === undefined) continue;
        const statement: Statement = {
          sql: 'UPDATE assertion_private_key SET wrapped = ? WHERE kid = ? AND wrapped = ?',
          parameters: [wrap(purposeOf(kid), octets), kid, wrapped],
        };
        // Another replica that starts at the same time does the same: whichever comes second changes nothing.
        await database.write({ statements: [statement] });
      }
    },
  };
}

function purposeOf(kid: string): string {
  return `assertion key ${kid}`;
}
