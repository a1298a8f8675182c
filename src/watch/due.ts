import type { RevocationEvidence } from '../revocation/evidence.ts';
import { sessionLifetime } from '../session/session.ts';

const minute = 60_000;
/** No path is looked at more often than this for its time alone, ms. */
export const leastPause = 5 * minute;
/** Nor less often where a responder tells its status, whatever term an answer has: what was revoked since is to end its sessions soon. */
const longestPause = 60 * minute;
/** An answer is renewed when this part of its term is left, so that the next sign-in finds a fresh one. */
const leftToRenew = 0.25;

/** Whether a status has to be asked for again, because no list that the service holds tells it; those come by themselves. */
export function isAskedFor(evidence: RevocationEvidence): boolean {
  return evidence.source !== 'crl' || evidence.isInGrace || evidence.origin === 'message';
}

/** When a path with this evidence is to be looked at again, ms since the epoch; `at` is now. */
export function dueAfter(evidence: readonly RevocationEvidence[], at: number): number {
  return Math.ceil(Math.min(at + sessionLifetime, ...evidence.map((each) => nextAt(each, at))));
}

function nextAt(evidence: RevocationEvidence, at: number): number {
  if (evidence.source === 'break-glass' || evidence.isInGrace || evidence.isLastResort)
    return at + leastPause;
  const left = (evidence.nextUpdate ?? at) - at;
  // The list that follows has come by then, or does not come any more.
  if (!isAskedFor(evidence)) return at + Math.max(leastPause, left);
  return at + Math.min(longestPause, Math.max(leastPause, left * (1 - leftToRenew)));
}
