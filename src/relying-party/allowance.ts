interface Bucket {
  amount: number;
  filledAt: number;
}

/** How much may be used up. */
export interface AllowanceSettings {
  readonly capacity: number;
  readonly perSecond: number;
  /** Most buckets that are kept, where names are not those of relying parties; as many as there are names if absent. */
  readonly most?: number;
}

/**
 * What each relying party, or each address, may use up: a bucket that is full at first and fills up evenly. Of relying
 * parties that have proven themselves there are never more buckets than registrations; of others the bucket that was
 * not used for longest is forgotten, which gives nobody less than his due. Each replica counts for itself.
 */
export class Allowance {
  private readonly capacity: number;
  private readonly perSecond: number;
  private readonly most: number;
  private readonly buckets = new Map<string, Bucket>();

  constructor({ capacity, perSecond, most = Number.POSITIVE_INFINITY }: AllowanceSettings) {
    this.capacity = capacity;
    this.perSecond = perSecond;
    this.most = most;
  }

  /**
   * Takes `amount` of what `client` has left at `at` (ms since the epoch). False, and nothing is taken, where it is
   * less.
   */
  take(client: string, amount: number, at: number): boolean {
    const bucket = this.buckets.get(client) ?? { amount: this.capacity, filledAt: at };
    const earned = (Math.max(0, at - bucket.filledAt) / 1000) * this.perSecond;
    bucket.amount = Math.min(this.capacity, bucket.amount + earned);
    bucket.filledAt = at;
    this.buckets.delete(client);
    this.buckets.set(client, bucket);
    const [unused] = this.buckets.keys();
    if (this.buckets.size > this.most && unused !== undefined) this.buckets.delete(unused);
    if (bucket.amount < amount) return false;
    bucket.amount -= amount;
    return true;
  }

  /** Seconds after which `client` will have `amount`, counted from its last taking. */
  secondsUntil(client: string, amount: number): number {
    const left = this.buckets.get(client)?.amount ?? this.capacity;
    return Math.max(0, (amount - left) / this.perSecond);
  }
}
