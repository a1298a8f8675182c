import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareSoftHsm } from '../../src/demo/softhsm.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import { noPkcs11Tool, OpensslFolder } from './openssl.ts';
import { generateKey, noSoftHsm, officerPin, pin, type TestToken, testToken, userPin } from './softhsm.ts';

describe.skipIf(noSoftHsm)(`tokens on SoftHSM${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`, () => {
  let token: TestToken;
  beforeEach(async () => {
    token = await testToken();
  });
  afterEach(() => token.remove());

  const setup = (label: string) => ({
    label,
    userPin: Buffer.from(userPin),
    officerPin: Buffer.from(officerPin),
  });

  it('initialised: found by label and serial number, ready for a login', async () => {
    expect(token.token).toMatchObject({
      label: 'test',
      isInitialized: true,
      pin: 'good',
      mustChangePin: false,
    });
    for (const selector of [{ label: 'test' }, { serial: token.token.serial }, { name: 'test' }, {}]) {
      await expect(token.module.signer({ ...token.access, token: selector })).rejects.toMatchObject({
        code: 'key_not_found',
      });
    }
  });

  it('with another label: token_not_present with the name that was looked for', async () => {
    await expect(token.module.signer({ ...token.access, token: { label: 'Test' } })).rejects.toMatchObject({
      code: 'token_not_present',
      details: { token: 'Test' },
    });
  });

  it('none initialised: token_uninitialized', async () => {
    const { module } = await prepareSoftHsm(join(token.folder, 'empty'));
    await expect(module.signer({ pin: pin(userPin) })).rejects.toMatchObject({ code: 'token_uninitialized' });
    module.close();
  });

  it('two, and none chosen: token_choice_needed with both; one chosen: found', async () => {
    const second = await token.module.initialise(setup('second'));
    await expect(token.module.signer(token.access)).rejects.toMatchObject({
      code: 'token_choice_needed',
      details: { tokens: expect.arrayContaining([`second (${second.serial})`]) },
    });
    await expect(token.module.signer({ ...token.access, token: { label: 'second' } })).rejects.toMatchObject({
      code: 'key_not_found',
    });
  });

  it('initialised anew with the administrator’s PIN: keys are gone; with a wrong one: pin_incorrect', async () => {
    await generateKey(token, 'ec-p256');
    const again = { ...setup('again'), token: { label: 'test' } };
    await expect(
      token.module.initialise({ ...again, officerPin: Buffer.from('00000000') }),
    ).rejects.toMatchObject({ code: 'pin_incorrect' });
    expect((await token.module.contents(token.token, token.access)).keys).toHaveLength(1);
    const fresh = await token.module.initialise(again);
    expect((await token.module.contents(fresh, token.access)).keys).toHaveLength(0);
  });

  it('with a label of more than 32 octets: cut at a character’s boundary', async () => {
    const fresh = await token.module.initialise(setup('Общество с ограниченной'));
    expect(fresh.label).toBe('Общество с ограни');
  });

  it('asked for an algorithm that it lacks: mechanism_unsupported; for one that it has: a key', async () => {
    await expect(
      token.module.generate(token.access, planKeyPair('gost2012-256', 'gost')),
    ).rejects.toMatchObject({
      code: 'mechanism_unsupported',
      details: { mechanism: 'gost2012-256' },
    });
    await expect(generateKey(token, 'ec-p256')).resolves.toMatchObject({ label: 'ec-p256' });
  });

  it('asked for a scheme that the key cannot: mechanism_unsupported', async () => {
    await generateKey(token, 'ec-p256');
    const signer = await token.module.signer({ ...token.access, key: { withoutCertificate: true } });
    await expect(signer.sign(Buffer.from('x'), 'rsa-pkcs1-sha256')).rejects.toMatchObject({
      code: 'mechanism_unsupported',
    });
    await expect(signer.sign(Buffer.from('x'), 'ecdsa-sha256')).resolves.toBeDefined();
    await signer.close();
  });

  it('with two keys and none chosen: key_choice_needed with both; chosen by id: found', async () => {
    await generateKey(token, 'ec-p256', 'first');
    const { id } = await generateKey(token, 'ec-p256', 'second');
    const open = (key: object) =>
      token.module.signer({ ...token.access, key: { withoutCertificate: true, ...key } });
    await expect(open({})).rejects.toMatchObject({
      code: 'key_choice_needed',
      details: { keys: { length: 2 } },
    });
    const signer = await open({ id });
    expect(signer.label).toBe('second');
    await signer.close();
  });

  it.skipIf(noPkcs11Tool)(
    'is the same to pkcs11-tool: it lists the key and verifies what we sign',
    async () => {
      await generateKey(token, 'rsa-2048', 'login');
      const folder = await OpensslFolder.make();
      const tool = (...args: string[]) =>
        folder.command(
          'pkcs11-tool',
          ['--module', token.library, '--login', '--pin', userPin, ...args],
          token.environment,
        );
      expect(await tool('-O')).toMatch(
        /Private Key Object; RSA[\s\S]*label:\s+login[\s\S]*never extractable/,
      );
      const signer = await token.module.signer({ ...token.access, key: { withoutCertificate: true } });
      await folder.write('data', 'Sealgate');
      await folder.write('signature', await signer.sign(Buffer.from('Sealgate'), 'rsa-pkcs1-sha256'));
      await signer.close();
      const verify = [
        '--verify',
        '-m',
        'SHA256-RSA-PKCS',
        '--label',
        'login',
        '-i',
        'data',
        '--signature-file',
        'signature',
      ];
      expect(await tool(...verify)).toContain('Signature is valid');
      await folder.remove();
    },
  );

  describe('removed between two calls', () => {
    /** SoftHSM keeps each token in a folder of its own; the store itself stays, as a reader does. */
    async function pull(): Promise<() => Promise<void>> {
      const away = join(token.folder, 'away');
      await rename(token.store, away);
      return async () => {
        await rm(token.store, { recursive: true, force: true });
        await rename(away, token.store);
      };
    }

    it('while a signer is open: token_removed; put back, the same signer asks for the PIN and signs again', async () => {
      await generateKey(token, 'ec-p256');
      let asked = 0;
      const source = () => {
        asked++;
        return Buffer.from(userPin);
      };
      const signer = await token.module.signer({ pin: source, key: { withoutCertificate: true } });
      await signer.sign(Buffer.from('x'), 'ecdsa-sha256');
      const putBack = await pull();
      await expect(signer.sign(Buffer.from('x'), 'ecdsa-sha256')).rejects.toMatchObject({
        code: 'token_removed',
      });
      await putBack();
      await expect(signer.sign(Buffer.from('x'), 'ecdsa-sha256')).resolves.toBeDefined();
      expect(asked).toBe(2);
      await signer.close();
    });

    it('and not put back: a failure that says so, and no PIN is asked for', async () => {
      const putBack = await pull();
      let asked = 0;
      const source = () => {
        asked++;
        return Buffer.from(userPin);
      };
      await expect(token.module.signer({ pin: source })).rejects.toMatchObject({
        code: expect.stringMatching(/^(token_|pkcs11_module_)/),
      });
      expect(asked).toBe(0);
      await putBack();
      await expect(token.module.contents(token.token, token.access)).resolves.toBeDefined();
    });
  });
});
