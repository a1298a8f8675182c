import type { CertificateList } from '../crl/list.ts';
import type { HeldList } from './held-list.ts';
import { Rollback } from './rollback.ts';

/** Told of every list that has been verified and is not the one that was held for its URL. */
export type ListListener = (held: HeldList, before: CertificateList | undefined) => void;

/** The verified lists in memory, by URL, bounded together; and how far each sequence of lists has come. */
export class ListMemory {
  private readonly mostOctets: number;
  private readonly held = new Map<string, HeldList>();
  /** The digest of what was seen last for a URL, here or in the storage. */
  private readonly seen = new Map<string, string>();
  private readonly usedAt = new Map<string, number>();
  private readonly listeners = new Set<ListListener>();
  private readonly rollback = new Rollback();

  /** Beyond `mostOctets` the list used longest ago is let go. */
  constructor(mostOctets: number) {
    this.mostOctets = mostOctets;
  }

  onArrival(listener: ListListener): void {
    this.listeners.add(listener);
  }

  /** Tells the listeners of a list that has been verified. */
  arrived(held: HeldList, before: CertificateList | undefined): void {
    for (const listener of this.listeners) listener(held, before);
  }

  all(): readonly HeldList[] {
    return [...this.held.values()];
  }

  get(url: string): HeldList | undefined {
    return this.held.get(url);
  }

  lastUse(url: string): number | undefined {
    return this.usedAt.get(url);
  }

  use(url: string, at: number): void {
    this.usedAt.set(url, at);
  }

  /** Whether an older issue of a list is being put forward than one that was verified here before. */
  isOlder(list: CertificateList): boolean {
    return this.rollback.isOlder(list);
  }

  /** Whether `sha256` is what was seen last for a URL, whatever became of it. */
  isSeen(url: string, sha256: string): boolean {
    return this.seen.get(url) === sha256;
  }

  see(url: string, sha256: string): void {
    this.seen.set(url, sha256);
  }

  /** Holds a list in the place of the one before. */
  keep(held: HeldList): void {
    this.see(held.url, held.list.sha256);
    this.rollback.note(held.list);
    this.held.set(held.url, held);
    let octets = sizeOf(this.held.values());
    if (octets <= this.mostOctets) return;
    const lastUse = ({ url }: HeldList) => this.usedAt.get(url) ?? 0;
    for (const each of [...this.all()].sort((a, b) => lastUse(a) - lastUse(b))) {
      if (octets <= this.mostOctets || each.url === held.url) break;
      octets -= sizeOf([each]);
      this.held.delete(each.url);
    }
  }
}

function sizeOf(lists: Iterable<HeldList>): number {
  let octets = 0;
  for (const { list } of lists) octets += list.der.length + list.entries.overhead;
  return octets;
}
