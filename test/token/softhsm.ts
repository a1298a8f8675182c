import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSoftToken, removeSoftHsm, type SoftToken, whyNoSoftHsm } from '../../src/demo/softhsm.ts';
import { type KeyAlgorithm, planKeyPair } from '../../src/token/key-pair.ts';
import type { Access } from '../../src/token/session.ts';

/** Why tests with SoftHSM are skipped here; in CI they are not, and fail instead. */
export const noSoftHsm: string | undefined = process.env.CI === 'true' ? undefined : await whyNoSoftHsm();

export const userPin = '314159';
export const officerPin = '27182818';

/** The PIN as a source gives it: octets of their own, for they are wiped. */
export function pin(text: string): () => Uint8Array {
  return () => Uint8Array.from(Buffer.from(text));
}

/** A token of its own for one test file, with what ends it. */
export interface TestToken extends SoftToken {
  readonly folder: string;
  readonly access: Access;
  remove(): Promise<void>;
}

export async function testToken(label = 'test'): Promise<TestToken> {
  const folder = await mkdtemp(join(tmpdir(), 'sealgate-token-'));
  const token = await makeSoftToken({ folder, label, userPin, officerPin });
  return {
    ...token,
    folder,
    access: { pin: pin(userPin) },
    remove: () => removeSoftHsm(token.module, folder),
  };
}

/** Generates a key with that label on the token and returns it. */
export function generateKey(
  { module, access }: TestToken,
  algorithm: KeyAlgorithm,
  label: string = algorithm,
) {
  return module.generate(access, planKeyPair(algorithm, label));
}
