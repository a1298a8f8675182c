import { currentAlgorithms } from '../algorithm/policy.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { Budget, loginBudget } from '../path/budget.ts';
import type { LinkCache } from '../path/cache.ts';
import { validPaths } from '../path/find.ts';
import { profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/valid-path.ts';
import { qualify } from '../qualified/qualify.ts';
import { checkRevocation } from '../revocation/check.ts';
import type { CurrentPath } from '../revocation/current-path.ts';
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
  const paths = trustedPaths(certificates, isQualified, trust(), at, links);
  let refusal: SealgateError | undefined;
  for (let step = paths.next(); ; step = paths.next()) {
    if (step.done) return refused(refusal ?? step.value);
    try {
      const current = await checkRevocation({
        path: step.value,
        sources,
        policy,
        at,
        algorithms: currentAlgorithms,
        asksAgain: source === 'responder',
        pool: certificates,
        limits: loginBudget,
      });
      return { kind: 'current', current };
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
    }
  }
}

/**
 * The same without revocation: a path by what is trusted now, or how it stands where there is none. Nobody is asked.
 */
export function trustedPathOf(
  { trust, links }: TrustedPathContext,
  certificates: readonly [Certificate, ...Certificate[]],
  isQualified: boolean,
  at: number,
): ValidPath | Exclude<Standing, { readonly kind: 'current' }> {
  const paths = trustedPaths(certificates, isQualified, trust(), at, links);
  const step = paths.next();
  return step.done ? refused(step.value) : step.value;
}

/** Valid paths that are qualified where that is asked for; ends with the refusal of the likeliest. */
function* trustedPaths(
  [target, ...pool]: readonly [Certificate, ...Certificate[]],
  isQualified: boolean,
  view: TrustView,
  at: number,
  cache: LinkCache | undefined,
): Generator<ValidPath, SealgateError> {
  const paths = validPaths({
    target,
    pool,
    intermediates: view.intermediates,
    anchors: view.anchors,
    at,
    profile: profiles['qualified-gost'],
    budget: new Budget(loginBudget),
    cache,
  });
  let refusal: SealgateError | undefined;
  for (let step = paths.next(); ; step = paths.next()) {
    if (step.done) return refusal ?? step.value;
    try {
      if (isQualified) qualify(step.value, view);
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
      continue;
    }
    yield step.value;
  }
}

/** What a sign-in's refusal makes of what rests on the path. */
function refused(failure: SealgateError): Exclude<Standing, { readonly kind: 'current' }> {
  const { code, details, failure: kind } = failure;
  if (code === 'certificate_revoked') {
    return { kind: 'over', end: { reason: 'certificate-revoked', details: revocationDetails(failure) } };
  }
  // What is down on our side or the authority's, and a search that was too dear, say nothing of the certificate. That
  // there is no trust list at all does: an operator's own authority was all there was, and is one no more.
  const hasNoList = code === 'trust_list_unavailable' && details.date === undefined;
  const isOpen = code === 'path_budget_exhausted' || (kind.status ?? 500) >= 500;
  if (isOpen && !hasNoList) return { kind: 'open', failure };
  return { kind: 'over', end: { reason: 'certificate-untrusted', details: { code } } };
}

/** What the audit keeps of a revocation, from the `certificate_revoked` that told of it. */
export function revocationDetails({ details }: SealgateError): Readonly<Record<string, unknown>> {
  const { serialNumber, revokedAt, reason, source } = details;
  return { serialNumber, revokedAt, revocation: reason, ...(source ? { source } : {}) };
}
