import type { Certificate } from '../certificate/certificate.ts';

/** What certificates below an authority may be used for. */
export type Purpose = 'sign-in' | 'documents';

export const purposes: readonly Purpose[] = ['sign-in', 'documents'];

/**
 * What an operator trusts a certificate as: paths may end in an `anchor`; an `authority` counts as accredited for the
 * purposes and the term given; a `list-signer` may sign lists of authorities.
 */
export type LocalRole = 'anchor' | 'authority' | 'list-signer';

export const localRoles: readonly LocalRole[] = ['anchor', 'authority', 'list-signer'];

/** An authority of the operator's own. Times are milliseconds since the epoch; both ends belong to the term. */
export interface LocalAuthority {
  readonly certificate: Certificate;
  readonly purposes: ReadonlySet<Purpose>;
  readonly validFrom: number;
  readonly validUntil: number;
}

/** Standing of an operator's authority at a moment. */
export function standingOf(
  { purposes: allowed, validFrom, validUntil }: LocalAuthority,
  at: number,
  purpose: Purpose,
): 'accredited' | 'ended' | 'not-yet' | 'other-purpose' {
  if (!allowed.has(purpose)) return 'other-purpose';
  if (at < validFrom) return 'not-yet';
  return at > validUntil ? 'ended' : 'accredited';
}
