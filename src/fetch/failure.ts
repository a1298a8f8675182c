import type { FetchFacts, FetchProblemName } from './problem.ts';

/** A fetch that gave nothing. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly problem: FetchProblemName;
  readonly details: FetchFacts;

  constructor(problem: FetchProblemName, details: FetchFacts = {}, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
    this.details = details;
  }
}

/** Codes of failures before a connection stands: nothing of the request, its path above all, has been sent by then. */
const whileConnecting: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a failure says something of: the host as such, this address of it, or neither. */
export type Blamed = 'host' | 'address' | 'nobody';

/**
 * Who is to blame for a failure, so that it is asked less. A host is blamed only for what it does whatever is asked
 * of it; what came of one address, which somebody outside may have chosen, says nothing of the host's others.
 */
export function blamedFor({ problem, details }: FetchFailure): Blamed {
  switch (problem) {
    case 'host-unknown':
      return 'host';
    case 'connection-failed':
    case 'timed-out':
      return whileConnecting.has(details.reason) ? 'host' : 'address';
    case 'http-status':
      return (details.status ?? 0) >= 500 ? 'address' : 'nobody';
    case 'too-large':
    case 'cut-off':
    case 'malformed':
      return 'address';
    default:
      return 'nobody';
  }
}
