import type { DemoAlgorithm } from './options.ts';
import { whyNoSoftHsm } from './softhsm.ts';
import { whyNoTestToken } from './test-token.ts';

/** The algorithm that the demo runs on. */
export interface Choice {
  readonly algorithm: DemoAlgorithm;
  /** Why there is no token for GOST, where that was meant and another is used instead. */
  readonly missing?: string;
}

/**
 * What was asked for, as far as there is a token for it: GOST where the choice was left to the demo, and ECDSA on
 * SoftHSM where no token with GOST can be had.
 */
export async function chooseAlgorithm(wanted: DemoAlgorithm | undefined): Promise<Choice> {
  if (wanted === 'rsa' || wanted === 'ecdsa') return { algorithm: wanted };
  const missing = await whyNoTestToken();
  return missing === undefined ? { algorithm: 'gost' } : { algorithm: 'ecdsa', missing };
}

/** Why the demo has no token at all, in words with what to do; undefined where it has one. */
export async function whyNoToken(wanted: DemoAlgorithm | undefined): Promise<string | undefined> {
  const { algorithm } = await chooseAlgorithm(wanted);
  return algorithm === 'gost' ? undefined : whyNoSoftHsm();
}
