interface Kept<V> {
  readonly value: V;
  readonly size: number;
}

interface Share<V> {
  readonly kept: Map<string, Kept<V>>;
  size: number;
}

/**
 * A bounded memory of parties that do not trust each other: whatever one of them has kept, only that one is answered
 * with, and where there is too much, the party that holds the most loses what it used longest ago. So nobody can
 * push out what somebody else keeps in moderation, as long as parties cannot be made at will: name a party by what
 * was verified.
 */
export class SharedCache<V> {
  private readonly limit: number;
  private readonly sizeOf: (value: V) => number;
  private readonly shares = new Map<string, Share<V>>();
  private total = 0;

  /** `limit` is of all sizes together; each value counts as 1 where `sizeOf` is absent. */
  constructor(limit: number, sizeOf: (value: V) => number = () => 1) {
    this.limit = limit;
    this.sizeOf = sizeOf;
  }

  /** How many values are kept. */
  get count(): number {
    let count = 0;
    for (const { kept } of this.shares.values()) count += kept.size;
    return count;
  }

  /** What a party keeps under a key; it counts as used. */
  get(party: string, key: string): V | undefined {
    const share = this.shares.get(party);
    const found = share?.kept.get(key);
    if (share === undefined || found === undefined) return undefined;
    share.kept.delete(key);
    share.kept.set(key, found);
    return found.value;
  }

  /** What each party keeps under a key; it does not count as used. */
  *ofAll(key: string): Generator<V> {
    for (const { kept } of this.shares.values()) {
      const found = kept.get(key);
      if (found !== undefined) yield found.value;
    }
  }

  /** Keeps a value in the place of the one before; it is not let go at once, however large it is. */
  set(party: string, key: string, value: V): void {
    this.delete(party, key);
    const share = this.shares.get(party) ?? { kept: new Map<string, Kept<V>>(), size: 0 };
    this.shares.set(party, share);
    const kept = { value, size: this.sizeOf(value) };
    share.kept.set(key, kept);
    this.resize(share, kept.size);
    while (this.total > this.limit && this.letGo(kept));
  }

  delete(party: string, key: string): void {
    const share = this.shares.get(party);
    const found = share?.kept.get(key);
    if (share === undefined || found === undefined) return;
    share.kept.delete(key);
    this.resize(share, -found.size);
    if (share.kept.size === 0) this.shares.delete(party);
  }

  /** All values, of all parties. */
  *values(): Generator<V> {
    for (const { kept } of this.shares.values()) for (const { value } of kept.values()) yield value;
  }

  /** Lets one value go, of the party that holds the most, but not `spared`; false where there is none. */
  private letGo(spared: Kept<V>): boolean {
    let largest: { readonly party: string; readonly key: string; readonly size: number } | undefined;
    for (const [party, { kept, size }] of this.shares) {
      if (largest !== undefined && size <= largest.size) continue;
      for (const [key, each] of kept) {
        if (each === spared) continue;
        largest = { party, key, size };
        break;
      }
    }
    if (largest === undefined) return false;
    this.delete(largest.party, largest.key);
    return true;
  }

  private resize(share: Share<V>, by: number): void {
    share.size += by;
    this.total += by;
  }
}
