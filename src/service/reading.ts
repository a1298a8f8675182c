import { SealgateError } from '../error.ts';

/**
 * So many octets of bodies that are coming in are held for one relying party at once: dozens of the largest, thousands
 * of usual ones. Without it one that opens connections by the thousand, and sends all but the last octet, takes all
 * memory.
 */
const usuallyHeld = 32 * 1024 * 1024;

/** The bodies that are coming in, by relying party. There are never more names than registrations. */
export class Reading {
  private readonly held = new Map<string, number>();
  private readonly mostHeld: number;

  /** `mostHeld`: octets of one name at once. */
  constructor(mostHeld = usuallyHeld) {
    this.mostHeld = mostHeld;
  }

  /**
   * Reads a body of at most `octets` for `client`. Throws `rate_limited` where too many of its bodies are coming in.
   */
  async read<T>(client: string, octets: number, act: () => Promise<T>): Promise<T> {
    const others = this.held.get(client) ?? 0;
    if (others + octets > this.mostHeld) throw new SealgateError('rate_limited', { retryAfter: 1 });
    this.held.set(client, others + octets);
    try {
      return await act();
    } finally {
      const left = (this.held.get(client) ?? 0) - octets;
      if (left > 0) this.held.set(client, left);
      else this.held.delete(client);
    }
  }
}
