import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenKey } from '../../src/assertion/token-key.ts';
import { generateKey, noSoftHsm, type TestToken, testToken, userPin } from '../token/softhsm.ts';
import { type Portal, startTestService, type TestService } from './portal.ts';

const hour = 3_600_000;

describe('a service whose clock is set back to before its key was made', () => {
  it('signs in, and is ready', async () => {
    const service = await startTestService();
    const portal = await service.portal();
    for (const step of [0, -hour, -24 * hour, 25 * hour]) {
      service.pass(step);
      expect(await portal.signIn()).toMatchObject({ status: 200 });
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    }
    await service.dispose();
  });
});

describe.skipIf(noSoftHsm)(
  `a service whose key is on a token${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`,
  () => {
    let token: TestToken;
    let service: TestService;
    let portal: Portal;
    let pinFile: string;
    let opens: number;
    beforeEach(async () => {
      token = await testToken();
      await generateKey(token, 'ec-p256', 'assertions');
      pinFile = join(token.folder, 'pin');
      await writeFile(pinFile, userPin);
      const openToken = (uri: string) => {
        opens++;
        return openTokenKey(uri, token.environment);
      };
      service = await startTestService({ openToken });
      portal = await service.portal();
      const location = `pkcs11:token=test;object=assertions?module-path=${token.library}&pin-source=${pinFile}`;
      await service.service.assertionKeys.rotate(service.service.now(), { location, compromised: true });
      opens = 0;
    });
    afterEach(async () => {
      await service.dispose();
      await token.remove();
    });

    const ready = async () => {
      const response = await fetch(`${service.url}/readyz`, { headers: { 'accept-language': 'en' } });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };

    it('with the right PIN: signs in, and is ready before and after', async () => {
      expect((await ready()).status).toBe(200);
      expect(opens).toBe(0);
      expect(await portal.signIn()).toMatchObject({ status: 200 });
      expect((await ready()).status).toBe(200);
      expect(opens).toBe(1);
    });

    it('with a wrong PIN: whoever asks whether it is ready costs no try, sign-ins cost one, and the answer says that there will be no other', async () => {
      await writeFile(pinFile, '000000');
      for (let count = 0; count < 6; count++) expect((await ready()).status).toBe(200);
      expect(opens).toBe(0);
      for (let count = 0; count < 3; count++) {
        expect(await portal.signIn()).toMatchObject({
          status: 503,
          body: { code: 'assertion_key_unavailable' },
        });
      }
      for (let count = 0; count < 6; count++) {
        const { status, body } = await ready();
        expect(status).toBe(503);
        expect(body.code).toBe('assertion_key_unavailable');
        expect(body.detail).toContain('(pin_incorrect), and the service will not try this PIN again');
      }
      expect(opens).toBe(1);
      expect((await token.module.tokens())[0]?.pin).toBe('few-tries');
      await writeFile(pinFile, userPin);
      expect(await portal.signIn()).toMatchObject({ status: 200 });
      expect((await ready()).status).toBe(200);
    });
  },
);
