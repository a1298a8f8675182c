import type { Database } from '../../database/database.ts';
import { SealgateError } from '../../error.ts';
import { type EsiaTokenAlgorithm, esiaTokenAlgorithms } from '../../relying-party/esia-system.ts';
import type { Wrapping } from '../../secret/wrapping.ts';
import { type KeptTokenKey, keepFirstTokenKey, keptTokenKeys, renewTokenKeys } from '../storage/token-key.ts';
import { openTokenKey, type TokenKey } from './signer.ts';

/** The keys that sign tokens of ЕСИА's dialect. */
export interface TokenKeys {
  /**
   * The key that signs at `at` (ms): the newest that has begun to. Rejects with `esia_key_unavailable`, and
   * `storage_unavailable`.
   */
  signer(algorithm: EsiaTokenAlgorithm, at: number): Promise<TokenKey>;
  /**
   * Every key whose term is not over at `at`, those that will soon sign among them, the newest first. Rejects with
   * `storage_unavailable`.
   */
  published(at: number): Promise<readonly TokenKey[]>;
}

/** What another process added or withdrew is seen this much later at most, ms. */
export const freshFor = 60_000;

/**
 * Opens the keys in `database`, and makes one of each algorithm that has none in force. A key signs while its
 * certificate is in force and it was not withdrawn. Rejects with `storage_unavailable`.
 */
export async function openTokenKeys(database: Database, wrapping: Wrapping, at: number): Promise<TokenKeys> {
  await renewTokenKeys(database, wrapping);
  const keys = new KeptKeys(database, wrapping);
  for (const algorithm of esiaTokenAlgorithms) {
    if (signing(await keys.read(), algorithm, at) !== undefined) continue;
    // Loaded only here: what writes certificates is large, and a service makes a key once in two years.
    const { makeTokenKey } = await import('./make.ts');
    const made = await makeTokenKey(algorithm, at);
    await database.write({ statements: [keepFirstTokenKey(made, wrapping, at)] });
  }
  await keys.read();
  return {
    async signer(algorithm, now) {
      const key = signing(await keys.current(), algorithm, now);
      if (key === undefined) throw new SealgateError('esia_key_unavailable', { algorithm });
      return key;
    },
    published: async (now) => (await keys.current()).filter(({ certificate }) => now <= certificate.notAfter),
  };
}

/** The keys as they were last read; one that stayed is not opened again. */
class KeptKeys {
  private readonly database: Database;
  private readonly wrapping: Wrapping;
  private opened: ReadonlyMap<string, TokenKey> = new Map();
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<readonly TokenKey[]> | undefined;

  constructor(database: Database, wrapping: Wrapping) {
    this.database = database;
    this.wrapping = wrapping;
  }

  async current(): Promise<readonly TokenKey[]> {
    if (performance.now() - this.readAt < freshFor) return [...this.opened.values()];
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  async read(): Promise<readonly TokenKey[]> {
    const kept = await keptTokenKeys(this.database, this.wrapping);
    const opened = kept.map((key) => [
      key.certificateHash,
      this.opened.get(key.certificateHash) ?? open(key),
    ]);
    this.opened = new Map(opened.filter((entry): entry is [string, TokenKey] => entry[1] !== undefined));
    this.readAt = performance.now();
    return [...this.opened.values()];
  }
}

/** The key; undefined where it cannot be used: of secrets that are not known here, or changed by somebody else. */
function open({ certificate, certificateHash, privateKey }: KeptTokenKey): TokenKey | undefined {
  if (privateKey === undefined) return undefined;
  const key = openTokenKey(certificate, privateKey);
  return key?.certificate.sha256 === certificateHash ? key : undefined;
}

function signing(keys: readonly TokenKey[], algorithm: EsiaTokenAlgorithm, at: number): TokenKey | undefined {
  return keys.find(
    ({ algorithm: own, certificate: { notBefore, notAfter } }) =>
      own === algorithm && notBefore <= at && at <= notAfter,
  );
}
