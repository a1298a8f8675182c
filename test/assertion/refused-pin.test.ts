import { rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AssertionKeys, assertionKeys } from '../../src/assertion/keys.ts';
import { openTokenKey } from '../../src/assertion/token-key.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { generateKey, noSoftHsm, type TestToken, testToken, userPin } from '../token/softhsm.ts';

const at = 1_800_000_000_000;
const data = Buffer.from('Sealgate');
const refused = (refusal: string) => ({
  code: 'assertion_key_unavailable',
  details: { refusal },
  cause: { code: refusal },
});

describe.skipIf(noSoftHsm)(
  `the PIN of an assertion key on a token${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`,
  () => {
    let token: TestToken;
    let temporary: TemporaryDatabase;
    let keys: AssertionKeys;
    let pinFile: string;
    let opens: number;
    beforeEach(async () => {
      token = await testToken();
      await generateKey(token, 'ec-p256', 'assertions');
      pinFile = join(token.folder, 'pin');
      await writeFile(pinFile, userPin);
      temporary = temporaryDatabase();
      opens = 0;
      const openToken = (uri: string) => {
        opens++;
        return openTokenKey(uri, token.environment);
      };
      keys = assertionKeys({ database: temporary.database, folder: token.folder, openToken });
      const query = `module-path=${token.library}&pin-source=file:${pinFile}`;
      await keys.rotate(at, { location: `pkcs11:token=test;object=assertions?${query}` });
      opens = 0;
    });
    afterEach(async () => {
      await keys.close();
      await temporary.dispose();
      await token.remove();
    });

    const state = async () => (await token.module.tokens())[0]?.pin;
    const sign = async () => (await keys.signer(at)).sign(data);

    it('right: the key signs, and is opened once; until then it is not known to fail', async () => {
      await keys.check(at);
      expect(opens).toBe(0);
      for (let count = 0; count < 3; count++) await expect(sign()).resolves.toHaveLength(64);
      await keys.check(at);
      expect(opens).toBe(1);
    });

    it('wrong: shown to the token once for any number of requests, and the failure says so', async () => {
      await writeFile(pinFile, '000000');
      const all = await Promise.allSettled(Array.from({ length: 4 }, () => keys.signer(at)));
      for (const one of all) {
        expect(one).toMatchObject({ status: 'rejected', reason: refused('pin_incorrect') });
      }
      // What had been checked of a login is noted on its error, which therefore is no other login's.
      expect(new Set(all.map((one) => one.status === 'rejected' && one.reason)).size).toBe(4);
      for (let count = 0; count < 6; count++) {
        await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_incorrect'));
        await expect(keys.check(at)).rejects.toMatchObject(refused('pin_incorrect'));
      }
      expect(opens).toBe(1);
      expect(await state()).toBe('few-tries');
    });

    it('wrong, and its file written anew: the same PIN is not shown again, another one is, and the right one opens the key', async () => {
      await writeFile(pinFile, '000000');
      await keys.signer(at).catch(() => undefined);
      await writeFile(pinFile, '000000\n');
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_incorrect'));
      expect(opens).toBe(1);
      await writeFile(pinFile, '000001');
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_incorrect'));
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_incorrect'));
      expect(opens).toBe(2);
      await unlink(pinFile);
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_incorrect'));
      expect(opens).toBe(2);
      await writeFile(pinFile, userPin);
      await expect(keys.check(at)).rejects.toMatchObject(refused('pin_incorrect'));
      await expect(sign()).resolves.toHaveLength(64);
      await keys.check(at);
      expect(opens).toBe(3);
      expect(await state()).toBe('good');
    });

    it('not UTF-8: not shown at all, and refused as a wrong one is', async () => {
      await writeFile(pinFile, Buffer.from([0xef, 0xe8, 0xed, 0xea, 0xee, 0xe4]));
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_unacceptable'));
      await expect(keys.signer(at)).rejects.toMatchObject(refused('pin_unacceptable'));
      expect(opens).toBe(1);
      expect(await state()).toBe('good');
    });

    it.each([
      ['absent', () => unlink(pinFile)],
      ['empty', () => writeFile(pinFile, '\n')],
    ])('%s for a while, which costs no try: looked for with each request', async (_, spoil) => {
      await spoil();
      for (let count = 1; count <= 2; count++) {
        await expect(keys.signer(at)).rejects.toMatchObject({
          code: 'assertion_key_unavailable',
          details: {},
        });
        await expect(keys.check(at)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
        expect(opens).toBe(count);
      }
      expect(await state()).toBe('good');
      await writeFile(pinFile, userPin);
      await expect(sign()).resolves.toHaveLength(64);
    });

    it('wrong when the token is back that was pulled out while the key was open: shown once, until another stands there', async () => {
      await expect(sign()).resolves.toHaveLength(64);
      await writeFile(pinFile, '000000');
      const away = join(token.folder, 'away');
      await rename(token.store, away);
      await expect(sign()).rejects.toMatchObject({ code: 'assertion_key_unavailable', details: {} });
      await rm(token.store, { recursive: true, force: true });
      await rename(away, token.store);
      for (let count = 0; count < 4; count++) {
        await expect(sign()).rejects.toMatchObject(refused('pin_incorrect'));
        await expect(keys.check(at)).rejects.toMatchObject(refused('pin_incorrect'));
      }
      expect(opens).toBe(1);
      await writeFile(pinFile, userPin);
      await expect(sign()).resolves.toHaveLength(64);
      await keys.check(at);
      expect(opens).toBe(2);
    });
  },
);
