import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SealgateError } from '../../error.ts';
import { type EsiaTokenAlgorithm, esiaTokenAlgorithms } from '../../relying-party/esia-system.ts';
import { readTokenKey, type TokenKey } from './signer.ts';

/** The keys that sign tokens of ЕСИА's dialect. */
export interface TokenKeys {
  /** The key that signs at `at` (ms): the newest that has begun to. Throws `esia_key_unavailable`. */
  signer(algorithm: EsiaTokenAlgorithm, at: number): TokenKey;
  /** Every key whose term is not over at `at`, those that will soon sign among them, the newest first. */
  published(at: number): readonly TokenKey[];
}

/** What another process added is seen this much later at most, ms. */
const freshFor = 60_000;

/**
 * Opens the keys in `folder`, each a file of its own; makes one of each algorithm that has none in force. A key signs
 * while its certificate is in force: one that was compromised is taken away with its file. Throws `esia_key_unavailable`.
 */
export async function openTokenKeys(folder: string, at: number): Promise<TokenKeys> {
  let keys = load(folder);
  let readAt = performance.now();
  for (const algorithm of esiaTokenAlgorithms) {
    if (signing(keys, algorithm, at) !== undefined) continue;
    // Loaded only here: what writes certificates is large, and a service makes a key once in two years.
    await (await import('./make.ts')).makeTokenKey(folder, algorithm, at);
  }
  keys = load(folder);
  const current = () => {
    if (performance.now() - readAt >= freshFor) {
      keys = load(folder);
      readAt = performance.now();
    }
    return keys;
  };
  return {
    signer(algorithm, now) {
      const key = signing(current(), algorithm, now);
      if (key === undefined) throw new SealgateError('esia_key_unavailable', { algorithm });
      return key;
    },
    published: (now) => current().filter(({ certificate }) => now <= certificate.notAfter),
  };
}

function signing(keys: readonly TokenKey[], algorithm: EsiaTokenAlgorithm, at: number): TokenKey | undefined {
  return keys.find(
    ({ algorithm: own, certificate: { notBefore, notAfter } }) =>
      own === algorithm && notBefore <= at && at <= notAfter,
  );
}

/** The newest first. */
function load(folder: string): readonly TokenKey[] {
  return keyFiles(folder)
    .map((file) => {
      try {
        return readTokenKey(readFileSync(join(folder, file), 'utf8'));
      } catch (error) {
        throw new SealgateError(
          'esia_key_unavailable',
          { algorithm: file.split('-')[0] ?? '' },
          { cause: error },
        );
      }
    })
    .sort((left, right) => right.certificate.notBefore - left.certificate.notBefore);
}

function keyFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => /^(RS256|GOST3410_2012_256)-[0-9a-f-]{36}\.pem$/.test(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new SealgateError('esia_key_unavailable', { algorithm: '' }, { cause: error });
  }
}
