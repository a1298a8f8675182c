/**
 * Remembers which assertions were taken, so that one that was overheard is worth nothing. A portal of several processes
 * puts a store that they share behind this: `take` is then one atomic step of that store, which inserts the identifier
 * where it is not there yet and tells whether it did, and lets it go after `expiresAt`. Looking first and writing
 * afterwards would let two processes take the same assertion.
 */
export interface AssertionLedger {
  /**
   * True exactly once for each identifier; `expiresAt`, ms since the epoch, is when it may be forgotten. What it throws
   * refuses the assertion.
   */
  take(jti: string, expiresAt: number): Promise<boolean> | boolean;
}

/** There is no room for one more assertion that has not expired: none is taken rather than one forgotten. */
export class LedgerFullError extends Error {
  override readonly name = 'LedgerFullError';
}

/** A minute beyond the assertion's term, for clocks that differ. */
const margin = 60_000;

/** What a ledger in memory holds, and by which clock. */
export interface MemoryLedgerOptions {
  /** Most assertions at once; 100,000 by default, which is 270 sign-ins a second. */
  readonly capacity?: number;
  readonly now?: () => number;
}

/**
 * A ledger for a portal of one process. Only assertions that the service has signed for this portal come here, and they
 * live minutes, so that what it holds is bounded by the sign-ins of that time; and by its capacity.
 */
export class MemoryLedger implements AssertionLedger {
  private readonly taken = new Map<string, number>();
  private readonly capacity: number;
  private readonly now: () => number;

  constructor({ capacity = 100_000, now = Date.now }: MemoryLedgerOptions = {}) {
    this.capacity = capacity;
    this.now = now;
  }

  /** Throws a LedgerFullError. */
  take(jti: string, expiresAt: number): boolean {
    this.forget();
    if (this.taken.has(jti)) return false;
    if (this.taken.size >= this.capacity) throw new LedgerFullError('the ledger is full');
    this.taken.set(jti, expiresAt + margin);
    return true;
  }

  /** Entries come in nearly in the order in which they end, so it is enough to look at the oldest. */
  private forget(): void {
    const at = this.now();
    for (const [jti, until] of this.taken) {
      if (until > at) return;
      this.taken.delete(jti);
    }
  }
}
