import { type DigestAlgorithm, digestOids } from './digest.ts';
import { longestRsa, type PublicKey } from './public-key.ts';
import { digestNames, type SignatureAlgorithm, signatureAlgorithmName } from './signature-algorithm.ts';

/** Which algorithms are accepted; whatever is not named here is refused. */
export interface AlgorithmPolicy {
  readonly digests: ReadonlySet<DigestAlgorithm>;
  /** Shortest RSA modulus, in bits. */
  readonly minimumRsaBits: number;
  /** Longest RSA modulus, in bits; the time that verifying takes grows with its square. */
  readonly maximumRsaBits: number;
  /** DSA, with SHA-1 too, which is the hash that its keys of 1024 bits were made for. */
  readonly acceptsDsa: boolean;
  /** GOST R 34.10-2001 with GOST R 34.11-94, for old documents. */
  readonly acceptsGost2001: boolean;
  /** GOST R 34.10-2012 that a message calls GOST R 34.10-2001: the value verifies, and the name is wrong. */
  readonly acceptsMislabelledGost: boolean;
  /** The parameter sets that the standards publish as examples; their keys protect nothing. */
  readonly acceptsTestCurves: boolean;
}

/**
 * For logins: SHA-2 and Streebog, RSA from 2048 bits (NIST SP 800-131A; ETSI TS 119 312) to 4096, beyond which no
 * authority is known to issue.
 */
export const currentAlgorithms: AlgorithmPolicy = {
  digests: new Set<DigestAlgorithm>(['sha256', 'sha384', 'sha512', 'streebog256', 'streebog512']),
  minimumRsaBits: 2048,
  maximumRsaBits: 4096,
  acceptsDsa: false,
  acceptsGost2001: false,
  acceptsMislabelledGost: false,
  acceptsTestCurves: false,
};

/**
 * Whatever can be computed, weak as it may be: for whoever asks first whether a signature is intact, and then, apart
 * from that, whether its algorithm is to be relied on.
 */
export const everyAlgorithm: AlgorithmPolicy = {
  digests: new Set(Object.keys(digestOids) as DigestAlgorithm[]),
  minimumRsaBits: 512,
  maximumRsaBits: longestRsa,
  acceptsDsa: true,
  acceptsGost2001: true,
  acceptsMislabelledGost: true,
  acceptsTestCurves: true,
};

/** What is accepted, in words, for the refusal. */
export function describeAccepted(policy: AlgorithmPolicy): string {
  const kinds = [
    `RSA from ${policy.minimumRsaBits} to ${policy.maximumRsaBits} bits`,
    'ECDSA P-256, P-384, P-521',
    'Ed25519',
    'GOST R 34.10-2012',
  ];
  if (policy.acceptsDsa) kinds.push('DSA');
  if (policy.acceptsGost2001) kinds.push('GOST R 34.10-2001');
  return `${kinds.join(', ')}; ${[...policy.digests].map((name) => digestNames[name]).join(', ')}`;
}

/** What is forbidden about a signature under this policy, in words, or undefined where it is accepted. */
export function forbiddenBy(
  policy: AlgorithmPolicy,
  algorithm: SignatureAlgorithm,
  key: PublicKey,
): string | undefined {
  const name = signatureAlgorithmName(algorithm);
  if (algorithm.family === 'gost2001') return policy.acceptsGost2001 ? forbiddenKey(policy, key) : name;
  if (algorithm.family === 'dsa') {
    const accepts =
      policy.acceptsDsa && (algorithm.digest === 'sha1' || policy.digests.has(algorithm.digest));
    return accepts ? undefined : name;
  }
  if (algorithm.family !== 'ed25519' && !policy.digests.has(algorithm.digest)) return name;
  // SHA-1 inside MGF1 is held to the same list: nothing gains by an exception, and policies stay readable.
  if (algorithm.family === 'rsa-pss' && !policy.digests.has(algorithm.maskDigest)) {
    return `${name}, MGF1 with ${digestNames[algorithm.maskDigest]}`;
  }
  return forbiddenKey(policy, key);
}

/** What is forbidden about a key under this policy, in words, or undefined where it is accepted. */
export function forbiddenKey(policy: AlgorithmPolicy, key: PublicKey): string | undefined {
  switch (key.family) {
    case 'rsa':
      return key.bits < policy.minimumRsaBits || key.bits > policy.maximumRsaBits
        ? `RSA with ${key.bits} bits`
        : undefined;
    case 'dsa':
      return policy.acceptsDsa ? undefined : 'DSA';
    case 'gost2001':
      if (!policy.acceptsGost2001) return 'GOST R 34.10-2001';
      return key.curve.isTest && !policy.acceptsTestCurves
        ? `GOST test parameter set ${key.curve.name}`
        : undefined;
    case 'gost2012':
      return key.curve.isTest && !policy.acceptsTestCurves
        ? `GOST test parameter set ${key.curve.name}`
        : undefined;
    default:
      return undefined;
  }
}
