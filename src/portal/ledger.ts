/**
 * Remembers which assertions were taken, so that one that was overheard is worth nothing. A portal of several
 * processes puts its own store behind this.
 */
export interface AssertionLedger {
  /** True exactly once for each identifier; `expiresAt`, ms since the epoch, is when it may be forgotten. */
  take(jti: string, expiresAt: number): Promise<boolean> | boolean;
}

/** A minute beyond the assertion's term, for clocks that differ. */
const margin = 60_000;

/** A ledger for a portal of one process. Assertions live minutes, so what it holds is bounded by the sign-ins of that time. */
export class MemoryLedger implements AssertionLedger {
  private readonly taken = new Map<string, number>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  take(jti: string, expiresAt: number): boolean {
    this.forget();
    if (this.taken.has(jti)) return false;
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
