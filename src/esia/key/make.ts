import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exportPrivateKey, generateKeyPair } from '../../authority/key.ts';
import { selfSigned } from '../../authority/self-signed.ts';
import { makeFolder } from '../../file/folder.ts';
import type { EsiaTokenAlgorithm } from '../../relying-party/esia-system.ts';
import { pem } from './pem.ts';

/** How long a key of tokens serves: ЕСИА exchanges its own every year, and whoever pins one has to be told in time. */
const lifetime = 2 * 365 * 86_400_000;

const kinds = { RS256: 'rsa-2048', GOST3410_2012_256: 'gost2012-256' } as const;

/**
 * Makes a key of tokens with a certificate that it signs itself, and writes both into one file of `folder`, readable by
 * its owner only. It signs from `from` (ms), for two years. Gives the file's name.
 */
export async function makeTokenKey(
  folder: string,
  algorithm: EsiaTokenAlgorithm,
  from: number,
): Promise<string> {
  const pair = await generateKeyPair(kinds[algorithm]);
  const certificate = await selfSigned(pair, `Sealgate tokens ${algorithm}`, {
    notBefore: from,
    notAfter: from + lifetime,
  });
  const text = pem('PRIVATE KEY', await exportPrivateKey(pair)) + pem('CERTIFICATE', certificate);
  const file = `${algorithm}-${randomUUID()}.pem`;
  makeFolder(folder);
  const draft = join(folder, `.${file}`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, file));
  return file;
}
