import type { Certificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import type { Problem, ProblemName } from './problem.ts';
import type { RevocationReason } from './reason.ts';
import { hostOf, isFetched } from './url.ts';

/** After how many seconds another try is worth while where no host has said better. */
const usualRetry = 60;
/** Most problems that a failure names. */
const mostProblems = 16;

/** Problems of a source that was not asked at all. */
const unasked: ReadonlySet<ProblemName> = new Set([
  'no-source',
  'out-of-time',
  'offline',
  'unsupported-scheme',
  'host-forbidden',
  'address-forbidden',
  'not-asked-again',
  'over-quota',
]);

/** Problems of a source on the network that another day may be over without anybody having mended anything. */
const passing: ReadonlySet<ProblemName> = new Set([
  'host-unknown',
  'connection-failed',
  'timed-out',
  'out-of-time',
  'cut-off',
  'not-asked-again',
  'over-quota',
  'try-later',
  'internal-error',
  'not-yet-valid',
  'rolled-back',
]);

/**
 * The failure for a certificate whose status stays open: `revocation_stale` where a source on the network is too old
 * and otherwise good, `revocation_unavailable` where one may have something to say later, `revocation_undetermined`
 * where waiting helps nobody. `waited` is in seconds.
 */
export function failureOf(
  certificate: Certificate,
  problems: readonly Problem[],
  at: number,
  waited: number,
): SealgateError {
  const shown = distinct(problems);
  const asked = shown.filter(({ problem, source }) => isOnNetwork(source) && !unasked.has(problem));
  const hosts = [...new Set(asked.map(({ source = '' }) => hostOf(source)))];
  const details = {
    ...certificate.naming,
    serialNumber: certificate.serialNumberHex,
    hosts: hosts.length === 0 ? undefined : hosts,
    waited: hosts.length === 0 ? undefined : Math.round(waited * 10) / 10,
    problems: shown.slice(0, mostProblems),
  };
  const stale = shown.find(({ problem, source }) => problem === 'stale' && isOnNetwork(source));
  if (stale === undefined && !shown.some(mayPass))
    return new SealgateError('revocation_undetermined', details);
  const later = { ...details, retryAfter: retryAfterOf(shown) };
  if (stale === undefined) return new SealgateError('revocation_unavailable', later);
  const { thisUpdate, nextUpdate } = stale.details ?? {};
  return new SealgateError('revocation_stale', { ...later, thisUpdate, nextUpdate, at: new Date(at) });
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  const byName = new Map(
    problems.map((each) => [`${each.problem} ${each.details?.kind ?? ''} ${each.source ?? ''}`, each]),
  );
  return [...byName.values()];
}

function isOnNetwork(source: string | undefined): boolean {
  return source !== undefined && isFetched(source);
}

/** Whether the same source may settle it later: what came along with a question stays as it is. */
function mayPass({ problem, source, details }: Problem): boolean {
  if (!isOnNetwork(source)) return false;
  const status = details?.status ?? 0;
  return passing.has(problem) || (problem === 'http-status' && (status >= 500 || status === 429));
}

function retryAfterOf(problems: readonly Problem[]): number {
  const pauses = problems.flatMap(({ details }) =>
    details?.retryAfter === undefined ? [] : [details.retryAfter],
  );
  return pauses.length === 0 ? usualRetry : Math.max(1, Math.min(...pauses));
}

/** `certificate_revoked`: since when and why; a hold is named by its reason, `certificateHold`. */
export function revokedFailure(
  certificate: Certificate,
  entry: {
    readonly revokedAt: number;
    readonly reason: RevocationReason;
    readonly invalidSince?: number | undefined;
  },
  source: string | undefined,
): SealgateError<'certificate_revoked'> {
  return new SealgateError('certificate_revoked', {
    ...certificate.naming,
    serialNumber: certificate.serialNumberHex,
    revokedAt: new Date(entry.revokedAt),
    reason: entry.reason,
    invalidSince: entry.invalidSince === undefined ? undefined : new Date(entry.invalidSince),
    source,
  });
}
