/** When a host that keeps failing is left alone, and for how long; durations in ms. */
export interface CircuitLimits {
  /** Failures in a row after which the host is left alone. */
  readonly failures: number;
  /** For how long at first; doubled with each further failure. */
  readonly pause: number;
  readonly longestPause: number;
}

export const usualCircuit: CircuitLimits = { failures: 3, pause: 15_000, longestPause: 10 * 60_000 };

/** Most hosts that are remembered; beyond it the one that has been quiet longest is forgotten. */
const mostHosts = 1000;

interface State {
  failures: number;
  openUntil: number;
}

/**
 * Leaves hosts alone that keep failing, so that nobody waits for a dead one: after some failures in a row requests
 * are refused for a while, then one is let through as a trial. Times are ms of a clock that never goes back.
 */
export class Circuit {
  private readonly limits: CircuitLimits;
  private readonly hosts = new Map<string, State>();

  constructor(limits: CircuitLimits = usualCircuit) {
    this.limits = limits;
  }

  /** How long `host` is still left alone; 0 where it may be asked. Counts as the trial where one is due. */
  enter(host: string, now: number): number {
    const state = this.hosts.get(host);
    if (state === undefined || state.failures < this.limits.failures) return 0;
    if (now < state.openUntil) return state.openUntil - now;
    // The trial keeps others out until it has ended.
    state.openUntil = now + this.pauseAfter(state.failures);
    return 0;
  }

  succeeded(host: string): void {
    this.hosts.delete(host);
  }

  failed(host: string, now: number): void {
    const failures = (this.hosts.get(host)?.failures ?? 0) + 1;
    this.hosts.delete(host);
    this.hosts.set(host, { failures, openUntil: now + this.pauseAfter(failures) });
    if (this.hosts.size > mostHosts) this.hosts.delete(this.hosts.keys().next().value ?? '');
  }

  /** Hosts that are left alone, and for how many ms more. */
  open(now: number): readonly { readonly host: string; readonly remaining: number }[] {
    return [...this.hosts]
      .filter(([, state]) => state.failures >= this.limits.failures && state.openUntil > now)
      .map(([host, state]) => ({ host, remaining: state.openUntil - now }));
  }

  private pauseAfter(failures: number): number {
    const doublings = Math.max(0, failures - this.limits.failures);
    return Math.min(this.limits.pause * 2 ** Math.min(doublings, 16), this.limits.longestPause);
  }
}
