const hour = 3_600_000;

interface Bucket {
  octets: number;
  filledAt: number;
}

/**
 * So many octets an hour for each relying party, an hour's worth at once: a bucket that fills up evenly. Names are
 * those of relying parties that have proven themselves, so there are never more buckets than registrations. Each
 * replica counts for itself.
 */
export class Allowance {
  private readonly perHour: number;
  private readonly buckets = new Map<string, Bucket>();

  constructor(perHour: number) {
    this.perHour = perHour;
  }

  /**
   * Takes `octets` of what `client` has left at `at` (ms since the epoch). False, and nothing is taken, where it is
   * less.
   */
  take(client: string, octets: number, at: number): boolean {
    const bucket = this.buckets.get(client) ?? { octets: this.perHour, filledAt: at };
    const earned = (Math.max(0, at - bucket.filledAt) / hour) * this.perHour;
    bucket.octets = Math.min(this.perHour, bucket.octets + earned);
    bucket.filledAt = at;
    this.buckets.set(client, bucket);
    if (bucket.octets < octets) return false;
    bucket.octets -= octets;
    return true;
  }
}
