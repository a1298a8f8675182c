import type { Certificate } from '../certificate/certificate.ts';
import { isAfter } from '../certificate/term.ts';
import type { RevocationReason } from './reason.ts';

/**
 * What it takes to judge a status at a time gone by (EN 319 102-1, section 5.6.2): lists and answers count that were
 * issued since, if they are proven to have existed before the certificate of whoever signed them ended.
 */
export interface PastTime {
  /** The time of the validation, ms since the epoch: nothing can have been issued after it. */
  readonly validationTime: number;
  /** From when on these octets are proven to have existed; the time of the validation where nothing proves more. */
  readonly existedAt: (octets: Uint8Array) => number;
}

/** A revocation that came after the time in question, and so does not count at it. */
export interface LaterRevocation {
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

/** Whether a revocation lies after the time in question: then, and since when the key may have been lost. */
export function isLater(
  { revokedAt, invalidSince }: { readonly revokedAt: number; readonly invalidSince?: number | undefined },
  at: number,
  past: PastTime | undefined,
): boolean {
  return past !== undefined && revokedAt > at && (invalidSince === undefined || invalidSince > at);
}

/**
 * Whether what `signer` has signed is proven to be older than the end of its certificate: afterwards nobody answers for
 * the key, and whoever finds it can sign with any date. A trust anchor's key is trusted by configuration.
 */
export function isProvenInTerm(octets: Uint8Array, signer: Certificate, { existedAt }: PastTime): boolean {
  return !isAfter(existedAt(octets), signer.notAfter);
}
