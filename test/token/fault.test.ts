import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinRequest } from '../../src/token/pin.ts';
import { closeModules, openModule } from '../../src/token/token-module.ts';
import { noPkcs11Tool, OpensslFolder } from './openssl.ts';
import { officerPin, pin, userPin } from './softhsm.ts';
import { type GostToken, gostToken, noTestToken } from './test-token.ts';

const data = Buffer.from('Sealgate');

describe.skipIf(noTestToken)(`faults of a token${noTestToken ? ` (skipped: ${noTestToken})` : ''}`, () => {
  let token: GostToken;
  beforeEach(async () => {
    token = await gostToken();
    await token.generate('gost2012-256', 'login');
  });
  afterEach(() => token.remove());

  const login = (text: string, confirmFinalTry = false) =>
    token.module.contents(token.token, { pin: pin(text), confirmFinalTry });
  const sign = async () => {
    const signer = await token.signer('login');
    try {
      return await signer.sign(data, 'gost2012-256');
    } finally {
      await signer.close();
    }
  };

  it('wrong PINs: tries count down, the last one wants a confirmation, then the PIN is blocked; the administrator unblocks it', async () => {
    for (let tries = 4; tries > 1; tries--) {
      await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    }
    await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect', details: { triesLeft: 1 } });
    await expect(login(userPin)).rejects.toMatchObject({ code: 'pin_final_try' });
    await expect(login('000000', true)).rejects.toMatchObject({
      code: 'pin_locked',
      details: { triesLeft: 0 },
    });
    await expect(login(userPin, true)).rejects.toMatchObject({ code: 'pin_locked' });
    await token.module.unblockPin({ pin: pin(officerPin) }, pin('271828'));
    await expect(login('271828')).resolves.toMatchObject({ keys: [{ label: 'login' }] });
  });

  it('the last try, confirmed and right: the token opens and all tries are back', async () => {
    for (let tries = 4; tries > 0; tries--) await login('000000').catch(() => undefined);
    await login(userPin, true);
    expect((await token.module.tokens())[0]).toMatchObject({ pin: 'good' });
  });

  it('the last try when the PIN is to be changed: pin_final_try, and nothing is changed', async () => {
    await token.play('pin-final-try');
    await expect(token.module.changePin({ pin: pin(userPin) }, pin('271828'))).rejects.toMatchObject({
      code: 'pin_final_try',
    });
    await token.module.changePin({ pin: pin(userPin), confirmFinalTry: true }, pin('271828'));
    await token.play();
    await expect(login('271828')).resolves.toBeDefined();
  });

  it('a PIN that has expired: pin_expired; changed: the token opens', async () => {
    await token.play('pin-expired');
    await expect(login(userPin)).rejects.toMatchObject({ code: 'pin_expired' });
    expect((await token.module.tokens())[0]).toMatchObject({ mustChangePin: true });
    await token.module.changePin({ pin: pin(userPin) }, pin('271828'));
    await token.play();
    await expect(login('271828')).resolves.toBeDefined();
  });

  it('no token in the reader: token_not_present; something unknown in it: token_not_recognized', async () => {
    await token.play('removed');
    await expect(sign()).rejects.toMatchObject({ code: 'token_not_present' });
    await token.play('not-recognized');
    await expect(sign()).rejects.toMatchObject({ code: 'token_not_recognized' });
    await token.play();
    await expect(sign()).resolves.toHaveLength(64);
  });

  it('pulled out while a signer is open: token_removed each time; back in: the same signer signs', async () => {
    const signer = await token.signer('login');
    await signer.sign(data, 'gost2012-256');
    await token.play('removed');
    await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'token_removed' });
    await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'token_not_present' });
    await token.play();
    await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
    await signer.close();
  });

  it('pulled out and back in between two signatures: token_removed once, then the signer signs', async () => {
    const signer = await token.signer('login');
    await token.play('removed');
    await token.module.tokens();
    await token.play();
    await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'token_removed' });
    await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
    await signer.close();
  });

  it('a PIN that is refused after the token came back: the signer asks once and stays refused', async () => {
    let asked = 0;
    const answers = [userPin, '000000'];
    const source = () => Buffer.from(answers[asked++] ?? userPin);
    const signer = await token.module.signer({ pin: source, key: { withoutCertificate: true } });
    await token.play('removed');
    await signer.sign(data, 'gost2012-256').catch(() => undefined);
    await token.play();
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'pin_incorrect' });
    }
    expect(asked).toBe(2);
    await signer.close();
  });

  it.each([
    ['cancel', 'signing_cancelled'],
    ['reject', 'signing_cancelled'],
    ['device-error', 'pkcs11_module_failed'],
  ])('%s at the token: %s; without the fault the next signature is made', async (fault, code) => {
    await token.play(fault);
    await expect(sign()).rejects.toMatchObject({ code });
    await token.play();
    await expect(sign()).resolves.toHaveLength(64);
  });

  it.each([
    ['write-protected', 'token_write_protected'],
    ['full', 'token_full'],
  ])('%s: %s for a new key, and signing goes on', async (fault, code) => {
    await token.play(fault);
    await expect(token.generate('gost2012-512', 'second')).rejects.toMatchObject({ code });
    await expect(sign()).resolves.toHaveLength(64);
    await token.play();
    await expect(token.generate('gost2012-512', 'second')).resolves.toBeDefined();
  });

  it('a driver that breaks down: pkcs11_module_failed, this program lives, and the next call starts it anew', async () => {
    await token.play('crash');
    await expect(sign()).rejects.toMatchObject({ code: 'pkcs11_module_failed' });
    await token.play();
    await expect(sign()).resolves.toHaveLength(64);
  });

  it('a driver that never returns: signing_timed_out, and the next call starts it anew', async () => {
    const module = token.module.with({ sign: 1000 });
    const signer = await module.signer({ ...token.access, key: { withoutCertificate: true } });
    await token.play('hang');
    await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({
      code: 'signing_timed_out',
      details: { waited: 1 },
    });
    await token.play();
    await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
    await signer.close();
  });

  it('a slow token: the signature comes, and the event loop has not been blocked meanwhile', async () => {
    await token.play('slow 400');
    const signer = await token.signer('login');
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    await signer.close();
  });

  it('a request that waits behind one that breaks the driver is answered all the same', async () => {
    await token.play('crash');
    const signer = await token.signer('login');
    const [broken, waiting] = await Promise.allSettled([
      signer.sign(data, 'gost2012-256'),
      token.module.tokens(),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'pkcs11_module_failed' } });
    expect(waiting).toMatchObject({ status: 'fulfilled', value: [{ label: 'test' }, {}] });
    await signer.close();
  });

  it.skipIf(noPkcs11Tool)(
    'a key of pkcs11-tool that wants the PIN at each signature: asked each time; a wrong one there: pin_incorrect',
    async () => {
      const folder = await OpensslFolder.make();
      const key = [
        '--keypairgen',
        '--key-type',
        'GOSTR3410-2012-256:A',
        '--label',
        'careful',
        '--id',
        '55',
        '--always-auth',
      ];
      const access = ['--module', token.library, '--token-label', 'test', '--login', '--pin', userPin];
      await folder.command('pkcs11-tool', [...access, ...key], token.environment);
      await folder.remove();
      const asked: boolean[] = [];
      const answers = [userPin, userPin, userPin, '000000'];
      const source = ({ isForSignature }: PinRequest) => {
        asked.push(isForSignature);
        return Buffer.from(answers[asked.length - 1] ?? '');
      };
      const signer = await token.module.signer({
        pin: source,
        key: { label: 'careful', withoutCertificate: true },
      });
      await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
      await expect(signer.sign(data, 'gost2012-256')).resolves.toHaveLength(64);
      await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(asked).toEqual([false, true, true, true]);
      await signer.close();
    },
  );

  it('fifty signatures asked for at once: all are made, one after the other', async () => {
    const signer = await token.signer('login');
    const all = await Promise.all(Array.from({ length: 50 }, () => signer.sign(data, 'gost2012-256')));
    expect(new Set(all.map((signature) => Buffer.from(signature).toString('hex'))).size).toBe(50);
    await signer.close();
  });

  it('another token in the same reader does not sign in the first one’s stead: key_not_found', async () => {
    const signer = await token.signer('login');
    await token.play('removed');
    await signer.sign(data, 'gost2012-256').catch(() => undefined);
    await token.play();
    const setup = { label: 'test', userPin: Buffer.from(userPin), officerPin: Buffer.from(officerPin) };
    await token.module.initialise({ ...setup, token: { label: 'test' } });
    await token.generate('gost2012-256', 'login');
    await expect(signer.sign(data, 'gost2012-256')).rejects.toMatchObject({ code: 'key_not_found' });
    await signer.close();
  });

  it('without its folder the driver refuses to start: pkcs11_module_not_started', async () => {
    const module = await openModule('sealgate-test', { environment: { SEALGATE_TOKEN_DIR: '' } });
    await expect(module.tokens()).rejects.toMatchObject({ code: 'pkcs11_module_not_started' });
    closeModules();
  });
});
