import { isFailure, SealgateError } from '../error.ts';
import type { KeyPairPlan } from './key-pair.ts';
import { pairObjects, type TokenKey } from './pairing.ts';
import { nameOfToken } from './selection.ts';
import type { Access, Limits, TokenSession } from './session.ts';
import { tryKey } from './trial.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * Generates a key pair on the token; the private key cannot leave it. Success means that both halves are there and that
 * a trial signature of the one verifies under the other; whatever else there is of the key is removed again.
 * Throws `mechanism_unsupported`, `key_generation_failed`, and the failures of the session.
 */
export async function generateKey(
  worker: WorkerProcess,
  session: TokenSession,
  access: Access,
  plan: KeyPairPlan,
  limits: Limits,
): Promise<TokenKey> {
  const token = nameOfToken(session.token);
  if (!session.token.mechanisms.includes(plan.mechanism.type))
    throw new SealgateError('mechanism_unsupported', { mechanism: plan.algorithm, token });
  const { algorithm: _, ...take } = plan;
  const made = await session.request('generate', take, limits.generate);
  try {
    const key = pairObjects([made.publicKey, made.privateKey]).keys.find(isWhole);
    if (key === undefined)
      throw new SealgateError('key_generation_failed', {
        token,
        problem: 'the new public key cannot be read',
      });
    await tryKey(worker, session, access, key, limits);
    return key;
  } catch (error) {
    await remove(session, [made.privateKey.handle, made.publicKey.handle], limits);
    if (!isFailure(error, 'signature_invalid') && !isFailure(error, 'key_not_found')) throw error;
    throw new SealgateError(
      'key_generation_failed',
      { token, problem: 'key-trial-failed' },
      { cause: error },
    );
  }
}

type WholeKey = TokenKey & Required<Pick<TokenKey, 'publicKey' | 'spki'>>;

function isWhole(key: TokenKey): key is WholeKey {
  return key.publicKey !== undefined && key.spki !== undefined && key.privateKeys.length > 0;
}

/** What was wrong with the key is told, and not that it could not be removed. */
async function remove(session: TokenSession, objects: readonly string[], limits: Limits): Promise<void> {
  try {
    if (!session.isGone) await session.request('destroy', { objects }, limits.sign);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}
