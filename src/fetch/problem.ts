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
