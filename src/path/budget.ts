import { SealgateError } from '../error.ts';

/** What building and validating a path may cost; what runs out is named in the failure. */
export interface BudgetLimits {
  /** Signatures verified. */
  readonly signatures: number;
  /** Certificates looked at as possible issuers, counted each time. */
  readonly certificates: number;
  /** Certificates between the target and the anchor. */
  readonly depth: number;
  /** Names compared with subtrees of name constraints of their own form. */
  readonly nameComparisons: number;
  /** Nodes and edges of the policy graph. */
  readonly policyNodes: number;
}

/** A kind of cost; the names are those of the vocabulary. */
export type BudgetKind = keyof BudgetLimits;

/**
 * Wide enough for every real path that is known, narrow enough that a hostile graph ends within 50 ms.
 * Signatures as in rustls-webpki 0.103 (`DEFAULT_MAX_SIGNATURE_CHECKS`), name comparisons as in OpenSSL
 * (`NAME_CHECK_MAX`). Depth: the longest path of NIST PKITS has seven certificates in between. Certificates: an
 * accredited authority has up to seven keys and four certificates a key, so that even a crossed set of them stays
 * below a thousand. Policies: real certificates list fewer than twenty.
 */
export const defaultBudget: BudgetLimits = {
  signatures: 100,
  certificates: 5000,
  depth: 12,
  nameComparisons: 1 << 20,
  policyNodes: 10_000,
};

/** Counts what one search has cost. It lasts as long as the search, whatever paths are asked for in turn. */
export class Budget {
  readonly limits: BudgetLimits;
  private readonly counts: Record<BudgetKind, number> = {
    signatures: 0,
    certificates: 0,
    depth: 0,
    nameComparisons: 0,
    policyNodes: 0,
  };

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = { ...defaultBudget, ...limits };
  }

  /** What has been spent so far. */
  get spent(): Readonly<Record<BudgetKind, number>> {
    return this.counts;
  }

  /** Spends `amount`; throws `path_budget_exhausted` before more is spent than there is. */
  spend(kind: Exclude<BudgetKind, 'depth'>, amount = 1): void {
    const total = this.counts[kind] + amount;
    if (total > this.limits[kind]) throw exhausted(kind, this.limits[kind]);
    this.counts[kind] = total;
  }

  /** Notes a depth that was reached; false where it is deeper than allowed, which ends a branch, not the search. */
  allowsDepth(depth: number): boolean {
    if (depth > this.limits.depth) return false;
    if (depth > this.counts.depth) this.counts.depth = depth;
    return true;
  }
}

/** The failure of running out of `kind`. */
export function exhausted(kind: BudgetKind, allowed: number): SealgateError {
  return new SealgateError('path_budget_exhausted', { limit: kind, allowed });
}
