/** Why something could not be fetched. */
export const fetchProblemNames = [
  'unsupported-scheme',
  'host-forbidden',
  'address-forbidden',
  'host-unknown',
  'connection-failed',
  'timed-out',
  'too-large',
  'over-quota',
  'cut-off',
  'redirected',
  'http-status',
  'not-asked-again',
  'malformed',
] as const;

/** One of these reasons. */
export type FetchProblemName = (typeof fetchProblemNames)[number];

/** What a failure is about; which of these are known depends on it. Lengths are octets. */
export type FetchFacts = {
  readonly address?: string | undefined;
  readonly announced?: number;
  readonly host?: string;
  readonly largest?: number;
  readonly octets?: number;
  readonly offset?: number;
  /** Name of the error underneath. */
  readonly reason?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: number;
  /** What was broken, in few words. */
  readonly rule?: string;
  readonly scheme?: string;
  /** HTTP status. */
  readonly status?: number;
  readonly url?: string;
};
