/** Left for each place that is asked even when others have used up the patience, ms. */
const leastShare = 250;
/** To how many places that is granted; after them nobody is asked any more. */
const mostLate = 8;

/**
 * How long one sign-in waits for the network, however many paths and certificates it takes: whoever asks shares it.
 * All times are in ms.
 */
export class Patience {
  readonly total: number;
  private readonly clock: () => number;
  private readonly started: number;
  private late = 0;

  /** `clock` never goes back. */
  constructor(total: number, clock: () => number = () => performance.now()) {
    this.total = total;
    this.clock = clock;
    this.started = clock();
  }

  /** How long it has lasted already. */
  get waited(): number {
    return this.clock() - this.started;
  }

  /** How long may be spent on a number of places together, at most `limit`. */
  left(limit: number = this.total): number {
    return Math.max(0, Math.min(limit, this.total - this.waited));
  }

  /** How long one place may take, given its share; undefined where it is not asked, because time is long up. */
  grant(share: number): number | undefined {
    const granted = Math.min(share, this.left());
    if (granted >= leastShare) return granted;
    if (this.left() === 0 && this.late++ >= mostLate) return undefined;
    return leastShare;
  }
}
