import type { CertificateList } from '../crl/list.ts';

/** How long a list that came too late for the one who asked waits for the next, ms, and how many do. */
const shelfLife = 5 * 60_000;
const mostLists = 16;

/** Lists that came when nobody waited any more, not verified; the next who asks judges them. */
export class Shelf {
  private readonly lists = new Map<string, { readonly list: CertificateList; readonly at: number }>();

  put(url: string, list: CertificateList, at: number): void {
    this.lists.set(url, { list, at });
    if (this.lists.size > mostLists) this.lists.delete(this.lists.keys().next().value ?? '');
  }

  /** The list for a URL, which leaves the shelf. */
  take(url: string, at: number): CertificateList | undefined {
    const found = this.lists.get(url);
    this.lists.delete(url);
    return found !== undefined && at < found.at + shelfLife ? found.list : undefined;
  }
}
