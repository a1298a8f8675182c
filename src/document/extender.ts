import { type DigestAlgorithm, digestByOid } from '../algorithm/digest.ts';
import { currentAlgorithms } from '../algorithm/policy.ts';
import type { Budget } from '../budget/budget.ts';
import { askTimestamp, type TimestampAuthorities } from '../timestamp/ask.ts';
import type { Material, NamedContent } from './examined.ts';

/** How far a document can be extended (EN 319 122-1, 132-1 and 142-1, section 6). */
export const extensionLevels = ['T', 'LT', 'LTA'] as const;

export type ExtensionLevel = (typeof extensionLevels)[number];

/** What the extension of a document works with. */
export interface Extending {
  /** Documents beside it, for detached signatures. */
  readonly contents: readonly NamedContent[];
  readonly authorities: TimestampAuthorities;
  readonly budget: Budget;
}

/**
 * The steps by which a document of one format is extended. Each gives the document back with something added, and every
 * octet that a signature or a time-stamp covers as it was. They trust nothing and judge nothing.
 */
export interface Extender {
  /** Adds a time-stamp for every signature that has none. Throws `timestamp_unavailable`. */
  stampSignatures(document: Uint8Array, extending: Extending): Promise<Uint8Array>;
  /** Adds evidence that is not in the document yet. */
  addEvidence(document: Uint8Array, material: Material, extending: Extending): Promise<Uint8Array>;
  /** Adds a time-stamp over the signatures and all evidence. Throws `timestamp_unavailable`. */
  stampArchive(document: Uint8Array, extending: Extending): Promise<Uint8Array>;
}

/** A time-stamp token over a hash, of the first authority that gives one. Throws `timestamp_unavailable`. */
export function stampOver(
  { authorities, budget }: Extending,
  algorithm: DigestAlgorithm,
  digest: Uint8Array,
): Promise<Uint8Array> {
  return askTimestamp(authorities, { algorithm, digest }, budget);
}

/** The hash function of a signer, so that GOST goes with GOST; SHA-256 in place of one that is no longer accepted. */
export function stampDigest(own: DigestAlgorithm | undefined): DigestAlgorithm {
  return own !== undefined && currentAlgorithms.digests.has(own) ? own : 'sha256';
}

/** As `stampDigest`, by an object identifier. */
export function stampDigestOf(oid: string): DigestAlgorithm {
  return stampDigest(digestByOid(oid));
}
