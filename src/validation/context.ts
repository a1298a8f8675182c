import type { Budget } from '../budget/budget.ts';
import { inSlices } from '../budget/slices.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import { usualFetch } from '../fetch/fetcher.ts';
import { firstOf, firstThatHolds } from '../issuer/first.ts';
import { searchPaths } from '../issuer/search.ts';
import type { IssuerSource } from '../issuer/source.ts';
import type { LinkCache } from '../path/cache.ts';
import type { PathInput, PolicySettings } from '../path/input.ts';
import { AnchorSet, type CertificateSet } from '../path/pool.ts';
import { type Profile, type ProfileName, profiles } from '../path/profile.ts';
import type { ValidPath } from '../path/validation.ts';
import type { Checks } from '../report/check.ts';
import { Patience } from '../revocation/check/patience.ts';
import { checkRevocation } from '../revocation/check.ts';
import { provenTime, type RevocationEvidence } from '../revocation/evidence.ts';
import { type EncodedValues, type MessageValues, readValues } from '../revocation/message-values.ts';
import type { PastTime } from '../revocation/past-time.ts';
import { type MessageTrust, strictPolicy } from '../revocation/policy.ts';
import { createSources, type RevocationSources, usualSources } from '../revocation/sources.ts';
import { type MessageCertificates, parseCertificates } from '../signature/signer-certificate.ts';
import type { TimestampAuthorities } from '../timestamp/ask.ts';
import type { TrustView } from '../trust-list/view.ts';

/** What certificates are validated against. */
export interface ValidationContext {
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
  /** Nothing is looked at of revocation, whatever there is; for whoever answers for that himself. */
  readonly leavesRevocation?: boolean;
  /** Where issuers are asked for that are not at hand; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource | undefined;
  /** How long the network is waited for, by all paths of one question together. */
  readonly patience: Patience;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where `at` is a time gone by that is asked about in a validation of today. */
  readonly past?: PastTime | undefined;
  readonly profile: ProfileName;
  /** In place of those of the profile. */
  readonly rules?: Profile | undefined;
  readonly policies?: PolicySettings | undefined;
  readonly links?: LinkCache | undefined;
  /** That of the request. */
  readonly budget: Budget;
}

/** By what time and which profile a question is judged. */
export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `at` is not now. */
  readonly isPast?: boolean;
  readonly profile: ProfileName;
  readonly policies?: PolicySettings | undefined;
}

/** What comes with a question to be judged by; encodings are DER. */
export interface EncodedEvidence extends EncodedValues {
  /** Certificates that may lie on a path, unordered. */
  readonly untrusted: readonly Uint8Array[];
}

/** What comes with a question. */
export interface GivenEvidence extends Circumstances, EncodedEvidence {}

/** What came with a question, parsed: once, however many signers and paths are judged by it. */
export interface Given {
  readonly certificates: MessageCertificates;
  readonly values: MessageValues;
}

/**
 * Parses what comes with a question, in slices. Certificates that cannot be read are told when they are used. Throws
 * `budget_exhausted`.
 */
export async function readGiven(
  { untrusted, lists, answers }: EncodedEvidence,
  budget: Budget,
): Promise<Given> {
  const certificates = parseCertificates(untrusted, budget, parseCertificate);
  const values = await inSlices(readValues({ lists, answers }, budget), budget.share);
  return { certificates, values };
}

/** What a service validates with: its own trust and its own sources of revocation. */
export interface ServiceTrust {
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  /** As for logins; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource;
  readonly links?: LinkCache;
  /** Who is asked for time-stamps; documents are not extended where it is absent. */
  readonly timestamps?: TimestampAuthorities;
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

/** Anchors from their encodings. Throws `certificate_malformed`. */
export function readAnchors(encodings: readonly Uint8Array[]): AnchorSet {
  return new AnchorSet(encodings.map((der) => anchorOf(parseCertificate(der))));
}

/** The context that the question itself brings: these anchors, and no network. */
export function contextOfAnchors(
  anchors: AnchorSet,
  given: Given,
  circumstances: Circumstances,
  budget: Budget,
  checks: Checks,
): ValidationContext {
  return {
    ...commonContext(given, circumstances, budget, checks),
    anchors,
    messageValues: 'equal',
    sources: noSources(),
    asksSources: false,
    patience: usualPatience(),
  };
}

/**
 * The context of a service. Its sources know how things stand now: for another moment, lists and answers have to come
 * with the question, and the service's own are left alone. For this moment whoever signed could bring those from
 * before a revocation, so that they count only where the service cannot find out. Certificates of issuers are what
 * they are at any moment.
 */
export function contextOfService(
  view: TrustView,
  { sources, issuers, links }: ServiceTrust,
  given: Given,
  circumstances: Circumstances,
  budget: Budget,
  checks: Checks,
  patience: Patience,
): ValidationContext {
  return {
    ...commonContext(given, circumstances, budget, checks),
    anchors: view.anchors,
    intermediates: view.intermediates,
    messageValues: circumstances.isPast === true ? 'equal' : 'last-resort',
    sources: circumstances.isPast === true ? noSources() : sources,
    asksSources: true,
    issuers,
    patience,
    links,
  };
}

/** A certificate of the pool that cannot be read is of no use, which the report says. */
function commonContext(
  { certificates, values }: Given,
  { at, profile, policies }: Circumstances,
  budget: Budget,
  checks: Checks,
) {
  for (const { code, details } of certificates.broken)
    checks.add({ stage: 'path', name: 'path.candidate', outcome: 'failed', code, details });
  return { pool: certificates.certificates, given: values, at, profile, policies, budget };
}

/** Whether revocation is looked at; where it is not, the report says so. */
export function checksRevocation({ asksSources, leavesRevocation, given }: ValidationContext): boolean {
  if (leavesRevocation === true) return false;
  const { lists, answers, problems } = given;
  return asksSources || lists.length > 0 || answers.length > 0 || problems.length > 0;
}

/** A path that holds, and the time for which it is known that nothing on it was revoked. */
export interface PathStatus {
  readonly path: ValidPath;
  /** Milliseconds since the epoch; undefined where revocation was not looked at. */
  readonly revocationAsOf: number | undefined;
  /** Empty where revocation was not looked at. */
  readonly evidence: readonly RevocationEvidence[];
}

/**
 * The first path from `target` that holds and, where that can be said, is not revoked; where revocation refuses one,
 * the next is tried. Throws the failure that says most.
 */
export async function firstCurrentPath(
  context: ValidationContext,
  target: Certificate,
  checks: Checks,
): Promise<PathStatus> {
  const {
    anchors,
    intermediates,
    pool,
    at,
    past,
    policies,
    links: cache,
    issuers,
    patience,
    budget,
  } = context;
  const profile = context.rules ?? profiles[context.profile];
  const paths = searchPaths({
    ...{ target, pool, intermediates, anchors, at, profile, policies, cache, issuers, patience },
    budget,
    report: checks,
  });
  if (!checksRevocation(context)) {
    const path = await firstOf(paths);
    const details = { reason: 'no-revocation-data' };
    checks.add({ stage: 'revocation', name: 'revocation.status', outcome: 'skipped', details });
    return { path, revocationAsOf: undefined, evidence: [] };
  }
  const { sources, given: message, messageValues } = context;
  const policy = { ...strictPolicy, messageValues };
  const common = {
    sources,
    policy,
    at,
    past,
    algorithms: profile.algorithms,
    pool,
    message,
    patience,
    budget,
  };
  return firstThatHolds(paths, async (candidate) => {
    const { path, evidence } = await checkRevocation({ ...common, path: candidate, report: checks });
    return { path, revocationAsOf: provenTime(evidence), evidence };
  });
}
