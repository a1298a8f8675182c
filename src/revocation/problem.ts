import { FetchFailure } from '../fetch/failure.ts';
import { type FetchFacts, fetchProblemNames } from '../fetch/problem.ts';
import type { SourceKind } from './policy.ts';

/**
 * Why a list or an answer was not had or cannot be used. Those of fetching come first; what follows is found when it
 * is read, and the last group is what an OCSP responder says of itself (RFC 6960, section 4.2.1).
 */
export const problemNames = [
  ...fetchProblemNames,
  'no-source',
  'out-of-time',
  'other-issuer',
  'other-certificate',
  'out-of-scope',
  'some-reasons-open',
  'unknown-critical-extension',
  'issuer-unauthorised',
  'existence-unproven',
  'responder-unauthorised',
  'signature-wrong',
  'algorithm-forbidden',
  'not-yet-valid',
  'stale',
  'rolled-back',
  'nonce-missing',
  'nonce-wrong',
  'status-unknown',
  'malformed-request',
  'internal-error',
  'try-later',
  'signature-required',
  'unauthorized',
] as const;

/** One of these reasons. */
export type ProblemName = (typeof problemNames)[number];

/**
 * What only a responder's own answer can bring about. Where one of these stands the source did answer, and what
 * others say of an earlier time does not take the answer's place.
 */
export const contrary: ReadonlySet<ProblemName> = new Set(['nonce-missing', 'nonce-wrong', 'status-unknown']);

/** What a problem is about; which of these are known depends on the problem. */
export type ProblemFacts = FetchFacts & {
  readonly algorithm?: string;
  readonly extension?: string;
  /** What was asked for, or came. */
  readonly kind?: SourceKind;
  readonly nextUpdate?: Date | undefined;
  /** Of a list. */
  readonly number?: string;
  readonly producedAt?: Date;
  /** Reasons that nothing was said of. */
  readonly reasons?: readonly string[];
  readonly thisUpdate?: Date | undefined;
};

/** One reason why a source did not settle the status, with what it is about. */
export interface Problem {
  readonly problem: ProblemName;
  /** URL, or where else the answer came from. */
  readonly source?: string;
  readonly details?: ProblemFacts;
}

/** A list or an answer that was not had; turned into a Problem of its source by whoever asked. */
export class RetrievalFailure extends Error {
  override readonly name = 'RetrievalFailure';
  readonly problem: ProblemName;
  readonly details: ProblemFacts;

  constructor(problem: ProblemName, details: ProblemFacts = {}, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
    this.details = details;
  }
}

/** The problem of a list or an answer from `source` that an error tells of; any other error is thrown again. */
export function problemOf(error: unknown, kind: SourceKind, source: string): Problem {
  if (!(error instanceof RetrievalFailure || error instanceof FetchFailure)) throw error;
  const { problem, details } = error;
  return { problem, source, details: { kind, ...details } };
}
