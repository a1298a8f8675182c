import { SharedCache } from '../../cache/shared-cache.ts';

/** How long it is believed that the storage holds nothing for a key, ms; other replicas write to it too. */
const belief = 30_000;
const mostKeys = 10_000;

/** Keys that the storage was found to hold nothing for, by branch, so that it is not asked again at every login. */
export class Absence {
  private readonly since = new SharedCache<number>(mostKeys);

  /** Whether nothing was found for a key shortly before `at`, ms since the epoch. */
  holds(branch: string, key: string, at: number): boolean {
    const since = this.since.get(branch, key);
    return since !== undefined && at < since + belief;
  }

  note(branch: string, key: string, at: number): void {
    this.since.set(branch, key, at);
  }

  end(branch: string, key: string): void {
    this.since.delete(branch, key);
  }
}
