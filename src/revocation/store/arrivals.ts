import type { HeldList } from './held-list.ts';

/** Lists that were verified and not looked at by whoever follows them: more than ever come between two looks. */
const mostArrivals = 1000;

/** The lists that have come to be held, each once, until somebody takes them. */
export class Arrivals {
  private waiting: HeldList[] = [];

  add(held: HeldList): void {
    if (this.waiting.length === mostArrivals) this.waiting.shift();
    this.waiting.push(held);
  }

  /** What has come since this was called last, in the order in which it came. */
  take(): readonly HeldList[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
