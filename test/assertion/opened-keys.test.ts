import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type OpenedKeys, openedKeys } from '../../src/assertion/opened-keys.ts';
import { openKeyFile } from '../../src/assertion/signer.ts';
import { SealgateError } from '../../src/error.ts';

let folder: string;
let path: string;
let pinFile: string;
let key: { readonly kid: string; readonly location: string };
let opens: number;
let keys: OpenedKeys;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealgate-keys-'));
  path = join(folder, 'key.pem');
  pinFile = join(folder, 'pin');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(pinFile, 'right');
  key = { kid: (await openKeyFile(path)).kid, location: path };
  opens = 0;
  keys = openedKeys({
    async open(location) {
      opens++;
      if ((await readFile(pinFile, 'utf8')) !== 'right') throw new SealgateError('pin_incorrect');
      return openKeyFile(location);
    },
    pinMark: () => readFile(pinFile, 'utf8'),
    retryAfter: 10,
  });
});
afterEach(async () => {
  await keys.close();
  await rm(folder, { recursive: true });
});

it('a key that could not be opened is known to be back though nobody has asked for it again', async () => {
  await rename(path, `${path}.away`);
  await expect(keys.open(key)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
  await vi.waitFor(() => expect(opens).toBeGreaterThan(2), { timeout: 30_000 });
  expect(() => keys.check(key)).toThrow(expect.objectContaining({ code: 'assertion_key_unavailable' }));
  await rename(`${path}.away`, path);
  await vi.waitFor(() => keys.check(key), { timeout: 30_000 });
  await expect(keys.open(key)).resolves.toMatchObject({ kid: key.kid });
});

it('one whose PIN was refused is not tried again by itself, until another PIN stands in its source', async () => {
  await writeFile(pinFile, 'wrong');
  await expect(keys.open(key)).rejects.toMatchObject({ details: { refusal: 'pin_incorrect' } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(opens).toBe(1);
  expect(() => keys.check(key)).toThrow(expect.objectContaining({ details: { refusal: 'pin_incorrect' } }));
  await writeFile(pinFile, 'right');
  await vi.waitFor(() => keys.check(key), { timeout: 30_000 });
  expect(opens).toBeLessThanOrEqual(3);
});

it('one that is another than was listed is refused, and works once the listed one is back', async () => {
  const other = { ...key, kid: 'other' };
  await expect(keys.open(other)).rejects.toMatchObject({ code: 'assertion_key_unavailable' });
  await expect(keys.open(key)).resolves.toMatchObject({ kid: key.kid });
  keys.check(key);
  expect(() => keys.check(other)).toThrow();
});
