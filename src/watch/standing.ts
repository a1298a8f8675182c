import { currentAlgorithms } from '../algorithm/policy.ts';
import { Budget, isExhausted } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { firstThatHolds } from '../issuer/first.ts';
import { searchPaths } from '../issuer/search.ts';
import type { LinkCache } from '../path/cache.ts';
import { profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/validation.ts';
import { qualify } from '../qualified/qualify.ts';
import type { CurrentPath } from '../revocation/check.ts';
import { checkRevocation } from '../revocation/check.ts';
import { type RevocationPolicy, strictPolicy } from '../revocation/policy.ts';
import type { RevocationSources } from '../revocation/sources.ts';
import type { TrustView } from '../trust-list/view.ts';
import type { WatchedPath } from './watched-path.ts';
import type { WatchedEnd } from './watched-session.ts';

/** What paths under watch are judged by. */
export interface StandingContext {
  readonly sources: RevocationSources;
  /** The trust in force now. */
  readonly trust: () => TrustView;
  readonly links?: LinkCache | undefined;
}

/** What a path is looked for by. */
export type TrustedPathContext = Pick<StandingContext, 'trust' | 'links'>;

/** How a path under watch stands. */
export type Standing =
  | { readonly kind: 'current'; readonly current: CurrentPath }
  /** A sign-in by it would be refused, for good or until something else changes than the network. */
  | { readonly kind: 'over'; readonly end: WatchedEnd }
  /** It could not be decided. */
  | { readonly kind: 'open'; readonly failure: SealgateError };

/** Where the status of a path is looked for: lists that are held settle it, or a responder is asked for its present word. */
export type StandingSource = 'held' | 'responder';

/** The responder first, even where a list that is held would do: its answer is what the session rests on. */
const responderPolicy: RevocationPolicy = {
  ...strictPolicy,
  order: ['ocsp', 'crl'],
  preferredPatience: strictPolicy.patience,
};

/**
 * Judges a path under watch as a sign-in by its certificate would be judged at `at` (ms since the epoch): a valid path
 * by what is trusted now, qualified where that was asked for, every certificate unrevoked. A path that does not hold
 * gives way to the next; where none is left, the refusal of the likeliest counts.
 */
export async function standingOf(
  { sources, trust, links }: StandingContext,
  { certificates, isQualified }: Pick<WatchedPath, 'certificates' | 'isQualified'>,
  source: StandingSource,
  at: number,
): Promise<Standing> {
  const policy = source === 'responder' ? responderPolicy : strictPolicy;
  const budget = new Budget(signInLimits);
  const view = trust();
  const paths = pathsOf({ certificates, view, links, budget, at });
  try {
    const current = await firstThatHolds(paths, (path) => {
      if (isQualified) qualify(path, view);
      return checkRevocation({
        ...{ path, sources, policy, at, budget },
        algorithms: currentAlgorithms,
        asksAgain: source === 'responder',
        pool: certificates,
      });
    });
    return { kind: 'current', current };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused(error);
  }
}

/** The same without revocation: a path by what is trusted now, or how it stands where there is none. Nobody is asked. */
export async function trustedPathOf(
  { trust, links }: TrustedPathContext,
  certificates: readonly [Certificate, ...Certificate[]],
  isQualified: boolean,
  at: number,
): Promise<ValidPath | Exclude<Standing, { readonly kind: 'current' }>> {
  const view = trust();
  const paths = pathsOf({ certificates, view, links, budget: new Budget(signInLimits), at });
  try {
    return await firstThatHolds(paths, (path) => {
      if (isQualified) qualify(path, view);
      return path;
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused(error);
  }
}

interface PathQuestion {
  readonly certificates: readonly [Certificate, ...Certificate[]];
  readonly view: TrustView;
  readonly links: LinkCache | undefined;
  readonly budget: Budget;
  readonly at: number;
}

/** Valid paths by certificates that are at hand; nobody is asked for others. */
function pathsOf({ certificates: [target, ...pool], view, links: cache, budget, at }: PathQuestion) {
  const { anchors, intermediates } = view;
  const profile = profiles['qualified-gost'];
  return searchPaths({ target, pool, intermediates, anchors, at, profile, budget, cache });
}

/** What a sign-in's refusal makes of what rests on the path. */
function refused(failure: SealgateError): Exclude<Standing, { readonly kind: 'current' }> {
  if (isFailure(failure, 'certificate_revoked')) {
    return { kind: 'over', end: { reason: 'certificate-revoked', details: revocationDetails(failure) } };
  }
  const { code, failure: kind } = failure;
  // What is down on our side or the authority's, and a search that was too dear, say nothing of the certificate. That
  // there is no trust list at all does: an operator's own authority was all there was, and is one no more.
  const hasNoList = isFailure(failure, 'trust_list_unavailable') && failure.details.date === undefined;
  const isOpen = code === 'path_budget_exhausted' || isExhausted(failure) || (kind.status ?? 500) >= 500;
  if (isOpen && !hasNoList) return { kind: 'open', failure };
  return { kind: 'over', end: { reason: 'certificate-untrusted', details: { code } } };
}

/** What the audit keeps of a revocation, from the `certificate_revoked` that told of it. */
export function revocationDetails({
  details,
}: SealgateError<'certificate_revoked'>): Readonly<Record<string, unknown>> {
  const { serialNumber, revokedAt, reason, source } = details;
  return { serialNumber, revokedAt, revocation: reason, ...(source ? { source } : {}) };
}
