import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { usualFetch } from '../fetch/fetcher.ts';
import { searchPaths } from '../issuer/search.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { Budget } from '../path/budget.ts';
import type { LinkCache } from '../path/cache.ts';
import type { PathInput, PolicySettings } from '../path/input.ts';
import type { CertificateSet } from '../path/pool.ts';
import { type ProfileName, profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/valid-path.ts';
import type { Checks } from '../report/check.ts';
import type { MessageValues } from '../revocation/check/input.ts';
import { Patience } from '../revocation/check/patience.ts';
import { checkRevocation } from '../revocation/check.ts';
import { provenTime } from '../revocation/evidence.ts';
import { type MessageTrust, strictPolicy } from '../revocation/policy.ts';
import { createSources, type RevocationSources, usualSources } from '../revocation/sources.ts';
import type { TrustView } from '../trust-list/view.ts';

/** What certificates are validated against. */
export interface ValidationGround {
  readonly anchors: PathInput['anchors'];
  /** Long-lived certificates of authorities, beside those that come with the question. */
  readonly intermediates?: CertificateSet | undefined;
  /** Certificates that may lie on a path, unverified. */
  readonly pool: readonly Certificate[];
  /** Lists and answers that come with the question. */
  readonly given: MessageValues;
  /** What they are good for. */
  readonly messageValues: MessageTrust;
  readonly sources: RevocationSources;
  /** Whether revocation is asked for even where nothing was given. */
  readonly asksSources: boolean;
  /** Where issuers are asked for that are not at hand; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource | undefined;
  /** How long the network is waited for, by all paths of one question together. */
  readonly patience: Patience;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly profile: ProfileName;
  readonly policies?: PolicySettings | undefined;
  readonly links?: LinkCache | undefined;
}

/** What comes with a question; encodings are DER. */
export interface GivenEvidence {
  /** Certificates that may lie on a path, unordered. */
  readonly untrusted: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `at` is not now. */
  readonly isPast?: boolean;
  readonly profile: ProfileName;
  readonly policies?: PolicySettings | undefined;
}

/** What a service validates with: its own trust and its own sources of revocation. */
export interface ServiceGround {
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  /** As for logins; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource;
  readonly links?: LinkCache;
}

/** How long one question waits for the network, from now on; as long as a sign-in under the strict policy. */
export function usualPatience(): Patience {
  return new Patience(strictPolicy.patience);
}

let offline: RevocationSources | undefined;

/** Sources that hold nothing and fetch nothing: lists and answers come with the question. */
function noSources(): RevocationSources {
  offline ??= createSources({ ...usualSources, fetch: { ...usualFetch, allowedHosts: [] } });
  return offline;
}

/** The ground that the question itself brings: these anchors, and no network. Throws `certificate_malformed` for an anchor. */
export function groundOfAnchors(
  anchors: readonly Uint8Array[],
  given: GivenEvidence,
  checks: Checks,
): ValidationGround {
  return {
    ...commonGround(given, checks),
    anchors: anchors.map((der) => anchorOf(parseCertificate(der))),
    messageValues: 'equal',
    sources: noSources(),
    asksSources: false,
    patience: usualPatience(),
  };
}

/**
 * The ground of a service. Its sources know how things stand now: for another moment, lists and answers have to come
 * with the question, and the service's own are left alone. For this moment whoever signed could bring those from
 * before a revocation, so that they count only where the service cannot find out. Certificates of issuers are what
 * they are at any moment.
 */
export function groundOfService(
  view: TrustView,
  { sources, issuers, links }: ServiceGround,
  given: GivenEvidence,
  checks: Checks,
  patience: Patience,
): ValidationGround {
  return {
    ...commonGround(given, checks),
    anchors: view.anchors,
    intermediates: view.intermediates,
    messageValues: given.isPast === true ? 'equal' : 'last-resort',
    sources: given.isPast === true ? noSources() : sources,
    asksSources: true,
    issuers,
    patience,
    links,
  };
}

function commonGround({ untrusted, lists, answers, at, profile, policies }: GivenEvidence, checks: Checks) {
  return {
    pool: untrusted.flatMap((der) => readableOrNone(der, checks)),
    given: { lists, answers },
    at,
    profile,
    policies,
  };
}

/** A certificate of the pool that cannot be read is of no use, which the report says. */
function readableOrNone(der: Uint8Array, checks: Checks): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, details } = error;
    checks.add({ stage: 'path', name: 'path.candidate', outcome: 'failed', code, details });
    return [];
  }
}

/** Whether revocation is looked at; where it is not, the report says so. */
export function checksRevocation({ asksSources, given }: ValidationGround): boolean {
  return asksSources || given.lists.length > 0 || given.answers.length > 0;
}

/** A path that holds, and the time for which it is known that nothing on it was revoked. */
export interface PathStatus {
  readonly path: ValidPath;
  /** Milliseconds since the epoch; undefined where revocation was not looked at. */
  readonly revocationAsOf: number | undefined;
}

/**
 * The first path from `target` that holds and, where that can be said, is not revoked; where revocation refuses one,
 * the next is tried. Throws the failure that says most.
 */
export async function firstCurrentPath(
  ground: ValidationGround,
  target: Certificate,
  checks: Checks,
): Promise<PathStatus> {
  const { anchors, intermediates, pool, at, policies, links: cache, issuers, patience } = ground;
  const profile = profiles[ground.profile];
  const paths = searchPaths({
    ...{ target, pool, intermediates, anchors, at, profile, policies, cache, issuers, patience },
    budget: new Budget(),
    report: checks,
  });
  let refusal: SealgateError | undefined;
  for (let step = await paths.next(); ; step = await paths.next()) {
    if (step.done) throw refusal ?? step.value;
    if (!checksRevocation(ground)) {
      const details = { reason: 'no-revocation-data' };
      checks.add({ stage: 'revocation', name: 'revocation.status', outcome: 'skipped', details });
      return { path: step.value, revocationAsOf: undefined };
    }
    try {
      const { algorithms } = profile;
      const { sources, given: message, messageValues } = ground;
      const policy = { ...strictPolicy, messageValues };
      const input = { path: step.value, sources, policy, at, algorithms, pool, message };
      const { path, evidence } = await checkRevocation({ ...input, patience, report: checks });
      return { path, revocationAsOf: provenTime(evidence) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= error;
    }
  }
}
