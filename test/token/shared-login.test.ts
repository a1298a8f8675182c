import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { generateKey, noSoftHsm, pin, type TestToken, testToken, userPin } from './softhsm.ts';
import { type GostToken, gostToken, noTestToken } from './test-token.ts';

const data = Buffer.from('Sealgate');

describe.skipIf(noTestToken)(
  `two signers on one token${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
  () => {
    let token: GostToken;
    let first: TokenSigner;
    let second: TokenSigner;
    beforeEach(async () => {
      token = await gostToken();
      await token.generate('gost2012-256', 'login');
      first = await token.signer('login');
      second = await token.signer('login');
    });
    afterEach(async () => {
      await first.close();
      await second.close();
      await token.remove();
    });

    const sign = (signer: TokenSigner) => signer.sign(data, 'gost2012-256');
    const login = (text: string) => token.module.contents(token.token, { pin: pin(text) });
    const state = async () => (await token.module.tokens())[0]?.pin;

    it('pulled out and put back: each signs again, and so does a new one', async () => {
      await token.play('removed');
      await expect(sign(first)).rejects.toMatchObject({ code: 'token_removed' });
      await token.play();
      await expect(sign(first)).resolves.toHaveLength(64);
      await expect(sign(second)).rejects.toMatchObject({ code: 'token_removed' });
      await expect(sign(second)).resolves.toHaveLength(64);
      const third = await token.signer('login');
      await expect(sign(third)).resolves.toHaveLength(64);
      await third.close();
      for (const signer of [first, second]) await expect(sign(signer)).resolves.toHaveLength(64);
    });

    it('out and back in while nobody signed: each fails once, then signs', async () => {
      await token.play('removed');
      await token.module.tokens();
      await token.play();
      for (const signer of [first, second]) {
        await expect(sign(signer)).rejects.toMatchObject({ code: 'token_removed' });
        await expect(sign(signer)).resolves.toHaveLength(64);
      }
      await expect(sign(first)).resolves.toHaveLength(64);
    });

    it('after it was out a PIN is shown to the token anew: a wrong one costs a try, where it costs none while it stays', async () => {
      await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(await state()).toBe('good');
      await token.play('removed');
      await token.module.tokens();
      await token.play();
      await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(await state()).toBe('few-tries');
      await expect(login(userPin)).resolves.toMatchObject({ keys: [{ label: 'login' }] });
      expect(await state()).toBe('good');
    });

    it('one closes whose session the token took along: the login of the other, which came after it, stays', async () => {
      await token.play('removed');
      await token.module.tokens();
      await token.play();
      await expect(sign(first)).rejects.toMatchObject({ code: 'token_removed' });
      await expect(sign(first)).resolves.toHaveLength(64);
      await second.close();
      await expect(sign(first)).resolves.toHaveLength(64);
      await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(await state()).toBe('good');
    });

    it('a signature that fails while the token stays does not cost the other its session', async () => {
      await token.play('device-error');
      await expect(sign(first)).rejects.toMatchObject({ code: 'pkcs11_module_failed' });
      await token.play();
      for (const signer of [second, first]) await expect(sign(signer)).resolves.toHaveLength(64);
    });
  },
);

describe.skipIf(noSoftHsm)(
  `two signers on a token of SoftHSM${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`,
  () => {
    let token: TestToken;
    beforeEach(async () => {
      token = await testToken();
      await generateKey(token, 'ec-p256');
    });
    afterEach(() => token.remove());

    it('whose store goes away and comes back: one signs again without waiting for the other, and then the other', async () => {
      const open = () => token.module.signer({ ...token.access, key: { withoutCertificate: true } });
      const [first, second] = [await open(), await open()];
      const sign = (signer: TokenSigner) => signer.sign(data, 'ecdsa-sha256');
      await expect(sign(first)).resolves.toBeDefined();
      const away = join(token.folder, 'away');
      await rename(token.store, away);
      await expect(sign(first)).rejects.toMatchObject({ code: 'token_removed' });
      await rm(token.store, { recursive: true, force: true });
      await rename(away, token.store);
      await expect(sign(first)).resolves.toBeDefined();
      await expect(sign(second)).rejects.toMatchObject({ code: 'token_removed' });
      for (const signer of [second, first]) await expect(sign(signer)).resolves.toBeDefined();
      await first.close();
      await second.close();
    });
  },
);
