import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planKeyPair } from '../../src/token/key-pair.ts';
import type { PinRequest } from '../../src/token/pin.ts';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { pin, userPin } from './softhsm.ts';
import { type GostToken, gostToken, noTestToken } from './test-token.ts';

const data = Buffer.from('Sealgate');

describe.skipIf(noTestToken)(
  `a key that wants the PIN at each signature${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
  () => {
    let token: GostToken;
    let asked: PinRequest[];
    let answer: string;
    beforeEach(async () => {
      token = await gostToken();
      asked = [];
      answer = userPin;
      const plan = planKeyPair('gost2012-256', 'careful');
      const privateKey = { ...plan.privateKey, alwaysAuth: true };
      await token.module.generate(token.access, { ...plan, privateKey });
    });
    afterEach(() => token.remove());

    const open = (confirmFinalTry = false): Promise<TokenSigner> => {
      const source = (request: PinRequest) => {
        asked.push(request);
        return Buffer.from(answer);
      };
      return token.module.signer({ pin: source, confirmFinalTry, key: { withoutCertificate: true } });
    };
    const sign = (signer: TokenSigner) => signer.sign(data, 'gost2012-256');
    const login = (text: string) => token.module.contents(token.token, { pin: pin(text) });
    const state = async () => (await token.module.tokens())[0]?.pin;

    it('right each time: signs, and asks once a signature', async () => {
      const signer = await open();
      for (let count = 0; count < 3; count++) await expect(sign(signer)).resolves.toHaveLength(64);
      expect(asked.map(({ isForSignature }) => isForSignature)).toEqual([false, true, true, true]);
      await signer.close();
    });

    it('wrong once: pin_incorrect from then on, and the token is shown no PIN again; opened anew it signs', async () => {
      const signer = await open();
      answer = '000000';
      for (let count = 0; count < 7; count++) {
        await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_incorrect' });
      }
      answer = userPin;
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(asked).toHaveLength(2);
      expect(await state()).toBe('few-tries');
      await signer.close();
      const fresh = await open();
      await expect(sign(fresh)).resolves.toHaveLength(64);
      await fresh.close();
    });

    it('wrong for signatures that are asked for at once: one of them costs a try', async () => {
      const signer = await open();
      answer = '000000';
      const ended = await Promise.allSettled(Array.from({ length: 5 }, () => sign(signer)));
      for (const one of ended) {
        expect(one).toMatchObject({ status: 'rejected', reason: { code: 'pin_incorrect' } });
      }
      expect(asked).toHaveLength(2);
      await signer.close();
      // Of five tries three are left before the last: had more been spent, the last of these would be refused untried.
      for (let count = 0; count < 3; count++) {
        await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
      }
      await expect(login('000000')).rejects.toMatchObject({ code: 'pin_final_try' });
    });

    it('when the last try has come: pin_final_try before anybody is asked, and still after it is over', async () => {
      const signer = await open();
      await token.play('pin-final-try');
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_final_try' });
      await token.play();
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_final_try' });
      expect(asked).toHaveLength(1);
      await signer.close();
    });

    it('when few tries are left, or the last one was confirmed: asked with what is known, and signs', async () => {
      const signer = await open(true);
      await token.play('pin-few-tries');
      await expect(sign(signer)).resolves.toHaveLength(64);
      await token.play('pin-final-try');
      await expect(sign(signer)).resolves.toHaveLength(64);
      expect(asked.map((request) => request.state)).toEqual(['good', 'few-tries', 'final-try']);
      await signer.close();
    });

    it('when the PIN is blocked: pin_locked before anybody is asked', async () => {
      const signer = await open();
      await token.play('pin-locked');
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_locked' });
      expect(asked).toHaveLength(1);
      await signer.close();
    });

    it('when the token is out: token_removed before anybody is asked; back in: signs', async () => {
      const signer = await open();
      await token.play('removed');
      await expect(sign(signer)).rejects.toMatchObject({ code: 'token_removed' });
      expect(asked).toHaveLength(1);
      await token.play();
      await expect(sign(signer)).resolves.toHaveLength(64);
      await signer.close();
    });
  },
);
