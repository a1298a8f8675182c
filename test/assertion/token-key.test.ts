import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signAssertion } from '../../src/assertion/issue.ts';
import { assertionKeys } from '../../src/assertion/keys.ts';
import { openTokenKey } from '../../src/assertion/token-key.ts';
import { temporaryDatabase } from '../database/temporary.ts';
import { generateKey, noSoftHsm, type TestToken, testToken, userPin } from '../token/softhsm.ts';

const at = 1_800_000_000_000;

describe.skipIf(noSoftHsm)(
  `an assertion key on a token${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`,
  () => {
    let token: TestToken;
    let pinFile: string;
    const uri = (change: Record<string, string> = {}) => {
      const parts = { token: 'test', object: 'assertions', ...change };
      const query = `module-path=${token.library}&pin-source=file:${pinFile}`;
      return `pkcs11:token=${parts.token};object=${parts.object}?${query}`;
    };
    const open = (location: string) => openTokenKey(location, token.environment);

    beforeAll(async () => {
      token = await testToken();
      pinFile = join(token.folder, 'pin');
      writeFileSync(pinFile, `${userPin}\n`);
      await generateKey(token, 'ec-p256', 'assertions');
    });
    afterAll(() => token.remove());

    it('signs what the published key verifies', async () => {
      const temporary = temporaryDatabase();
      const keys = assertionKeys({ database: temporary.database, folder: token.folder, openToken: open });
      await keys.rotate(at, { location: uri() });
      const claims = { iss: 'i', sub: 'ogrn:1', aud: 'portal', exp: at / 1000 + 300 };
      const jwt = await signAssertion(await keys.signer(at), claims as never);
      const jwks = createLocalJWKSet({ keys: [...(await keys.published(at))] });
      const { protectedHeader } = await jwtVerify(jwt, jwks, { currentDate: new Date(at) });
      expect(protectedHeader.alg).toBe('ES256');
      await keys.close();
      await temporary.dispose();
    });

    it('is refused with assertion_key_unavailable where the token or the key is another', async () => {
      const temporary = temporaryDatabase();
      const keys = assertionKeys({ database: temporary.database, folder: token.folder, openToken: open });
      for (const location of [uri({ token: 'other' }), uri({ object: 'other' })]) {
        await expect(keys.rotate(at, { location })).rejects.toMatchObject({
          code: 'assertion_key_unavailable',
        });
      }
      await temporary.dispose();
    });

    it.each([
      ['names no library', 'pkcs11:token=test;object=assertions'],
      ['holds a PIN', 'pkcs11:token=test?module-path=/lib.so&pin-value=1234'],
      ['names a token twice', 'pkcs11:token=a;token=b?module-path=/lib.so'],
      ['is another kind of URI', 'file:///key.pem'],
      ['is not percent-encoded', 'pkcs11:token=%zz?module-path=/lib.so'],
    ])('is refused with configuration_invalid where its URI %s', async (_, location) => {
      await expect(open(location)).rejects.toMatchObject({ code: 'configuration_invalid' });
    });
  },
);
