import { FetchFailure } from './failure.ts';

interface Held {
  octets: number;
}

/**
 * How many octets may be on their way or unread at the same time: in all, and half of it for each party, so that one
 * who has very much sent keeps nobody else waiting.
 */
export class Quota {
  private readonly limit: number;
  private readonly total: Held = { octets: 0 };
  private readonly parties = new Map<string, Held>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Octets that are reserved at present. */
  get reserved(): number {
    return this.total.octets;
  }

  /** Begins a reservation of `party`, empty at first. */
  open(party: string): Reservation {
    return new Reservation((more) => this.take(party, more));
  }

  private take(party: string, more: number): boolean {
    const own = this.parties.get(party) ?? { octets: 0 };
    const fits = this.total.octets + more <= this.limit && own.octets + more <= this.limit / 2;
    if (more > 0 && !fits) return false;
    this.total.octets += more;
    own.octets += more;
    if (own.octets === 0) this.parties.delete(party);
    else this.parties.set(party, own);
    return true;
  }
}

/** What one download has taken of a quota. */
export class Reservation {
  private readonly take: (more: number) => boolean;
  private octets = 0;

  constructor(take: (more: number) => boolean) {
    this.take = take;
  }

  /** Makes it cover `octets` in all. Throws a FetchFailure `over-quota` where there is no room for that. */
  cover(octets: number): void {
    const more = octets - this.octets;
    if (more <= 0) return;
    if (!this.take(more)) throw new FetchFailure('over-quota', { octets });
    this.octets = octets;
  }

  /** Gives everything back. */
  release(): void {
    this.take(-this.octets);
    this.octets = 0;
  }
}
