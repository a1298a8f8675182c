import { randomBytes } from 'node:crypto';
import type { PrivateKey } from './pairing.ts';
import { schemesOf } from './public-key.ts';
import type { ChosenKey } from './selection.ts';
import type { Access, Limits, TokenSession } from './session.ts';
import { TokenSigner } from './token-signer.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Begins every text that is signed to try a key, so that it can be taken for nothing else. */
const mark = 'Sealgate: trial signature, without meaning. ';

/**
 * Makes a signature of a text of no meaning with a key, and gives the private half whose signature verifies under
 * the public key. Asks for the PIN where the key wants it at each signature. Throws what `TokenSigner.sign` throws:
 * `signature_invalid` and `key_not_found` where no half fits.
 */
export async function tryKey(
  worker: WorkerProcess,
  session: TokenSession,
  access: Access,
  key: ChosenKey['key'],
  limits: Limits,
): Promise<PrivateKey> {
  const signer = TokenSigner.within(worker, session, access, key, limits);
  const [scheme] = schemesOf(key.publicKey);
  if (scheme === undefined) throw new Error('a key has at least one scheme');
  await signer.sign(Buffer.concat([Buffer.from(mark), randomBytes(32)]), scheme);
  if (signer.privateKey === undefined) throw new Error('a signature is made by a key');
  return signer.privateKey;
}
