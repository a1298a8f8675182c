import type { Certificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import type { Problem } from './problem.ts';
import type { RevocationReason } from './reason.ts';
import { hostOf } from './url.ts';

/** After how many seconds another try is worth while where no host has said better. */
const usualRetry = 60;
/** Most problems that a failure names. */
const mostProblems = 16;

/**
 * The failure for a certificate whose status stays open: `revocation_stale` where an answer that is otherwise good
 * came too old, `revocation_unavailable` for everything else. `waited` is in seconds.
 */
export function failureOf(
  certificate: Certificate,
  problems: readonly Problem[],
  at: number,
  waited: number,
): SealgateError {
  const stale = problems.find(({ problem }) => problem === 'stale');
  const hosts = [
    ...new Set(problems.flatMap(({ source }) => (source === undefined ? [] : [hostOf(source)]))),
  ];
  const pauses = problems.flatMap(({ details }) =>
    details?.retryAfter === undefined ? [] : [details.retryAfter],
  );
  const details = {
    ...certificate.naming,
    serialNumber: certificate.serialNumberHex,
    hosts: hosts.length === 0 ? undefined : hosts,
    waited: Math.round(waited * 10) / 10,
    retryAfter: pauses.length === 0 ? usualRetry : Math.max(1, Math.min(...pauses)),
    problems: problems.slice(0, mostProblems),
  };
  if (stale === undefined) return new SealgateError('revocation_unavailable', details);
  const { thisUpdate, nextUpdate } = stale.details ?? {};
  return new SealgateError('revocation_stale', { ...details, thisUpdate, nextUpdate, at: new Date(at) });
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
