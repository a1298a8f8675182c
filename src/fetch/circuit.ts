import { SharedCache } from '../cache/shared-cache.ts';

/** When an address that keeps failing is left alone, and for how long; durations in ms. */
export interface CircuitLimits {
  /** Failures in a row after which the address is left alone. */
  readonly failures: number;
  /** For how long at first; doubled with each further failure. */
  readonly pause: number;
  readonly longestPause: number;
}

export const usualCircuit: CircuitLimits = { failures: 3, pause: 15_000, longestPause: 10 * 60_000 };

/** Most addresses that are remembered. */
const mostAddresses = 1000;

interface State {
  readonly requester: string;
  readonly address: string;
  readonly failures: number;
  openUntil: number;
}

/**
 * Leaves addresses alone that keep failing, so that nobody waits for a dead one: after some failures in a row requests
 * are refused for a while, then one is let through as a trial. A failure counts for the requester who named the address
 * and for no other: whoever names a bad one closes it for himself. Times are ms of a clock that never goes back.
 */
export class Circuit {
  private readonly limits: CircuitLimits;
  private readonly states = new SharedCache<State>(mostAddresses);

  constructor(limits: CircuitLimits = usualCircuit) {
    this.limits = limits;
  }

  /** How long `address` is still left alone; 0 where it may be asked. Counts as the trial where one is due. */
  enter(requester: string, address: string, now: number): number {
    const state = this.states.get(requester, address);
    if (state === undefined || state.failures < this.limits.failures) return 0;
    if (now < state.openUntil) return state.openUntil - now;
    // The trial keeps others out until it has ended.
    state.openUntil = now + this.pauseAfter(state.failures);
    return 0;
  }

  succeeded(requester: string, address: string): void {
    this.states.delete(requester, address);
  }

  failed(requester: string, address: string, now: number): void {
    const failures = (this.states.get(requester, address)?.failures ?? 0) + 1;
    const openUntil = now + this.pauseAfter(failures);
    this.states.set(requester, address, { requester, address, failures, openUntil });
  }

  /** Addresses that are left alone, for whom, and for how many ms more. */
  open(now: number): readonly OpenCircuit[] {
    return [...this.states.values()]
      .filter(({ failures, openUntil }) => failures >= this.limits.failures && openUntil > now)
      .map(({ requester, address, openUntil }) => ({ requester, address, remaining: openUntil - now }));
  }

  private pauseAfter(failures: number): number {
    const doublings = Math.max(0, failures - this.limits.failures);
    return Math.min(this.limits.pause * 2 ** Math.min(doublings, 16), this.limits.longestPause);
  }
}

/** An address that a requester leaves alone, and for how many ms more. */
export interface OpenCircuit {
  readonly requester: string;
  readonly address: string;
  readonly remaining: number;
}
