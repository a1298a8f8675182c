import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { SharedCache } from '../../cache/shared-cache.ts';
import type { Arrivals } from './arrivals.ts';
import { type HeldList, listKey } from './held-list.ts';
import { IssueMarks } from './issue-marks.ts';

/** What a list costs in memory beside its octets, so that very many small ones are bounded as well. */
const overhead = 16 * 1024;
/** Most lists of which it is remembered when they were asked for, and what the storage had of them. */
const mostRemembered = 50_000;

/**
 * The verified lists in memory, by branch, key and URL, bounded together; and how far each sequence of lists has come.
 * Beyond the bound the branch that holds the most lets go what it used longest ago.
 */
export class ListMemory {
  readonly marks = new IssueMarks();
  private readonly held: SharedCache<HeldList>;
  /** The digest of what was seen last, here or in the storage. */
  private readonly seen = new SharedCache<string>(mostRemembered);
  private readonly usedAt = new SharedCache<number>(mostRemembered);
  private readonly arrivals: Arrivals | undefined;

  /** `arrivals` takes in every list that was not held before. */
  constructor(mostOctets: number, arrivals: Arrivals | undefined) {
    this.held = new SharedCache(mostOctets, ({ list }) => list.der.length + list.entries.overhead + overhead);
    this.arrivals = arrivals;
  }

  all(): readonly HeldList[] {
    return [...this.held.values()];
  }

  get(branch: string, signer: PublicKeyInfo, url: string): HeldList | undefined {
    return this.held.get(branch, listKey(signer, url));
  }

  /** The lists of a key at a URL in whatever branch. */
  ofAll(key: string): readonly HeldList[] {
    return [...this.held.ofAll(key)];
  }

  lastUse({ requester, signer, url }: Place): number | undefined {
    return this.usedAt.get(requester.branch, listKey(signer, url));
  }

  use({ requester, signer, url }: Place, at: number): void {
    this.usedAt.set(requester.branch, listKey(signer, url), at);
  }

  /** Whether `sha256` is what was seen last under a key (see `listKey`), whatever became of it. */
  isSeen(key: string, sha256: string): boolean {
    return this.seen.get(key, key) === sha256;
  }

  see(key: string, sha256: string): void {
    this.seen.set(key, key, sha256);
  }

  /** Holds a verified list in the place of the one before. */
  keep(held: HeldList): void {
    const { requester, signer, url, list } = held;
    const key = listKey(signer, url);
    const before = this.held.get(requester.branch, key);
    this.see(key, list.sha256);
    this.marks.note(list, signer, requester.branch);
    this.held.set(requester.branch, key, held);
    if (before?.list.sha256 !== list.sha256) this.arrivals?.add(held);
  }
}

/** Where a list is held: whose it is, and for whom. */
export type Place = Pick<HeldList, 'requester' | 'signer' | 'url'>;
