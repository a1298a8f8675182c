import type { Certificate } from '../certificate/certificate.ts';
import type { LaterRevocation } from './past-time.ts';
import type { BreakGlass } from './policy.ts';
import type { Problem } from './problem.ts';

/**
 * What showed that one certificate of a path was not revoked: kept with the audit by `sha256`, so that the verdict
 * can be repeated.
 */
export type RevocationEvidence =
  | {
      readonly certificate: Certificate;
      readonly source: 'crl' | 'ocsp';
      /** URL, `message` where it came with the signature, or a name the caller gave. */
      readonly origin: string;
      /** SHA-256 of `der`, lower-case hexadecimal. */
      readonly sha256: string;
      /** The list or the answer as it came. */
      readonly der: Uint8Array;
      /** Milliseconds since the epoch. */
      readonly thisUpdate: number;
      readonly nextUpdate: number | undefined;
      /** The term of the evidence was over, and the grace window was used. */
      readonly isInGrace: boolean;
      /** It came with the message and was taken because nobody who was asked could answer. */
      readonly isLastResort: boolean;
      /** It tells of a revocation after the time gone by that was asked about. */
      readonly later?: LaterRevocation | undefined;
    }
  | {
      readonly certificate: Certificate;
      readonly source: 'break-glass';
      readonly breakGlass: BreakGlass;
      /** Why the status could not be had. */
      readonly problems: readonly Problem[];
    };

/**
 * The time for which evidence of a path shows that nothing on it was revoked, ms since the epoch: that of its oldest
 * list or answer. Nothing is known of what came after it. Undefined where the evidence holds neither.
 */
export function provenTime(evidence: readonly RevocationEvidence[]): number | undefined {
  const times = evidence.flatMap((each) => (each.source === 'break-glass' ? [] : [each.thisUpdate]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What an assertion and the audit say of the check (the `revocation` claim); durations in seconds. */
export interface RevocationClaim {
  readonly source: 'crl' | 'ocsp' | 'break-glass';
  /** ISO 8601; absent for break-glass. */
  readonly thisUpdate?: string;
  readonly age?: number;
  readonly grace: boolean;
  /** The signer brought the evidence of a certificate, and nobody who was asked could answer. */
  readonly fromMessage?: true;
  readonly breakGlass?: { readonly reason: string; readonly operator: string; readonly until: string };
}

/**
 * The claim about a whole path, seen from `at` (ms since the epoch): source and age are those of the signer's
 * certificate, which stands first; grace, break-glass and evidence that only the message brought are told wherever in
 * the path they were needed.
 */
export function revocationClaim(
  evidence: readonly [RevocationEvidence, ...RevocationEvidence[]],
  at: number,
): RevocationClaim {
  const broken = evidence.find(({ source }) => source === 'break-glass');
  if (broken?.source === 'break-glass') {
    const { reason, operator, until } = broken.breakGlass;
    const ends = new Date(until).toISOString();
    return { source: 'break-glass', grace: true, breakGlass: { reason, operator, until: ends } };
  }
  const [first] = evidence;
  if (first.source === 'break-glass') throw new Error('break-glass is told above');
  const isFromMessage = evidence.some((each) => each.source !== 'break-glass' && each.isLastResort);
  return {
    source: first.source,
    thisUpdate: new Date(first.thisUpdate).toISOString(),
    age: Math.max(0, Math.round((at - first.thisUpdate) / 1000)),
    grace: evidence.some((each) => each.source !== 'break-glass' && each.isInGrace),
    ...(isFromMessage ? { fromMessage: true } : {}),
  };
}
