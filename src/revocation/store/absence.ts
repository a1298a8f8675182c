/** How long it is believed that the storage holds nothing for a key, ms; other replicas write to it too. */
const belief = 30_000;
const mostKeys = 10_000;

/** Keys that the storage was found to hold nothing for, so that it is not asked again at every login. */
export class Absence {
  private readonly since = new Map<string, number>();

  /** Whether nothing was found for a key shortly before `at`, ms since the epoch. */
  holds(key: string, at: number): boolean {
    const since = this.since.get(key);
    return since !== undefined && at < since + belief;
  }

  note(key: string, at: number): void {
    if (this.since.size >= mostKeys) this.since.clear();
    this.since.set(key, at);
  }

  end(key: string): void {
    this.since.delete(key);
  }
}
