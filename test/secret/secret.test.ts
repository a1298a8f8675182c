import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keyring, macMatches } from '../../src/secret/keyring.ts';
import { loadSecrets, parseSecrets, readSecrets } from '../../src/secret/load.ts';
import { mac, macKey } from '../../src/secret/mac.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('mac', () => {
  it('gives the HMAC-SHA-256 of RFC 4231, test cases 1 to 3', () => {
    const cases = [
      [
        '0b'.repeat(20),
        '4869205468657265',
        'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      ],
      [
        '4a656665',
        '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      ],
      ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    ];
    for (const [key = '', data = '', expected] of cases) {
      expect(mac(macKey(Buffer.from(key, 'hex')), Buffer.from(data, 'hex')).toString('hex')).toBe(expected);
    }
  });

  it('agrees with node:crypto on random keys and messages of any length', () => {
    for (let length = 0; length < 200; length += 7) {
      const key = randomBytes(1 + (length % 64));
      const message = randomBytes(length);
      expect(mac(macKey(key), message)).toEqual(createHmac('sha256', key).update(message).digest());
    }
  });

  it('refuses a key longer than a block', () => {
    expect(() => macKey(randomBytes(65))).toThrow(RangeError);
  });
});

describe('a keyring', () => {
  const older = randomBytes(32);
  const newer = randomBytes(32);

  it('authenticates with the newest secret and accepts the older one too', () => {
    const before = keyring([older], 'challenge');
    const after = keyring([newer, older], 'challenge');
    const tag = mac(before.current.key, 'text');
    expect(macMatches(after, before.current.id, 'text', tag)).toBe(true);
    expect(after.current.id).not.toBe(before.current.id);
    expect(macMatches(keyring([newer], 'challenge'), before.current.id, 'text', tag)).toBe(false);
  });

  it('keeps its purposes apart', () => {
    const tag = mac(keyring([older], 'challenge').current.key, 'text');
    const journal = keyring([older], 'journal');
    expect(macMatches(journal, journal.current.id, 'text', tag)).toBe(false);
  });

  it('refuses a tag of another length, an unknown key, no secret and a short one', () => {
    const keys = keyring([older], 'challenge');
    expect(macMatches(keys, keys.current.id, 'text', mac(keys.current.key, 'text').subarray(1))).toBe(false);
    expect(macMatches(keys, 'unknown', 'text', mac(keys.current.key, 'text'))).toBe(false);
    expect(() => keyring([], 'challenge')).toThrow(RangeError);
    expect(() => keyring([randomBytes(31)], 'challenge')).toThrow(RangeError);
  });
});

describe('secrets in a file', () => {
  it('are made once, readable by their owner only, and read again', async () => {
    const file = join(folder, 'new', 'secrets');
    const [first, second] = await Promise.all([loadSecrets(file), loadSecrets(file)]);
    expect(first).toEqual(second);
    expect(first).toHaveLength(1);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(Buffer.from(first[0] ?? []).toString('base64url')).toBe(readFileSync(file, 'utf8').trim());
  });

  it('are not made where that is not allowed, nor where the folder cannot be', async () => {
    const file = join(folder, 'lost', 'secrets');
    await expect(loadSecrets(file, () => false)).rejects.toMatchObject({ code: 'configuration_invalid' });
    expect(readSecrets(file)).toBeUndefined();
    expect(existsSync(join(folder, 'lost'))).toBe(false);
    writeFileSync(join(folder, 'occupied'), '');
    const blocked = loadSecrets(join(folder, 'occupied', 'data', 'secrets'));
    await expect(blocked).rejects.toMatchObject({ code: 'configuration_invalid' });
  });

  it('that another process makes at the same time are taken, though none may be made any more', async () => {
    const file = join(folder, 'raced');
    const secret = randomBytes(32);
    const loaded = await loadSecrets(file, () => {
      writeFileSync(file, secret.toString('base64url'));
      return false;
    });
    expect(loaded).toEqual([secret]);
  });

  it.each([
    ['nothing', ''],
    ['a short secret', randomBytes(31).toString('base64url')],
    ['what is not base64url', `${'='.repeat(50)}`],
  ])('are refused with configuration_invalid where the file holds %s', async (_, text) => {
    const file = join(folder, 'bad');
    writeFileSync(file, text);
    await expect(loadSecrets(file)).rejects.toMatchObject({ code: 'configuration_invalid' });
  });

  it('keep their order, the newest first', () => {
    const lines = [randomBytes(32), randomBytes(48)].map((secret) => secret.toString('base64url'));
    expect(parseSecrets(lines, 'test').map((secret) => secret.length)).toEqual([32, 48]);
  });
});
