interface Bucket {
  amount: number;
  filledAt: number;
}

/** How much may be used up. */
export interface AllowanceSettings {
  readonly capacity: number;
  readonly perSecond: number;
  /** Most buckets that are kept, where names are chosen by strangers; as many as there are names if absent. */
  readonly most?: number;
}

/** Buckets that are looked at when one is taken from, to forget those that are full again. */
const sweep = 2;

/**
 * What each of many may use up: a bucket that is full at first and fills up evenly. A bucket that is full again says no
 * more than none, and is forgotten, so that there are never more of them than names that took something within the time
 * in which one fills up. Where strangers choose the names, the bucket that was not used for longest is forgotten beyond
 * `most`. Each replica counts for itself.
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
   * Takes `amount` of what `name` has left at `at` (ms since the epoch). False, and nothing is taken, where it is
   * less.
   */
  take(name: string, amount: number, at: number): boolean {
    this.forgetFull(at);
    const bucket = this.buckets.get(name) ?? { amount: this.capacity, filledAt: at };
    bucket.amount = this.amountOf(bucket, at);
    bucket.filledAt = at;
    // The one that was used last stands last.
    this.buckets.delete(name);
    this.buckets.set(name, bucket);
    const [unused] = this.buckets.keys();
    if (this.buckets.size > this.most && unused !== undefined) this.buckets.delete(unused);
    if (bucket.amount < amount) return false;
    bucket.amount -= amount;
    return true;
  }

  /** Gives `amount` back to `name`, as far as there is room for it. */
  giveBack(name: string, amount: number): void {
    const bucket = this.buckets.get(name);
    if (bucket !== undefined) bucket.amount = Math.min(this.capacity, bucket.amount + amount);
  }

  /** Seconds after which `name` will have `amount`, counted from its last taking. */
  secondsUntil(name: string, amount: number): number {
    const left = this.buckets.get(name)?.amount ?? this.capacity;
    return Math.max(0, (amount - left) / this.perSecond);
  }

  /** Buckets that are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  private amountOf({ amount, filledAt }: Bucket, at: number): number {
    const earned = (Math.max(0, at - filledAt) / 1000) * this.perSecond;
    return Math.min(this.capacity, amount + earned);
  }

  private forgetFull(at: number): void {
    let looked = 0;
    for (const [name, bucket] of this.buckets) {
      if (looked === sweep || this.amountOf(bucket, at) < this.capacity) return;
      this.buckets.delete(name);
      looked++;
    }
  }
}
