import { isFailure, SealgateError } from '../error.ts';
import { type BudgetKind, type BudgetLimits, usualLimits } from './limits.ts';
import { Share } from './slices.ts';

/** Kinds that end a branch of a search, and not the request, where they run out. */
export type BranchLimit = 'depth' | 'poolCandidates';

/** Kinds that are spent. */
export type SpendableKind = Exclude<BudgetKind, BranchLimit>;

/** Whose choice it was that a signature has to be verified; what others than the operator chose is counted apart. */
export type KeyOrigin = 'operator' | 'pool' | 'claim';

const workOf = { operator: undefined, pool: 'poolWork', claim: 'claimWork' } as const;

/**
 * Counts what one request costs, whichever part of the code asks: made at the edge of the request and handed down. It
 * lasts as long as the request, whatever messages, paths, lists and powers are looked at in turn.
 */
export class Budget {
  readonly limits: BudgetLimits;
  /** How much of the event loop's time the request has had; see `inSlices`. */
  readonly share = new Share();
  private readonly counts: Record<Exclude<BudgetKind, 'poolCandidates'>, number> = {
    signatures: 0,
    work: 0,
    poolWork: 0,
    claimWork: 0,
    octets: 0,
    poolOctets: 0,
    certificates: 0,
    depth: 0,
    nameComparisons: 0,
    policyNodes: 0,
  };
  private readonly paidFor = new Set<object>();

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = { ...usualLimits, ...limits };
  }

  /** What has been spent so far; `depth` is the deepest that was reached. */
  get spent(): Readonly<typeof this.counts> {
    return this.counts;
  }

  /** Spends `amount`; throws `budget_exhausted` before more is spent than there is. */
  spend(kind: SpendableKind, amount = 1): void {
    this.expect(kind, amount);
    this.counts[kind] += amount;
  }

  private expect(kind: SpendableKind, amount: number): void {
    if (this.counts[kind] + amount > this.limits[kind]) throw exhausted(kind, this.limits[kind]);
  }

  /** As `spend`, but only the first time for `item`, whoever asks. */
  spendOnce(kind: SpendableKind, item: object, amount: number): void {
    if (this.paidFor.has(item)) return;
    this.spend(kind, amount);
    this.paidFor.add(item);
  }

  /**
   * Pays for a verification that costs `cost` (see `verificationCost`), before the key is so much as read: importing
   * some keys costs as much as verifying under others. Throws as `spend` does.
   */
  payWork(cost: number, origin: KeyOrigin): void {
    const part = workOf[origin];
    if (part !== undefined) this.expect(part, cost);
    this.spend('work', cost);
    if (part !== undefined) this.spend(part, cost);
  }

  /** Notes a depth that was reached; false where it is deeper than allowed, which ends a branch, not the search. */
  allowsDepth(depth: number): boolean {
    if (depth > this.limits.depth) return false;
    if (depth > this.counts.depth) this.counts.depth = depth;
    return true;
  }
}

/** The failure of running out of `kind`. */
export function exhausted(kind: BudgetKind, allowed: number): SealgateError<'budget_exhausted'> {
  return new SealgateError('budget_exhausted', { limit: kind, allowed });
}

const branchLimits: ReadonlySet<unknown> = new Set<BranchLimit>(['depth', 'poolCandidates']);

/** Whether a request's budget has run out: then nothing else is tried for it. A branch of a search may end so alone. */
export function isExhausted(error: unknown): boolean {
  if (isFailure(error, 'budget_exhausted')) return true;
  return isFailure(error, 'path_budget_exhausted') && !branchLimits.has(error.details.limit);
}
