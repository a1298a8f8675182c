import type { AlgorithmPolicy } from '../../algorithm/policy.ts';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { EncodingError } from '../../asn1/error.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { crlDistributionPoints } from '../../certificate/distribution-point.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { isAfter } from '../../certificate/term.ts';
import { type Freshness, termAt } from '../freshness.ts';
import { isLater, isProvenInTerm, type LaterRevocation, type PastTime } from '../past-time.ts';
import type { Problem } from '../problem.ts';
import type { Payment } from '../signed.ts';
import { findDelta } from './delta.ts';
import type { RevokedEntry } from './entry.ts';
import { expiredCertsOnCrl } from './extension.ts';
import { type ListIssuer, maySignLists } from './issue.ts';
import type { CertificateList } from './list.ts';
import { allReasons, reasonsIn } from './reason-mask.ts';
import { coverage, type Point, pointOfIssuer } from './scope.ts';
import { isLaterIssue } from './sequence.ts';

/** Most certificates of one name that are tried as the issuer of a list: a message may bring very many. */
const mostCandidates = 8;

/** The status of one certificate by lists: everything that the answer depends on. */
export interface CrlQuestion {
  readonly certificate: Certificate;
  /** The validated authorities above the certificate, its issuer first, the trust anchor last. */
  readonly authorities: readonly ListIssuer[];
  /** Certificates outside of the path whose keys may have signed lists; nothing is known of them yet. */
  readonly candidates: readonly Certificate[];
  readonly lists: readonly CertificateList[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where `at` is a time gone by. */
  readonly past?: PastTime | undefined;
  readonly algorithms: AlgorithmPolicy;
  readonly freshness: Freshness;
  /**
   * Whether a candidate has itself a valid path to the trust anchor of this path (RFC 5280, section 6.3.3, f). Nothing
   * is verified under its key before that is known.
   */
  readonly isIssuerValid: (certificate: Certificate) => Generator<undefined, boolean>;
  /** Whether no certificate of that path is revoked. Asked only after the signature has held. */
  readonly isIssuerCurrent: (certificate: Certificate) => Generator<undefined, boolean>;
  readonly payment: Payment;
  /** Whether a newer issue of a list has been seen that the same key had signed; asked only after the signature has held. */
  readonly isOlder?: ((list: CertificateList, signer: PublicKeyInfo) => boolean) | undefined;
  /** Where a list came from, for the problems that name it. */
  readonly originOf?: ((list: CertificateList) => string | undefined) | undefined;
}

/** Lists that an answer rests on; `isInGrace` where the term of both is over. */
export interface ListBasis {
  readonly list: CertificateList;
  readonly delta: CertificateList | undefined;
  /** Key under which the signatures of both hold. */
  readonly signer: PublicKeyInfo;
  readonly isInGrace: boolean;
  /** A revocation that they tell of and that lies after the time in question. */
  readonly later?: LaterRevocation | undefined;
}

/** What lists say of a certificate. `undetermined` is not good: it denies. */
export type CrlAnswer =
  | { readonly status: 'good'; readonly basis: readonly ListBasis[] }
  | { readonly status: 'revoked'; readonly entry: RevokedEntry; readonly basis: readonly ListBasis[] }
  | { readonly status: 'undetermined'; readonly problems: readonly Problem[] };

/**
 * Determines the status of a certificate from lists as RFC 5280, section 6.3.3, has it: by distribution point and
 * reason, delta lists included, until every reason is covered. No I/O, no clock; pauses between steps. Does not throw
 * on bad lists: each becomes a problem. Throws `certificate_malformed` where the certificate's own extensions are
 * malformed, and `budget_exhausted`.
 */
export function* evaluateCrl(question: CrlQuestion): Generator<undefined, CrlAnswer> {
  const { certificate } = question;
  const points = [...(certificate.extension(crlDistributionPoints) ?? []), pointOfIssuer(certificate)];
  const problems = new Map<CertificateList, Problem>();
  const basis: ListBasis[] = [];
  const newestFirst = issuesByTime(question.lists);
  let covered = 0;
  for (const point of points) {
    for (const lists of newestFirst) {
      const consulted: Consulted[] = [];
      for (const list of lists) {
        const answer = yield* consult(list, point, question, covered);
        if (answer === undefined) continue;
        if ('problem' in answer) note(problems, list, answer);
        else consulted.push(answer);
      }
      const revoked = consulted.find((each) => each.entry !== undefined && !isOutdated(each, consulted));
      if (revoked?.entry !== undefined) {
        return { status: 'revoked', entry: revoked.entry, basis: [...basis, revoked.basis] };
      }
      for (const { covers, entry, basis: its } of consulted) {
        if (entry !== undefined || (covers & ~covered) === 0) continue;
        basis.push(its);
        covered |= covers;
      }
      if (covered === allReasons) return { status: 'good', basis };
    }
  }
  const found = telling(problems, question);
  if (covered !== 0) {
    found.push({ problem: 'some-reasons-open', details: { reasons: reasonsIn(allReasons & ~covered) } });
  }
  return { status: 'undetermined', problems: found };
}

/**
 * Full lists by the time of their issue, the newest first: an entry of an older one may be outdated or missing.
 * Those of one time stand together, because their order says nothing.
 */
function issuesByTime(lists: readonly CertificateList[]): readonly (readonly CertificateList[])[] {
  const issues = new Map<number, CertificateList[]>();
  for (const list of lists) {
    if (list.isDelta) continue;
    const issue = issues.get(list.thisUpdate);
    if (issue === undefined) issues.set(list.thisUpdate, [list]);
    else issue.push(list);
  }
  return [...issues].sort(([a], [b]) => b - a).map(([, issue]) => issue);
}

/** Of lists of one time a revocation counts, unless a later issue of the same sequence speaks for all its reasons. */
function isOutdated({ basis: { list, signer }, covers }: Consulted, others: readonly Consulted[]): boolean {
  return others.some(
    (other) =>
      other.entry === undefined &&
      (covers & ~other.covers) === 0 &&
      compareOctets(other.basis.signer.der, signer.der) === 0 &&
      isLaterIssue(other.basis.list, list),
  );
}

/** Problems with their sources; lists of other authorities are worth a word only where there are no others. */
function telling(problems: ReadonlyMap<CertificateList, Problem>, { originOf }: CrlQuestion): Problem[] {
  const all = [...problems].map(([list, problem]) => {
    const source = originOf?.(list);
    return source === undefined ? problem : { source, ...problem };
  });
  const relevant = all.filter(({ problem }) => problem !== 'other-issuer');
  return relevant.length > 0 ? relevant : all;
}

/** Keeps for each list what was found at the point where it came furthest. */
function note(problems: Map<CertificateList, Problem>, list: CertificateList, problem: Problem): void {
  const known = problems.get(list)?.problem;
  if (known === undefined || known === 'other-issuer' || known === 'out-of-scope')
    problems.set(list, problem);
}

interface Consulted {
  readonly covers: number;
  readonly basis: ListBasis;
  readonly entry: RevokedEntry | undefined;
}

function* consult(
  list: CertificateList,
  point: Point,
  question: CrlQuestion,
  covered: number,
): Generator<undefined, Consulted | Problem | undefined> {
  const covers = coverage(list, question.certificate, point);
  if (typeof covers === 'string') return { problem: covers };
  // RFC 5280, section 6.3.3, e: a list that adds no reason is of no use.
  if (covers === 0) return { problem: 'out-of-scope' };
  if ((covers & ~covered) === 0) return undefined;
  const flaw = flawOf(list, question);
  if (flaw !== undefined) return flaw;
  const signer = yield* signerOf(list, question);
  if ('problem' in signer) return signer;
  if (question.isOlder?.(list, signer.publicKey) === true) return rolledBack(list);
  const { certificate, past, at } = question;
  const unproven = past === undefined ? undefined : unprovenIn(list, signer, question, past);
  if (unproven !== undefined) return unproven;
  const revokes = (each: CertificateList) => claimsRevocation(each, certificate);
  const delta = yield* findDelta(list, signer.publicKey, { ...question, revokes });
  const term = bestTerm(list, delta, question);
  if (term === 'stale') {
    return {
      problem: 'stale',
      details: { nextUpdate: dateOf(list.nextUpdate), thisUpdate: dateOf(list.thisUpdate) },
    };
  }
  const found = search(list, delta, certificate);
  if (found !== undefined && 'problem' in found) return found;
  const later = found !== undefined && isLater(found, at, past) ? found : undefined;
  return {
    covers,
    basis: { list, delta, signer: signer.publicKey, isInGrace: term === 'grace', later },
    entry: later === undefined ? found : undefined,
  };
}

/**
 * Why a list says nothing of a time gone by: it was made after its signer's certificate had ended, or may have been; or
 * after the certificate's own end, from when on lists leave it out unless they say otherwise (X.509, expiredCertsOnCRL).
 */
function unprovenIn(
  list: CertificateList,
  { certificate: signer }: ListIssuer,
  { certificate, authorities }: CrlQuestion,
  past: PastTime,
): Problem | undefined {
  const isAnchor = authorities.at(-1)?.certificate === signer;
  if (signer !== undefined && !isAnchor) {
    if (isAfter(list.thisUpdate, signer.notAfter)) return unauthorised;
    if (!isProvenInTerm(list.der, signer, past)) return { problem: 'existence-unproven' };
  }
  const isLeftOut =
    isAfter(list.thisUpdate, certificate.notAfter) && !(expiredSince(list) <= certificate.notAfter);
  return isLeftOut ? { problem: 'status-unknown' } : undefined;
}

/** Since when ended certificates stay in a list, ms since the epoch. */
function expiredSince({ fields }: CertificateList): number {
  const extension = fields.extensions.get(expiredCertsOnCrl.oid);
  if (extension === undefined) return Number.POSITIVE_INFINITY;
  try {
    return expiredCertsOnCrl.decode(extension.value);
  } catch (error) {
    if (error instanceof EncodingError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

function rolledBack({ thisUpdate, number }: CertificateList): Problem {
  const details = {
    thisUpdate: new Date(thisUpdate),
    ...(number === undefined ? {} : { number: String(number) }),
  };
  return { problem: 'rolled-back', details };
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

/** What makes a list useless for whatever certificate. */
function flawOf(list: CertificateList, { at, past, freshness }: CrlQuestion): Problem | undefined {
  if (list.unknownCritical !== undefined) {
    return { problem: 'unknown-critical-extension', details: { extension: list.unknownCritical } };
  }
  if (termAt(at, list.thisUpdate, list.nextUpdate, freshness, past?.validationTime) === 'early') {
    return { problem: 'not-yet-valid', details: { thisUpdate: new Date(list.thisUpdate) } };
  }
  return undefined;
}

/** A delta list that is in its term makes up for a full list that no longer is (RFC 5280, section 6.3.3, a). */
function bestTerm(
  list: CertificateList,
  delta: CertificateList | undefined,
  { at, past, freshness }: CrlQuestion,
): 'fresh' | 'grace' | 'stale' {
  const terms = [list, delta].map((each) =>
    each === undefined
      ? 'stale'
      : termAt(at, each.thisUpdate, each.nextUpdate, freshness, past?.validationTime),
  );
  if (terms.includes('fresh')) return 'fresh';
  return terms.includes('grace') ? 'grace' : 'stale';
}

const unauthorised: Problem = { problem: 'issuer-unauthorised' };

/**
 * Who signed a list. Somebody is first shown to be entitled, and only then anything is verified under his key: keys of
 * strangers are many, and may be dear.
 */
function* signerOf(list: CertificateList, question: CrlQuestion): Generator<undefined, ListIssuer | Problem> {
  const { algorithms, payment } = question;
  let closest: Problem | undefined;
  for (const issuer of question.authorities) {
    if (!isSameName(issuer.name, list.issuer)) continue;
    const problem = maySignLists(issuer.certificate)
      ? yield* list.signed.problemUnder(issuer.publicKey, algorithms, payment)
      : unauthorised;
    if (problem === undefined) return issuer;
    closest ??= problem;
  }
  payment.budget.spend('nameComparisons', question.candidates.length);
  const named = question.candidates.filter(({ subject }) => isSameName(subject, list.issuer));
  for (const certificate of named.slice(0, mostCandidates)) {
    if (!maySignLists(certificate) || !(yield* question.isIssuerValid(certificate))) {
      closest ??= unauthorised;
      continue;
    }
    const { publicKey } = certificate;
    const problem = yield* list.signed.problemUnder(publicKey, algorithms, payment);
    if (problem !== undefined) closest ??= problem;
    else if (yield* question.isIssuerCurrent(certificate))
      return { name: certificate.subject, publicKey, certificate };
    else closest = unauthorised;
  }
  return closest ?? unauthorised;
}

/** RFC 5280, section 6.3.3, i to k: the delta list speaks first, and may take an entry back. */
function search(
  list: CertificateList,
  delta: CertificateList | undefined,
  certificate: Certificate,
): RevokedEntry | Problem | undefined {
  const later = delta === undefined ? [] : entriesFor(delta, certificate);
  const revoked = later.find(isRevocation);
  if (revoked !== undefined) return revoked;
  if (later.length > 0) return undefined;
  const entries = entriesFor(list, certificate);
  // Section 5.3.1: only a delta list may say so; what a full list means by it is anyone's guess.
  if (entries.some(({ reason }) => reason === 'removeFromCRL')) {
    return { problem: 'malformed', details: { rule: 'removeFromCRL in a full list' } };
  }
  return entries[0];
}

function entriesFor(list: CertificateList, certificate: Certificate): readonly RevokedEntry[] {
  const isOwn = isSameName(list.issuer, certificate.issuer);
  const entries = list.entries.find(certificate.fields.serialNumber, certificate.issuer, isOwn);
  // Of several entries for one certificate the one that cannot end speaks first: a hold may.
  return [...entries].sort((a, b) => rank(a) - rank(b) || a.revokedAt - b.revokedAt);
}

/** Whether a list names a certificate as revoked, whatever that is worth: nothing has been verified. */
export function claimsRevocation(list: CertificateList, certificate: Certificate): boolean {
  return entriesFor(list, certificate).some(isRevocation);
}

function isRevocation({ reason }: RevokedEntry): boolean {
  return reason !== 'removeFromCRL';
}

function rank({ reason }: RevokedEntry): number {
  return reason === 'removeFromCRL' ? 2 : reason === 'certificateHold' ? 1 : 0;
}
