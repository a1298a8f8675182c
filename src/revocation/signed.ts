import { verificationCost } from '../algorithm/cost.ts';
import type { AlgorithmIdentifier } from '../algorithm/identifier.ts';
import { incrementalVerifier } from '../algorithm/incremental.ts';
import { type AlgorithmPolicy, forbiddenBy } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm, type SignatureAlgorithm } from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import { EncodingError } from '../asn1/error.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Budget, KeyOrigin } from '../budget/budget.ts';
import type { Problem } from './problem.ts';

/** Most keys whose outcome is remembered for one list or answer. */
const mostOutcomes = 16;

/**
 * From this size on, in octets, data is hashed in pieces. No message brings more: what is larger the service has
 * fetched itself, and hashing it is no request's to pay.
 */
const largeData = 256 * 1024;
/** Octets that are hashed between two pauses. */
const hashedAtOnce = 64 * 1024;

/** What verifications are paid from. */
export interface Payment {
  readonly budget: Budget;
  /** Who caused them. */
  readonly origin: KeyOrigin;
}

/**
 * The signed part of a list or an answer. Whether it holds under a key is found out once and remembered, because
 * the same list is asked about at every login; what a policy allows is asked every time.
 */
export class Signed {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  private readonly identifier: AlgorithmIdentifier;
  private resolved: SignatureAlgorithm | undefined | null = null;
  private readonly outcomes: { readonly key: Uint8Array; readonly holds: boolean }[] = [];

  constructor(data: Uint8Array, identifier: AlgorithmIdentifier, signature: Uint8Array) {
    this.data = data;
    this.identifier = identifier;
    this.signature = signature;
  }

  /**
   * What is wrong with the signature under `key` and `policy`; undefined where nothing is. That the key may sign such
   * data at all is the caller's to know first. Pauses before and while it verifies; what was found out before costs
   * nothing. Throws `budget_exhausted`.
   */
  *problemUnder(
    key: PublicKeyInfo,
    policy: AlgorithmPolicy,
    { budget, origin }: Payment,
  ): Generator<undefined, Problem | undefined> {
    const algorithm = this.algorithm();
    if (algorithm === undefined) {
      return { problem: 'algorithm-forbidden', details: { algorithm: this.identifier.oid } };
    }
    const isKnown = this.outcomeUnder(key) !== undefined;
    if (!isKnown) {
      budget.payWork(verificationCost(key, Math.min(this.data.length, largeData)), origin);
      yield undefined;
    }
    const publicKey = usableKey(key);
    if (publicKey === undefined) return { problem: 'signature-wrong' };
    const forbidden = forbiddenBy(policy, algorithm, publicKey);
    if (forbidden !== undefined) return { problem: 'algorithm-forbidden', details: { algorithm: forbidden } };
    if (!isKnown) budget.spend('signatures');
    const holds =
      isKnown || this.data.length <= largeData
        ? this.holdsUnder(key)
        : yield* this.verifySteps(key, hashedAtOnce);
    return holds ? undefined : { problem: 'signature-wrong' };
  }

  /** Only the mathematics: whether the signature holds under `key`. */
  holdsUnder(key: PublicKeyInfo): boolean {
    const known = this.outcomeUnder(key);
    if (known !== undefined) return known;
    const algorithm = this.algorithm();
    const publicKey = usableKey(key);
    const holds =
      algorithm !== undefined &&
      publicKey !== undefined &&
      verifySignatureValue(algorithm, publicKey, this.data, this.signature);
    this.remember(key.der, holds);
    return holds;
  }

  /**
   * As `holdsUnder`, step by step for much data; afterwards the outcome is known. `piece` is the number of octets
   * that are hashed in one step. Algorithms that take the data as a whole do it in one.
   */
  *verifySteps(key: PublicKeyInfo, piece: number): Generator<undefined, boolean> {
    const algorithm = this.algorithm();
    const publicKey = usableKey(key);
    const verifier =
      algorithm === undefined || publicKey === undefined
        ? undefined
        : incrementalVerifier(algorithm, publicKey);
    if (verifier === undefined) return this.holdsUnder(key);
    for (let at = 0; at < this.data.length; at += piece) {
      verifier.update(this.data.subarray(at, at + piece));
      yield;
    }
    const holds = verifier.holds(this.signature);
    this.remember(key.der, holds);
    return holds;
  }

  private outcomeUnder(key: PublicKeyInfo): boolean | undefined {
    return this.outcomes.find((outcome) => compareOctets(outcome.key, key.der) === 0)?.holds;
  }

  private remember(key: Uint8Array, holds: boolean): void {
    if (this.outcomes.length < mostOutcomes) this.outcomes.push({ key: Uint8Array.from(key), holds });
  }

  private algorithm(): SignatureAlgorithm | undefined {
    if (this.resolved === null) {
      try {
        this.resolved = resolveSignatureAlgorithm(this.identifier);
      } catch (error) {
        if (!(error instanceof EncodingError)) throw error;
        this.resolved = undefined;
      }
    }
    return this.resolved;
  }
}

function usableKey(key: PublicKeyInfo) {
  try {
    const publicKey = publicKeyOf(key);
    return publicKey.family === 'unusable' ? undefined : publicKey;
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
