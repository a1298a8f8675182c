import { EncodingError } from '../asn1/error.ts';
import { isExhausted } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type Details, type FailureCode, SealgateError } from '../error.ts';

/**
 * Why one path, or one step of one, is no good. Searching meets thousands of these in a hostile pool, so they
 * are plain objects; one of them becomes an error in the end.
 */
export interface PathProblem {
  readonly code: FailureCode;
  /** How near to a valid path it was met; the nearest is reported. */
  readonly rank: number;
  /** The certificate that is at fault. */
  readonly certificate: Certificate;
  /** Details beside `certificate`, made only for the problem that is reported. */
  readonly details: () => Details;
  /** The error underneath, if there is one. */
  readonly cause?: unknown;
}

/**
 * Ranks: what was met on a whole path up to an anchor says more than what was met on the way, and of two whole
 * paths the one that fails for its term was otherwise good. A missing issuer comes last, because every search
 * meets some.
 */
export const rank = {
  noIssuer: 10,
  untrustedRoot: 20,
  signature: 40,
  unfitIssuer: 50,
  rule: 60,
  usage: 70,
  term: 80,
} as const;

/** A problem of `certificate`; `details` runs only if the problem is reported. */
export function problem(
  code: FailureCode,
  rankOfProblem: number,
  certificate: Certificate,
  details: () => Details = () => ({}),
): PathProblem {
  return { code, rank: rankOfProblem, certificate, details };
}

/** The breach of a rule of certification: `chain_invalid`, with the rule's name from the vocabulary. */
export function breach(certificate: Certificate, rule: string, details: Details = {}): PathProblem {
  return problem('chain_invalid', rank.rule, certificate, () => ({ rule, ...details }));
}

/** An error thrown while a certificate was read, as a problem of it. What ends the whole search is thrown on. */
export function problemOf(error: unknown, certificate: Certificate): PathProblem {
  if (error instanceof EncodingError) {
    const details = { rule: error.rule, offset: error.offset };
    return {
      code: 'certificate_malformed',
      rank: rank.rule,
      certificate,
      details: () => details,
      cause: error,
    };
  }
  if (!(error instanceof SealgateError) || isExhausted(error)) throw error;
  return { code: error.code, rank: rank.rule, certificate, details: () => error.details, cause: error };
}

/** The error that people and the audit are given. */
export function errorOf(found: PathProblem): SealgateError {
  const details = { ...found.certificate.naming, ...found.details() };
  return new SealgateError(
    found.code,
    details,
    found.cause === undefined ? undefined : { cause: found.cause },
  );
}
