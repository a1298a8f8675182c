import type { AlgorithmPolicy } from '../../algorithm/policy.ts';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { compareOctets } from '../../asn1/writer.ts';
import { authorityKeyIdentifier } from '../../certificate/key-identifier.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { type Freshness, termAt } from '../freshness.ts';
import type { PastTime } from '../past-time.ts';
import type { Payment } from '../signed.ts';
import { issuingDistributionPoint } from './extension.ts';
import type { CertificateList } from './list.ts';

/** What the choice of a delta list depends on. */
export interface DeltaQuestion {
  readonly lists: readonly CertificateList[];
  readonly at: number;
  readonly past?: PastTime | undefined;
  readonly algorithms: AlgorithmPolicy;
  readonly freshness: Freshness;
  readonly payment: Payment;
  /** Whether a newer issue of a list has been seen that the same key had signed. */
  readonly isOlder?: ((list: CertificateList, signer: PublicKeyInfo) => boolean) | undefined;
  /** Whether a delta list revokes the certificate that is asked about. */
  readonly revokes: (delta: CertificateList) => boolean;
}

/**
 * The newest delta list that is in its term, belongs to `list` and is signed with the same key (RFC 5280,
 * sections 5.2.4 and 6.3.3, c and h); undefined where there is none. The newest is looked at first, and none behind
 * one that holds.
 */
export function* findDelta(
  list: CertificateList,
  key: PublicKeyInfo,
  question: DeltaQuestion,
): Generator<undefined, CertificateList | undefined> {
  const { lists, at, past, freshness, algorithms, payment } = question;
  const usable = lists.filter((delta) => {
    if (!belongsTo(delta, list) || delta.unknownCritical !== undefined) return false;
    const term = termAt(at, delta.thisUpdate, delta.nextUpdate, freshness, past?.validationTime);
    return term === 'fresh' || term === 'grace';
  });
  for (const delta of usable.sort(
    (a, b) => Number(isNewer(b, a, question)) - Number(isNewer(a, b, question)),
  )) {
    if ((yield* delta.signed.problemUnder(key, algorithms, payment)) !== undefined) continue;
    if (question.isOlder?.(delta, key) !== true) return delta;
  }
  return undefined;
}

/** By number; where an authority has numbered two alike, by time, and of two of one time the one that revokes. */
function isNewer(delta: CertificateList, other: CertificateList, { revokes }: DeltaQuestion): boolean {
  const [number, known] = [delta.number ?? 0n, other.number ?? 0n];
  if (number !== known) return number > known;
  if (delta.thisUpdate !== other.thisUpdate) return delta.thisUpdate > other.thisUpdate;
  return revokes(delta) && !revokes(other);
}

/** Whether `delta` adds to `list`: same issuer, scope and key, and numbers that follow each other. */
export function belongsTo(delta: CertificateList, list: CertificateList): boolean {
  if (delta.baseNumber === undefined || delta.number === undefined || list.number === undefined) return false;
  return (
    delta.baseNumber <= list.number &&
    list.number < delta.number &&
    isSameName(delta.issuer, list.issuer) &&
    isSameExtension(delta, list, issuingDistributionPoint.oid) &&
    isSameExtension(delta, list, authorityKeyIdentifier.oid)
  );
}

/** Whether two extensions hold the same octets, or both are absent. */
function isSameExtension(a: CertificateList, b: CertificateList, oid: string): boolean {
  const [ours, theirs] = [a.fields.extensions.get(oid)?.value, b.fields.extensions.get(oid)?.value];
  if (ours === undefined || theirs === undefined) return ours === theirs;
  return compareOctets(ours, theirs) === 0;
}
