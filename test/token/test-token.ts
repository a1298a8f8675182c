import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTestToken, playFaults, type TestToken, whyNoTestToken } from '../../src/demo/test-token.ts';
import { type KeyAlgorithm, planKeyPair } from '../../src/token/key-pair.ts';
import type { Access } from '../../src/token/session.ts';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { officerPin, pin, userPin } from './softhsm.ts';

/** Why tests with the module for testers are skipped here; in CI they are not, and fail instead. */
export const noTestToken: string | undefined = process.env.CI === 'true' ? undefined : await whyNoTestToken();

/** A token of the module for testers, with what ends it. */
export interface GostToken extends TestToken {
  readonly folder: string;
  readonly access: Access;
  play(...faults: readonly string[]): Promise<void>;
  generate(algorithm: KeyAlgorithm, label?: string): Promise<unknown>;
  signer(label?: string): Promise<TokenSigner>;
  remove(): Promise<void>;
}

export async function gostToken(label = 'test'): Promise<GostToken> {
  const folder = await mkdtemp(join(tmpdir(), 'sealgate-token-'));
  const token = await makeTestToken({ folder, label, userPin, officerPin });
  const { module, store } = token;
  const access = { pin: pin(userPin) };
  return {
    ...token,
    folder,
    access,
    play: (...faults) => playFaults(store, ...faults),
    generate: (algorithm, name = algorithm) => module.generate(access, planKeyPair(algorithm, name)),
    signer: (name) => module.signer({ ...access, key: { name, withoutCertificate: true } }),
    remove: async () => {
      module.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
