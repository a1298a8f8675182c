import { SealgateError } from '../error.ts';

/** What building and validating a path may cost; what runs out is named in the failure. */
export interface BudgetLimits {
  /** Signatures verified. */
  readonly signatures: number;
  /** What verifying them costs, each by the kind and size of the key (see `verificationCost`). */
  readonly work: number;
  /** The part of it under keys of the pool: whoever sent a message chose them. */
  readonly poolWork: number;
  /** Octets of the pool that are read: the target, possible issuers, and names that have to be prepared for comparing. */
  readonly poolOctets: number;
  /** Issuers from the pool for one certificate whose key turns out not to have signed it. */
  readonly poolCandidates: number;
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

/** Kinds that end a branch of the search, and not the search, where they run out. */
export type BranchLimit = 'depth' | 'poolCandidates';

/**
 * For the validation of whatever somebody asks about: wide enough for every real path that is known, narrow enough
 * that a hostile graph ends within 50 ms: measured 2 to 21 ms for the graphs of `test/path/hostile.ts`, and up to 15
 * more where every key is dear. Signatures as in rustls-webpki 0.103 (`DEFAULT_MAX_SIGNATURE_CHECKS`), name comparisons
 * as in OpenSSL (`NAME_CHECK_MAX`). Depth: the longest path of NIST PKITS has seven certificates in between.
 * Certificates: an accredited authority has up to seven keys and four certificates a key, so that even a crossed set
 * of them stays below a thousand. Policies: real certificates list fewer than thirty. Octets: for command lines; a
 * request over HTTP holds a thirtieth of it.
 */
export const defaultBudget: BudgetLimits = {
  signatures: 100,
  work: 15_000,
  poolWork: 15_000,
  poolOctets: 8 * 1024 * 1024,
  poolCandidates: 5000,
  certificates: 5000,
  depth: 12,
  nameComparisons: 1 << 20,
  policyNodes: 10_000,
};

/**
 * For logins, where a stranger's message stands in the way of everybody else's: a path of four under P-521, or one of
 * GOST with every key that its authority ever had, passes. A pool is one message, so that eight keys of one name are
 * more than any maker sends.
 */
export const loginBudget: BudgetLimits = {
  ...defaultBudget,
  work: 8000,
  poolWork: 4500,
  poolOctets: 48 * 1024,
  poolCandidates: 8,
  certificates: 1000,
};

/** Counts what one search has cost. It lasts as long as the search, whatever paths are asked for in turn. */
export class Budget {
  readonly limits: BudgetLimits;
  private readonly counts: Record<Exclude<BudgetKind, 'poolCandidates'>, number> = {
    signatures: 0,
    work: 0,
    poolWork: 0,
    poolOctets: 0,
    certificates: 0,
    depth: 0,
    nameComparisons: 0,
    policyNodes: 0,
  };
  private readonly paidFor = new Set<object>();

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = { ...defaultBudget, ...limits };
  }

  /** What has been spent so far; `depth` is the deepest that was reached. */
  get spent(): Readonly<typeof this.counts> {
    return this.counts;
  }

  /** Spends `amount`; throws `path_budget_exhausted` before more is spent than there is. */
  spend(kind: Exclude<BudgetKind, BranchLimit>, amount = 1): void {
    const total = this.counts[kind] + amount;
    if (total > this.limits[kind]) throw exhausted(kind, this.limits[kind]);
    this.counts[kind] = total;
  }

  /** As `spend`, but only the first time for `item`, whichever search of this budget asks. */
  spendOnce(kind: Exclude<BudgetKind, BranchLimit>, item: object, amount: number): void {
    if (this.paidFor.has(item)) return;
    this.spend(kind, amount);
    this.paidFor.add(item);
  }

  /** Notes a depth that was reached; false where it is deeper than allowed, which ends a branch, not the search. */
  allowsDepth(depth: number): boolean {
    if (depth > this.limits.depth) return false;
    if (depth > this.counts.depth) this.counts.depth = depth;
    return true;
  }
}

/** The failure of running out of `kind`. */
export function exhausted(kind: BudgetKind, allowed: number): SealgateError<'path_budget_exhausted'> {
  return new SealgateError('path_budget_exhausted', { limit: kind, allowed });
}
