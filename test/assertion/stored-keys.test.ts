import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertionKeys } from '../../src/assertion/keys.ts';
import { storedKeys } from '../../src/assertion/stored-keys.ts';
import { wrapping } from '../../src/secret/wrapping.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const [older, newer, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];

let temporary: TemporaryDatabase;
let folder: string;
beforeEach(() => {
  temporary = temporaryDatabase();
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
});
afterEach(async () => {
  await temporary.dispose();
  rmSync(folder, { recursive: true });
});

/** The keys as a replica with these secrets has them. */
const replica = (...secrets: readonly Uint8Array[]) => {
  const database = temporary.again();
  return assertionKeys({ database, folder, stored: storedKeys(database, wrapping(secrets)) });
};

describe('a key in the database', () => {
  it('is signed with by every replica that knows the secret, and no file is made', async () => {
    const { kid, location } = await replica(older).rotate(1);
    expect(location).toBe(`database:${kid}`);
    expect(readdirSync(folder)).toEqual([]);
    expect((await replica(newer, older).signer(1)).kid).toBe(kid);
  });

  it('is refused with assertion_key_unavailable where another secret encrypted it', async () => {
    await replica(older).rotate(1);
    await expect(replica(other).signer(1)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
  });

  it.each([
    [
      'of another key',
      (a: string, b: string) => `UPDATE assertion_private_key SET wrapped = '${b}' WHERE kid = '${a}'`,
    ],
    [
      'changed',
      (a: string) => `UPDATE assertion_private_key SET wrapped = wrapped || 'AAAA' WHERE kid = '${a}'`,
    ],
    ['taken away', (a: string) => `DELETE FROM assertion_private_key WHERE kid = '${a}'`],
  ])('is refused with assertion_key_unavailable where its text was %s', async (_, change) => {
    const keys = replica(older);
    const first = await keys.rotate(1);
    const second = await keys.rotate(2);
    const rows = await temporary.database.read({
      sql: 'SELECT wrapped FROM assertion_private_key WHERE kid = ?',
      parameters: [second.kid],
    });
    expect((await replica(older).signer(2)).kid).toBe(first.kid);
    temporary.tamper(change(first.kid, String(rows[0]?.wrapped)));
    await expect(replica(older).signer(2)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
  });

  it('is encrypted by the newest secret at the next start, so that the older one can go', async () => {
    const { kid } = await replica(older).rotate(1);
    await expect(replica(newer).signer(1)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
    await storedKeys(temporary.database, wrapping([newer, older])).renew();
    expect((await replica(newer).signer(1)).kid).toBe(kid);
  });

  it('that was compromised is gone with the exchange', async () => {
    const keys = replica(older);
    await keys.rotate(1);
    const { kid } = await keys.rotate(2, { compromised: true });
    const rows = await temporary.database.read({
      sql: 'SELECT kid FROM assertion_private_key',
      parameters: [],
    });
    expect(rows).toEqual([{ kid }]);
  });
});
