import { EncodingError } from '../asn1/error.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type Details, isFailure, SealgateError } from '../error.ts';
import type { PathTerm } from '../failure/path-terms.ts';
import type { PathCode } from './refusals.ts';

/** How a certificate is named in the details of a failure. */
type Naming = Certificate['naming'];

/**
 * Why one path, or one step of one, is no good. Searching meets thousands of these in a hostile pool, so they
 * are plain objects; one of them becomes an error in the end.
 */
export type PathProblem<Code extends PathCode = PathCode> = Code extends PathCode
  ? {
      readonly code: Code;
      /** How near to a valid path it was met; the nearest is reported. */
      readonly rank: number;
      /** The certificate that is at fault. */
      readonly certificate: Certificate;
      /** Details beside the certificate's name, made only for the problem that is reported. */
      readonly details: () => Omit<Details<Code>, keyof Naming>;
      /** The error underneath, if there is one. */
      readonly cause?: unknown;
    }
  : never;

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
export function problem<Code extends PathCode>(
  code: Code,
  rankOfProblem: number,
  certificate: Certificate,
  details: PathProblem<Code>['details'],
): PathProblem<Code> {
  return { code, rank: rankOfProblem, certificate, details } as PathProblem<Code>;
}

/** The breach of a rule of certification: `chain_invalid`, with what it is about. */
export function breach(certificate: Certificate, rule: PathTerm, found?: string): PathProblem {
  return problem('chain_invalid', rank.rule, certificate, () => ({ rule, found }));
}

/** An error thrown while a certificate was read, as a problem of it. Any other is thrown on. */
export function problemOf(error: unknown, certificate: Certificate): PathProblem {
  const malformed = { code: 'certificate_malformed', rank: rank.rule, certificate, cause: error } as const;
  if (error instanceof EncodingError) {
    const { rule, offset } = error;
    return { ...malformed, details: () => ({ rule, offset }) };
  }
  if (!isFailure(error, 'certificate_malformed')) throw error;
  return { ...malformed, details: () => error.details };
}

/** The error that people and the audit are given. */
export function errorOf({ code, certificate, details, cause }: PathProblem): SealgateError<PathCode> {
  return new SealgateError<PathCode>(
    code,
    { ...certificate.naming, ...details() },
    cause === undefined ? undefined : { cause },
  );
}
