/**
 * Why a list or an answer was not had or cannot be used. The first group is found when it is fetched, the second
 * when it is read, the third is what an OCSP responder says of itself (RFC 6960, section 4.2.1).
 */
export const problemNames = [
  'no-source',
  'unsupported-scheme',
  'host-forbidden',
  'address-forbidden',
  'host-unknown',
  'connection-failed',
  'timed-out',
  'too-slow',
  'too-large',
  'cut-off',
  'redirected',
  'http-status',
  'not-asked-again',
  'malformed',
  'other-issuer',
  'other-certificate',
  'out-of-scope',
  'some-reasons-open',
  'unknown-critical-extension',
  'issuer-unauthorised',
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

/** What a problem is about; which of these are known depends on the problem. Times are `Date`, lengths octets. */
export type ProblemFacts = {
  readonly address?: string | undefined;
  readonly algorithm?: string;
  readonly announced?: number;
  readonly extension?: string;
  readonly host?: string;
  readonly kind?: 'crl' | 'ocsp';
  readonly largest?: number;
  readonly nextUpdate?: Date | undefined;
  readonly octets?: number;
  readonly offset?: number;
  readonly producedAt?: Date;
  /** Name of the error underneath, or of what a certificate could be revoked for. */
  readonly reason?: string | undefined;
  readonly reasons?: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;
  /** What was broken, in few words. */
  readonly rule?: string;
  readonly scheme?: string;
  /** HTTP status. */
  readonly status?: number;
  readonly thisUpdate?: Date | undefined;
  readonly url?: string;
};

/** One reason why a source did not settle the status, with what it is about. */
export interface Problem {
  readonly problem: ProblemName;
  /** URL, or where else the answer came from. */
  readonly source?: string;
  readonly details?: ProblemFacts;
}
