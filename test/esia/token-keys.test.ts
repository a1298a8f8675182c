import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenKeys, type TokenKeys } from '../../src/esia/key/keys.ts';
import { type MadeTokenKey, makeTokenKey } from '../../src/esia/key/make.ts';
import { forgetOtherTokenKeys, keepTokenKey } from '../../src/esia/storage/token-key.ts';
import { wrapping } from '../../src/secret/wrapping.ts';
import { engines, type Site } from '../database/engine.ts';

const at = Date.UTC(2030, 0, 1);
const day = 86_400_000;

describe.each(engines)('keys of tokens on $name', ({ site: makeSite }) => {
  let site: Site;
  beforeEach(async () => {
    site = await makeSite();
  });
  afterEach(() => site.close());

  const open = async (secrets = site.secrets): Promise<TokenKeys> =>
    openTokenKeys(await site.open(secrets), wrapping(secrets), at);
  const hashes = async (keys: TokenKeys, now = at) =>
    (await keys.published(now)).map(({ certificate: { sha256 } }) => sha256);
  const keep = async (key: MadeTokenKey) =>
    (await site.open()).write({ statements: [keepTokenKey(key, wrapping(site.secrets))] });

  it('are one of each algorithm for replicas that start at once, and for one that comes later', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    const third = await open();
    expect(await hashes(first)).toHaveLength(2);
    for (const other of [second, third])
      expect((await hashes(other)).sort()).toEqual((await hashes(first)).sort());
    const data = Buffer.from('token');
    for (const algorithm of ['RS256', 'GOST3410_2012_256'] as const) {
      const signature = (await first.signer(algorithm, at)).sign(data);
      expect((await second.signer(algorithm, at)).verify(data, signature)).toBe(true);
    }
  });

  it('go on under a new secret, also once the old one is gone, and under no other', async () => {
    const before = await hashes(await open());
    const secrets = [randomBytes(32), ...site.secrets];
    expect(await hashes(await open(secrets))).toEqual(before);
    const [newest = randomBytes(32)] = secrets;
    expect(await hashes(await openTokenKeys(await site.open(secrets), wrapping([newest]), at))).toEqual(
      before,
    );
    const strange = await openTokenKeys(await site.open(secrets), wrapping([randomBytes(32)]), at);
    expect(await hashes(strange)).toEqual([]);
    await expect(strange.signer('RS256', at)).rejects.toMatchObject({ code: 'esia_key_unavailable' });
  });

  it.each([
    [
      'another certificate is put beside it',
      (a: MadeTokenKey, b: MadeTokenKey) =>
        `UPDATE esia_token_key SET certificate = '${Buffer.from(b.certificate).toString('base64')}' WHERE certificate_hash = '${a.certificateHash}'`,
    ],
    [
      'another private key is put beside it',
      (a: MadeTokenKey, b: MadeTokenKey) =>
        `UPDATE esia_token_key SET wrapped = (SELECT wrapped FROM esia_token_key WHERE certificate_hash = '${b.certificateHash}') WHERE certificate_hash = '${a.certificateHash}'`,
    ],
    [
      'it is given another name',
      (a: MadeTokenKey) =>
        `UPDATE esia_token_key SET certificate_hash = 'x' WHERE certificate_hash = '${a.certificateHash}'`,
    ],
  ])('one is not used where %s behind the service’s back', async (_, sql) => {
    const [one, two] = [await makeTokenKey('RS256', at), await makeTokenKey('RS256', at)];
    for (const key of [one, two]) await keep(key);
    expect(await hashes(await open())).toContain(one.certificateHash);
    await site.tamper(sql(one, two));
    const found = await hashes(await open());
    expect([found.includes(one.certificateHash), found.includes(two.certificateHash)]).toEqual([false, true]);
  });

  it('are published before they sign, and sign until they end', async () => {
    const next = await makeTokenKey('RS256', at + 14 * day);
    const first = await open();
    await keep(next);
    const keys = await open();
    expect(await hashes(keys)).toContain(next.certificateHash);
    const [before] = await hashes(first);
    const signing = async (now: number) => (await keys.signer('RS256', now)).certificate.sha256;
    expect(await signing(at + 13 * day)).not.toBe(next.certificateHash);
    expect(await signing(at + 14 * day)).toBe(next.certificateHash);
    expect(await hashes(keys, at + 731 * day)).not.toContain(before);
    await expect(keys.signer('RS256', at + 800 * day)).rejects.toMatchObject({
      code: 'esia_key_unavailable',
    });
  });

  it('that were withdrawn are published no more, and those of the other algorithm stay', async () => {
    await open();
    const key = await makeTokenKey('RS256', at);
    const statements = [
      keepTokenKey(key, wrapping(site.secrets)),
      forgetOtherTokenKeys('RS256', key.certificateHash),
    ];
    await (await site.open()).write({ statements });
    const published = await (await open()).published(at);
    expect(published.map(({ algorithm }) => algorithm).sort()).toEqual(['GOST3410_2012_256', 'RS256']);
    expect(published.map(({ certificate: { sha256 } }) => sha256)).toContain(key.certificateHash);
  });
});
