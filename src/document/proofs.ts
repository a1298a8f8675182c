import { hash } from 'node:crypto';

/**
 * From when on things are proven to have existed (EN 319 102-1, section 5.6.2.3), by their octets. Nothing is proven
 * beyond that they exist at the time of the validation until a time-stamp that was itself validated says more.
 */
export class ProofsOfExistence {
  readonly validationTime: number;
  private readonly times = new Map<string, number>();

  /** `validationTime` in ms since the epoch. */
  constructor(validationTime: number) {
    this.validationTime = validationTime;
  }

  /** Notes that all of these existed at `time`, ms since the epoch. */
  add(things: readonly Uint8Array[], time: number): void {
    for (const octets of things) {
      const key = hash('sha256', octets);
      const known = this.times.get(key);
      if (known === undefined || time < known) this.times.set(key, time);
    }
  }

  /** The earliest time at which these octets are proven to have existed. */
  of(octets: Uint8Array): number {
    return Math.min(this.validationTime, this.times.get(hash('sha256', octets)) ?? Number.POSITIVE_INFINITY);
  }
}
