interface Bucket {
  amount: number;
  filledAt: number;
}

/**
 * What each relying party may use up: a bucket that is full at first and fills up evenly. Names are those of relying
 * parties that have proven themselves, so there are never more buckets than registrations. Each replica counts for
 * itself.
 */
export class Allowance {
  private readonly capacity: number;
  private readonly perSecond: number;
  private readonly buckets = new Map<string, Bucket>();

  constructor({ capacity, perSecond }: { readonly capacity: number; readonly perSecond: number }) {
    this.capacity = capacity;
    this.perSecond = perSecond;
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
    this.buckets.set(client, bucket);
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
