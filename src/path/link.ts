import { verificationCost } from '../algorithm/cost.ts';
import { keyOids } from '../algorithm/oids.ts';
import { type AlgorithmPolicy, describeAccepted, forbiddenBy } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import {
  fitsKey,
  resolveSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithmName,
} from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import { encodeBitString, encodeSequence } from '../asn1/writer.ts';
import type { Budget, KeyOrigin } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { contextName, type LinkCache, linkName } from './cache.ts';
import type { PathInput } from './input.ts';
import { type PathProblem, problem, rank } from './problem.ts';

/** Whether the signature of a certificate holds under a key; `undefined` where it does. */
export type LinkVerdict = PathProblem | undefined;

/** Verifies the signatures of one search: each link once, within the budget, with the help of a cache. */
export class Links {
  private readonly algorithms: AlgorithmPolicy;
  private readonly budget: Budget;
  private readonly cache: LinkCache | undefined;
  private readonly origin: KeyOrigin | undefined;
  private readonly context: string;
  private readonly seen = new Map<Certificate, [PublicKeyInfo, LinkVerdict][]>();

  constructor(
    { budget, cache, origin, profile }: Pick<PathInput, 'budget' | 'cache' | 'origin' | 'profile'>,
    algorithms: AlgorithmPolicy,
    anchors: { readonly sha256: string },
  ) {
    this.algorithms = algorithms;
    this.budget = budget;
    this.cache = cache;
    this.origin = origin;
    this.context = cache === undefined ? '' : contextName(anchors.sha256, profile, algorithms);
  }

  /** Verdict on the signature of `certificate` under `key`, with algorithm and key held to the policy. Throws `budget_exhausted`. */
  verdict(certificate: Certificate, key: PublicKeyInfo, origin: KeyOrigin = 'operator'): LinkVerdict {
    const known = this.seen.get(certificate);
    if (known !== undefined) for (const [knownKey, verdict] of known) if (knownKey === key) return verdict;
    const verdict = this.verify(certificate, key, origin);
    if (known === undefined) this.seen.set(certificate, [[key, verdict]]);
    else known.push([key, verdict]);
    return verdict;
  }

  private verify(certificate: Certificate, info: PublicKeyInfo, origin: KeyOrigin): LinkVerdict {
    const algorithm = algorithmOf(certificate);
    if (algorithm === undefined) {
      const oid = certificate.fields.signatureAlgorithm.oid;
      return this.forbidden(certificate, `signature algorithm ${oid}`);
    }
    const link = this.cache === undefined ? '' : linkName(certificate, info, this.context);
    const isKnown = this.cache?.has(link) === true;
    if (!isKnown)
      this.budget.payWork(verificationCost(info, certificate.fields.tbs.length), this.origin ?? origin);
    const key = keyOf(info);
    if (key.family === 'unusable') {
      if (key.reason === 'unknown') return this.forbidden(certificate, key.kind);
      return problem('chain_invalid', rank.signature, certificate, () => ({
        rule: 'issuer-key',
        found: key.kind,
      }));
    }
    if (!fitsKey(algorithm, key)) return badSignature(certificate, algorithm);
    const reason = forbiddenBy(this.algorithms, algorithm, key);
    if (reason !== undefined) return this.forbidden(certificate, reason);
    if (isKnown) return undefined;
    this.budget.spend('signatures');
    const { tbs, signature } = certificate.fields;
    if (!verifySignatureValue(algorithm, key, tbs, signature)) return badSignature(certificate, algorithm);
    this.cache?.add(link);
    return undefined;
  }

  private forbidden(certificate: Certificate, used: string): PathProblem {
    return problem('algorithm_forbidden', rank.rule, certificate, () => ({
      algorithm: used,
      accepted: describeAccepted(this.algorithms),
      where: 'certificate',
    }));
  }
}

function badSignature(certificate: Certificate, algorithm: SignatureAlgorithm): PathProblem {
  return problem('chain_invalid', rank.signature, certificate, () => ({
    rule: 'certificate-signature',
    found: signatureAlgorithmName(algorithm),
  }));
}

function algorithmOf(certificate: Certificate): SignatureAlgorithm | undefined {
  try {
    return resolveSignatureAlgorithm(certificate.fields.signatureAlgorithm);
  } catch {
    return undefined;
  }
}

function keyOf(info: PublicKeyInfo) {
  try {
    return publicKeyOf(info);
  } catch (cause) {
    return { family: 'unusable', reason: 'malformed', kind: String(cause) } as const;
  }
}

/** Whether a key takes its parameters from the issuer's (RFC 3279, section 2.3.2), so that it says nothing alone. */
export function inheritsParameters(info: PublicKeyInfo): boolean {
  return info.algorithm.oid === keyOids.dsa && info.algorithm.parameters === undefined;
}

/**
 * The key of a certificate as working public key (RFC 5280, section 6.1.4, items d to f): with the parameters of
 * `issuerKey` where it has none of its own and both are of one kind.
 */
export function workingKey(info: PublicKeyInfo, issuerKey: PublicKeyInfo): PublicKeyInfo {
  if (!inheritsParameters(info) || issuerKey.algorithm.oid !== info.algorithm.oid) return info;
  const { algorithm } = issuerKey;
  return { der: encodeSequence(algorithm.der, encodeBitString(info.key)), algorithm, key: info.key };
}
