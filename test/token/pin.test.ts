import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFactoryPin, isPinText } from '../../src/token/pin.ts';
import { checkPinState, tokenFlag } from '../../src/token/pin-state.ts';
import { noSoftHsm, officerPin, pin, type TestToken, testToken, userPin } from './softhsm.ts';

/** «пинкод» in the encodings of old Windows and DOS, and what decoding makes of either. */
const notUtf8: readonly (readonly [string, readonly number[]])[] = [
  ['in windows-1251', [0xef, 0xe8, 0xed, 0xea, 0xee, 0xe4]],
  ['in cp866', [0xaf, 0xa8, 0xad, 0xaa, 0xae, 0xa4]],
  ['of replacement characters', [...Buffer.from('\ufffd'.repeat(6))]],
];

describe.skipIf(noSoftHsm)(`PIN on SoftHSM${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`, () => {
  let token: TestToken;
  beforeEach(async () => {
    token = await testToken();
  });
  afterEach(() => token.remove());

  const login = (text: string) => token.module.contents(token.token, { pin: pin(text) });

  it('wrong: pin_incorrect, and the source is asked once; right: the token opens', async () => {
    let asked = 0;
    const source = () => {
      asked++;
      return Buffer.from('000000');
    };
    await expect(token.module.contents(token.token, { pin: source })).rejects.toMatchObject({
      code: 'pin_incorrect',
    });
    expect(asked).toBe(1);
    await expect(login(userPin)).resolves.toMatchObject({ keys: [] });
  });

  it('wrong while another session is logged in: pin_incorrect, and the other session goes on', async () => {
    const { module, access } = token;
    const { planKeyPair } = await import('../../src/token/key-pair.ts');
    await module.generate(access, planKeyPair('ec-p256', 'login'));
    const signer = await module.signer({ ...access, key: { withoutCertificate: true } });
    await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    await expect(login(userPin)).resolves.toMatchObject({ keys: [{ label: 'login' }] });
    await expect(signer.sign(Buffer.from('x'), 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
    await signer.close();
  });

  it('octets are wiped after use, whether the PIN was right or wrong', async () => {
    for (const text of [userPin, '000000']) {
      const octets = Buffer.from(text);
      await token.module.contents(token.token, { pin: () => octets }).catch(() => undefined);
      expect(octets.every((octet) => octet === 0)).toBe(true);
    }
  });

  it('not given: signing_cancelled, and the token is not asked', async () => {
    const before = (await token.module.tokens())[0]?.flags;
    await expect(token.module.contents(token.token, { pin: () => undefined })).rejects.toMatchObject({
      code: 'signing_cancelled',
    });
    expect((await token.module.tokens())[0]?.flags).toBe(before);
  });

  it('entered wrongly before: the token says so; after the right one it does not', async () => {
    await login('000000').catch(() => undefined);
    expect((await token.module.tokens())[0]).toMatchObject({ pin: 'few-tries' });
    await login(userPin);
    expect((await token.module.tokens())[0]).toMatchObject({ pin: 'good' });
  });

  it('changed: the new one opens the token and the old one does not', async () => {
    await token.module.changePin({ pin: pin(userPin) }, pin('271828'));
    await expect(login(userPin)).rejects.toMatchObject({ code: 'pin_incorrect' });
    await expect(login('271828')).resolves.toBeDefined();
  });

  it('to be changed with a wrong old one: pin_incorrect, and the old one stays', async () => {
    await expect(token.module.changePin({ pin: pin('000000') }, pin('271828'))).rejects.toMatchObject({
      code: 'pin_incorrect',
    });
    await expect(login(userPin)).resolves.toBeDefined();
  });

  it.each(['1', '1'.repeat(256)])(
    'new one of false length: pin_unacceptable with the bounds',
    async (fresh) => {
      await expect(token.module.changePin({ pin: pin(userPin) }, pin(fresh))).rejects.toMatchObject({
        code: 'pin_unacceptable',
        details: { minimum: 4, maximum: 255 },
      });
      await expect(login(userPin)).resolves.toBeDefined();
    },
  );

  it('forgotten: the administrator’s PIN sets a new one; a wrong administrator’s PIN does not', async () => {
    await expect(token.module.unblockPin({ pin: pin('00000000') }, pin('271828'))).rejects.toMatchObject({
      code: 'pin_incorrect',
    });
    await token.module.unblockPin({ pin: pin(officerPin) }, pin('271828'));
    await expect(login('271828')).resolves.toBeDefined();
  });

  it('in Cyrillic is taken as UTF-8', async () => {
    await token.module.changePin({ pin: pin(userPin) }, pin('ромашка'));
    await expect(login('ромашка')).resolves.toBeDefined();
  });

  it.each(notUtf8)('new one %s: pin_unacceptable, and the old one stays', async (_, octets) => {
    const given = Uint8Array.from(octets);
    await expect(token.module.changePin({ pin: pin(userPin) }, () => given)).rejects.toMatchObject({
      code: 'pin_unacceptable',
    });
    expect(given.every((octet) => octet === 0)).toBe(true);
    await expect(
      token.module.unblockPin({ pin: pin(officerPin) }, () => Uint8Array.from(octets)),
    ).rejects.toMatchObject({ code: 'pin_unacceptable' });
    const setup = { label: 'again', token: { label: 'test' }, officerPin: Buffer.from(officerPin) };
    await expect(
      token.module.initialise({ ...setup, userPin: Uint8Array.from(octets) }),
    ).rejects.toMatchObject({ code: 'pin_unacceptable' });
    await expect(login(userPin)).resolves.toBeDefined();
  });

  it.each(notUtf8)('for a login %s: pin_unacceptable, and it costs no try', async (_, octets) => {
    const source = () => Uint8Array.from(octets);
    await expect(token.module.contents(token.token, { pin: source })).rejects.toMatchObject({
      code: 'pin_unacceptable',
    });
    expect((await token.module.tokens())[0]).toMatchObject({ pin: 'good' });
    await expect(login('000000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    expect((await token.module.tokens())[0]).toMatchObject({ pin: 'few-tries' });
  });
});

describe('PIN state in the token’s flags', () => {
  const ready = tokenFlag.tokenInitialized | tokenFlag.userPinInitialized;
  const check =
    (flags: number, confirm = false) =>
    () =>
      checkPinState(flags, 'test', 'user', confirm);

  it('few tries left: no objection', () => {
    expect(check(ready | tokenFlag.userPinCountLow)).not.toThrow();
  });
  it('last try, not confirmed: pin_final_try before the PIN is shown to the token', () => {
    expect(check(ready | tokenFlag.userPinFinalTry)).toThrow(
      expect.objectContaining({ code: 'pin_final_try' }),
    );
  });
  it('last try, confirmed: no objection', () => {
    expect(check(ready | tokenFlag.userPinFinalTry, true)).not.toThrow();
  });
  it('blocked: pin_locked, confirmed or not', () => {
    expect(check(ready | tokenFlag.userPinLocked, true)).toThrow(
      expect.objectContaining({ code: 'pin_locked' }),
    );
  });
  it('login wanted and no user’s PIN set, or neither: no objection, the token decides', () => {
    expect(check(tokenFlag.tokenInitialized | tokenFlag.loginRequired)).not.toThrow();
    expect(check(tokenFlag.tokenInitialized)).not.toThrow();
  });
  it('flags of the administrator’s PIN do not speak for the user’s', () => {
    expect(check(ready | tokenFlag.officerPinLocked)).not.toThrow();
    expect(() => checkPinState(ready | tokenFlag.officerPinLocked, 'test', 'officer', false)).toThrow(
      expect.objectContaining({ code: 'officer_pin_locked' }),
    );
  });
});

it('octets that are UTF-8 are a PIN, whatever they say; others are not', () => {
  for (const text of ['314159', 'пинкод', '🔑🔑', '\ufffc\ufffe'])
    expect(isPinText(Buffer.from(text))).toBe(true);
  for (const [, octets] of notUtf8) expect(isPinText(Uint8Array.from(octets))).toBe(false);
  expect(isPinText(Uint8Array.of(0x31, 0xed, 0xa0, 0x80))).toBe(false);
});

it('a PIN of the factory is recognised, and one that resembles it is not', () => {
  expect(isFactoryPin(Buffer.from('12345678'))).toBe(true);
  expect(isFactoryPin(Buffer.from('12345679'))).toBe(false);
});
