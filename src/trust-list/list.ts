import type { Certificate } from '../certificate/certificate.ts';

/**
 * Standing of an authority by the words of the list. Only `accredited` lets it issue; a word that is not known is
 * `unknown` and does not.
 */
export type AccreditationStatus = 'accredited' | 'ended' | 'annulled' | 'suspended' | 'unknown';

/** From when on an authority had a standing. */
export interface StatusChange {
  readonly status: AccreditationStatus;
  /** The word of the list. */
  readonly word: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** One key that an authority issues with, and the certificates of it. */
export interface AuthorityKey {
  /** Class of the authority's signing tool, by the words of the list. */
  readonly toolClass: string | undefined;
  /** Where its revocation lists are, beside what certificates say. */
  readonly crlAddresses: readonly string[];
  readonly certificates: readonly Certificate[];
}

/** An authority that is or was accredited. */
export interface ListedAuthority {
  readonly name: string;
  /** INN, 10 digits. */
  readonly inn: string | undefined;
  readonly ogrn: string;
  readonly registryNumber: string | undefined;
  /** From the oldest to the newest, without repetitions. */
  readonly statuses: readonly StatusChange[];
  readonly keys: readonly AuthorityKey[];
  /** OGRN of the authority that took over. */
  readonly successor: string | undefined;
}

/** The list of accredited authorities, read; whether to believe it is for the signature to say. */
export interface TrustList {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly date: number;
  readonly authorities: readonly ListedAuthority[];
  /**
   * What in the list is not as it is known or does not agree with itself, without being wrong enough to refuse it:
   * unknown elements, certificates that cannot be read, texts that contradict a certificate. Bounded.
   */
  readonly oddities: readonly string[];
}

/** The standing of an authority at a time (ms), with the change that brought it; undefined before the first. */
export function statusAt(authority: ListedAuthority, at: number): StatusChange | undefined {
  let found: StatusChange | undefined;
  for (const change of authority.statuses) {
    if (change.since > at) break;
    // Of two changes of the same moment the one that denies counts.
    if (found === undefined || found.since < change.since || found.status === 'accredited') found = change;
  }
  return found;
}
