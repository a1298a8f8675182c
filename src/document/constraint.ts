import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { type AlgorithmPolicy, describeAccepted, forbiddenBy } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import { digestNames } from '../algorithm/signature-algorithm.ts';
import { SealgateError } from '../error.ts';
import type { IntactSignature } from './examined.ts';

/**
 * Whether the algorithms of an intact signature are to be relied on (EN 319 102-1, section 5.2.8). `digests` are hash
 * functions on which it rests beside its own. Throws `algorithm_forbidden`.
 */
export function requireAlgorithms(
  { signer, algorithm }: Pick<IntactSignature, 'signer' | 'algorithm'>,
  digests: readonly DigestAlgorithm[],
  policy: AlgorithmPolicy,
): void {
  const key = publicKeyOf(signer.publicKey);
  if (key.family === 'unusable') throw forbidden(key.kind, 'signer-certificate', policy);
  const reason = forbiddenBy(policy, algorithm, key);
  if (reason !== undefined) throw forbidden(reason, 'signature', policy);
  const weak = digests.find(
    (digest) => !policy.digests.has(digest) && !(digest === 'gost94' && policy.acceptsGost2001),
  );
  if (weak !== undefined) throw forbidden(digestNames[weak], 'message-digest', policy);
}

function forbidden(
  algorithm: string,
  where: 'signature' | 'message-digest' | 'signer-certificate',
  policy: AlgorithmPolicy,
): SealgateError<'algorithm_forbidden'> {
  return new SealgateError('algorithm_forbidden', { algorithm, where, accepted: describeAccepted(policy) });
}
