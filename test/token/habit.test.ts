import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SealgateError } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import type { PinRequest } from '../../src/token/pin.ts';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { holds } from '../../src/token/verify.ts';
import { noOpenssl, noPkcs11Tool, OpensslFolder } from './openssl.ts';
import { officerPin, pin, userPin } from './softhsm.ts';
import { type GostToken, gostToken, noTestToken } from './test-token.ts';

const data = Buffer.from('Sealgate');

describe.skipIf(noTestToken)(`habits of drivers${noTestToken ? ` (skipped: ${noTestToken})` : ''}`, () => {
  let token: GostToken;
  let asked: PinRequest[];
  beforeEach(async () => {
    token = await gostToken();
    asked = [];
    await token.generate('gost2012-256', 'login');
  });
  afterEach(() => token.remove());

  /** Notes who is asked for a PIN, and answers with that one. */
  const source = (text: string) => (request: PinRequest) => {
    asked.push(request);
    return Buffer.from(text);
  };
  const open = (text = userPin, key = {}) =>
    token.module.signer({ pin: source(text), key: { withoutCertificate: true, ...key } });
  const sign = (signer: TokenSigner) => signer.sign(data, 'gost2012-256');
  /** Opens, signs once and closes. */
  const signOnce = async (text = userPin, key = {}) => {
    const signer = await open(text, key);
    try {
      const signature = await sign(signer);
      expect(holds(signer.publicKey, 'gost2012-256', data, signature)).toBe(true);
    } finally {
      await signer.close();
    }
  };
  /** As a token was before a driver's habits were switched on. */
  const plain = async () => {
    await token.play();
    const [state] = await token.module.tokens();
    return state;
  };

  describe('a PIN pad', () => {
    const pad = [`pin-pad ${userPin}`, 'pin-pad-counts'];

    it('gets NULL and nothing else: the signature is made, no PIN of the computer is shown to it, and no try is lost', async () => {
      await token.play(...pad);
      await signOnce('000000');
      expect(asked).toMatchObject([{ isAtPad: true, isForSignature: false }]);
      expect(await plain()).toMatchObject({ pin: 'good' });
    });

    it('gets NULL for a key that wants the PIN at each signature too', async () => {
      await token.play(...pad, 'late-authenticate');
      await signOnce('000000');
      expect(asked).toMatchObject([
        { isAtPad: true, isForSignature: false },
        { isAtPad: true, isForSignature: true },
      ]);
      expect(await plain()).toMatchObject({ pin: 'good' });
    });

    it('at which a wrong PIN is entered: pin_incorrect, one try lost, and nobody is asked again by itself', async () => {
      await token.play('pin-pad 000000');
      await expect(open()).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(asked).toHaveLength(1);
      expect(await plain()).toMatchObject({ pin: 'few-tries' });
    });

    it('takes the new PIN as well: changed, unblocked and set up at the reader', async () => {
      await token.play(...pad, `pin-pad-officer ${officerPin}`, 'pin-pad-new 271828');
      const nowhere = source('');
      await token.module.changePin({ pin: nowhere }, nowhere);
      await plain();
      await expect(signOnce('271828')).resolves.toBeUndefined();
      await token.play(...pad, `pin-pad-officer ${officerPin}`, 'pin-pad-new 161803');
      await token.module.unblockPin({ pin: nowhere }, nowhere);
      await plain();
      await expect(signOnce('161803')).resolves.toBeUndefined();
      await token.play(...pad, `pin-pad-officer ${officerPin}`, 'pin-pad-new 141421');
      await token.module.initialise({
        token: { label: 'test' },
        label: 'again',
        officerPin: null,
        userPin: null,
      });
      await plain();
      await expect(
        token.module.contents((await token.module.tokens())[0] ?? token.token, { pin: pin('141421') }),
      ).resolves.toMatchObject({ keys: [] });
    });
  });

  describe('a token without a login', () => {
    it.each(['login-unneeded', 'login-unsupported'])('%s: the signature is made', async (habit) => {
      await token.play(habit);
      await signOnce();
      expect(asked).toHaveLength(habit === 'login-unneeded' ? 0 : 1);
    });

    it('neither CKF_LOGIN_REQUIRED nor CKF_USER_PIN_INITIALIZED: in use, and nobody is sent to token init', async () => {
      await token.play('login-unneeded');
      const [state] = await token.module.tokens();
      expect(state).toMatchObject({ isInitialized: true, pin: 'unneeded' });
      const absent = open(userPin, { name: 'absent' });
      const failure = (await absent.catch((error: unknown) => error)) as SealgateError;
      expect(failure.code).toBe('key_not_found');
      for (const language of ['en', 'ru'] as const)
        expect(JSON.stringify(explain(failure.code, failure.details, language))).not.toMatch(/init/);
    });

    it('login wanted, and its PIN never set: pin_unset, whose remedy erases nothing', async () => {
      await token.play('pin-unset');
      await expect(open()).rejects.toMatchObject({ code: 'pin_unset' });
      expect(asked).toMatchObject([{ state: 'unset' }]);
      expect(explain('pin_unset', {}).remedy).toContain('sealgate token pin --unblock');
    });
  });

  it('a read-only card: it is listed and signs; a new key is refused with token_write_protected', async () => {
    await token.play('read-only');
    await expect(token.module.contents(token.token)).resolves.toMatchObject({ keys: [{}] });
    await signOnce();
    await expect(token.generate('gost2012-256', 'new')).rejects.toMatchObject({
      code: 'token_write_protected',
    });
  });

  it('C_Initialize that takes NULL only: the driver starts, and the signature is made', async () => {
    await token.play('initialize-null');
    token.module.close();
    await signOnce();
  });

  describe('no CKA_ID', () => {
    it('two keys: each makes its own signatures, and the names to choose from differ', async () => {
      await token.generate('gost2012-256', 'login');
      await token.play('no-id');
      const error: unknown = await open().catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'key_choice_needed' });
      const { keys } = (error as SealgateError).details as { keys: string[] };
      expect(new Set(keys).size).toBe(2);
      const seen = new Set<string>();
      for (const name of keys) {
        const signer = await open(userPin, { name: /\[(.*)\]/.exec(name)?.[1] });
        await sign(signer);
        seen.add(Buffer.from(signer.publicKey).toString('hex'));
        await signer.close();
      }
      expect(seen.size).toBe(2);
    });

    it('two keys of one CKA_ID and one label: likewise', async () => {
      const plan = planKeyPair('gost2012-256', 'twin');
      await token.module.generate(token.access, plan);
      await token.module.generate(token.access, plan);
      const error: unknown = await open(userPin, { label: 'twin' }).catch((failure: unknown) => failure);
      const { keys } = (error as SealgateError).details as { keys: string[] };
      expect(new Set(keys).size).toBe(2);
      for (const name of keys) await signOnce(userPin, { name: /.*\[(.*)\]/.exec(name)?.[1] });
    });
  });

  describe('a login that is over', () => {
    it('through another program: login_ended and not token_removed; the next signature asks for the PIN', async () => {
      const signer = await open();
      await token.play('login-lost');
      await expect(sign(signer)).rejects.toMatchObject({ code: 'login_ended' });
      await token.play();
      await expect(sign(signer)).resolves.toHaveLength(64);
      expect(asked.map(({ isForSignature }) => isForSignature)).toEqual([false, false]);
      await signer.close();
    });

    it('for each signature, without the key saying so: the PIN is asked for, each time', async () => {
      await token.play('late-authenticate');
      const signer = await open();
      for (let count = 0; count < 2; count++) await expect(sign(signer)).resolves.toHaveLength(64);
      expect(asked.map(({ isForSignature }) => isForSignature)).toEqual([false, true, true]);
      await signer.close();
    });

    it('for each signature, and the PIN is wrong then: pin_incorrect, and it is shown once', async () => {
      const signer = await token.module.signer({
        pin: (request) => {
          asked.push(request);
          return Buffer.from(request.isForSignature ? '000000' : userPin);
        },
        key: { withoutCertificate: true },
      });
      await token.play('late-authenticate');
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_incorrect' });
      await expect(sign(signer)).rejects.toMatchObject({ code: 'pin_incorrect' });
      expect(asked).toHaveLength(2);
      await signer.close();
    });
  });

  it('a key that the token keeps for another use: key_not_for_signing, and not an algorithm that it cannot do', async () => {
    const signer = await open();
    await token.play('answer C_SignInit 0x68');
    await expect(sign(signer)).rejects.toMatchObject({ code: 'key_not_for_signing' });
    await token.play();
    await expect(sign(signer)).resolves.toHaveLength(64);
    await signer.close();
  });

  describe('the administrator, while somebody signs', () => {
    it('token_in_use and not pin_incorrect, and the signer goes on; afterwards the PIN is set', async () => {
      const signer = await open();
      const unblock = () => token.module.unblockPin({ pin: pin(officerPin) }, pin('271828'));
      await expect(unblock()).rejects.toMatchObject({ code: 'token_in_use' });
      await expect(sign(signer)).resolves.toHaveLength(64);
      await signer.close();
      await unblock();
      await signOnce('271828');
    });
  });

  describe('keys of GOST R 34.10-2012', () => {
    const objects = async () => {
      const { keys } = await token.module.contents(token.token, token.access);
      return keys.map(({ label, privateKeys, publicHandle }) => ({
        label,
        isWhole: privateKeys.length === 1 && publicHandle !== undefined,
      }));
    };

    it.each(['parameters-public', 'parameters-both', 'parameters-alias', 'parameters-other'])(
      '%s: both kinds are generated and sign, and no half is left over',
      async (habit) => {
        await token.play(habit);
        for (const [label, algorithm] of [
          ['short', 'gost2012-256'],
          ['long', 'gost2012-512'],
        ] as const) {
          await token.generate(algorithm, label);
          const signer = await token.signer(label);
          await expect(signer.sign(data, algorithm)).resolves.toBeInstanceOf(Uint8Array);
          await signer.close();
        }
        expect(await objects()).toEqual([
          { label: 'login', isWhole: true },
          { label: 'short', isWhole: true },
          { label: 'long', isWhole: true },
        ]);
      },
    );

    it('whose other half shows another parameter set: the key made before is found and signs', async () => {
      for (const habit of ['parameters-alias', 'parameters-other']) {
        await token.play(habit);
        await signOnce();
      }
    });

    it.each([
      ['generate-half', 'key-half-missing'],
      ['generate-strangers', 'key-trial-failed'],
    ])('%s: key_generation_failed, and nothing of the key stays on the token', async (habit, problem) => {
      await token.play(habit);
      await expect(token.generate('gost2012-256', 'new')).rejects.toMatchObject({
        code: 'key_generation_failed',
        details: { problem },
      });
      await token.play();
      expect(await objects()).toEqual([{ label: 'login', isWhole: true }]);
    });
  });

  describe('signatures that wait for a session that is over', () => {
    const starts = async () => (await readFile(join(token.store, 'starts'), 'utf8')).length;

    it.each([
      ['removed', 'token_removed'],
      ['crash', 'pkcs11_module_failed'],
      ['hang', 'signing_timed_out'],
      ['device-error', 'pkcs11_module_failed'],
    ])('%s: forty fail together with %s, and one driver is started for the next', async (fault, code) => {
      const module = token.module.with({ sign: 2000 });
      const signer = await module.signer({ ...token.access, key: { withoutCertificate: true } });
      await sign(signer);
      await token.play(fault);
      const before = await starts();
      const ended = await Promise.allSettled(Array.from({ length: 40 }, () => sign(signer)));
      for (const one of ended) expect(one).toMatchObject({ status: 'rejected', reason: { code } });
      expect((await starts()) - before).toBe(0);
      await token.play();
      await expect(sign(signer)).resolves.toHaveLength(64);
      expect((await starts()) - before).toBeLessThanOrEqual(1);
      await signer.close();
    });
  });

  describe.skipIf(noPkcs11Tool ?? noOpenssl)(
    `certificates that pkcs11-tool has written${(noPkcs11Tool ?? noOpenssl) ? ` (skipped: ${noPkcs11Tool ?? noOpenssl})` : ''}`,
    () => {
      let folder: OpensslFolder;
      beforeEach(async () => {
        folder = await OpensslFolder.make();
        await folder.makeAuthority();
        await folder.run('x509', '-in', 'ca.crt', '-outform', 'DER', '-out', 'other.cer');
      });
      afterEach(() => folder.remove());

      const write = (...options: string[]) =>
        folder.command(
          'pkcs11-tool',
          ['--module', token.library, '--token-label', 'test', '--login', '--pin', userPin, ...options],
          token.environment,
        );

      it('of another kind of key under the identifier of ours: not chosen, and our key is', async () => {
        const { id } = (await token.module.contents(token.token)).keys[0] ?? { id: '' };
        await write('--write-object', 'other.cer', '--type', 'cert', '--id', id, '--label', 'other');
        const signer = await open();
        expect(signer.certificate).toBeUndefined();
        await sign(signer);
        await signer.close();
      });
    },
  );
});
