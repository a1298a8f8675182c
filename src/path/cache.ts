import { digestOfKey, type PublicKeyInfo } from '../algorithm/public-key-info.ts';
import type { Certificate } from '../certificate/certificate.ts';

/**
 * Links of paths whose signature has held: this certificate, under this key, in this context. Bounded; the link
 * not used for the longest goes first. It stands in for the signature alone: term, constraints, policies, allowed
 * algorithms are checked at each use as if there were no cache, so that it can never change a verdict.
 */
export class LinkCache {
  private readonly links = new Map<string, true>();
  private readonly capacity: number;
  private found = 0;
  private missed = 0;

  /** `capacity`: how many links are kept; one takes about 300 octets. */
  constructor(capacity = 10_000) {
    this.capacity = capacity;
  }

  /** How often a link was found and how often not, for metrics. */
  get statistics(): { readonly links: number; readonly hits: number; readonly misses: number } {
    return { links: this.links.size, hits: this.found, misses: this.missed };
  }

  has(link: string): boolean {
    if (!this.links.delete(link)) {
      this.missed++;
      return false;
    }
    this.links.set(link, true);
    this.found++;
    return true;
  }

  add(link: string): void {
    this.links.set(link, true);
    if (this.links.size <= this.capacity) return;
    const [oldest] = this.links.keys();
    if (oldest !== undefined) this.links.delete(oldest);
  }

  /** Forgets everything, such as when a trust list is replaced. */
  clear(): void {
    this.links.clear();
  }
}

/** The name of a link in a cache: the whole certificate, the issuer's key, and the context of the search. */
export function linkName(certificate: Certificate, issuerKey: PublicKeyInfo, context: string): string {
  return `${certificate.sha256} ${digestOfKey(issuerKey)} ${context}`;
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** A number that stands for `object` as long as this process runs. */
function numberOf(object: object): number {
  let known = numbers.get(object);
  if (known === undefined) {
    known = ++lastNumber;
    numbers.set(object, known);
  }
  return known;
}

/** The context of a search: the anchor set by its octets, profile and algorithms as the objects that they are. */
export function contextName(anchorsSha256: string, profile: object, algorithms: object): string {
  return `${anchorsSha256} ${numberOf(profile)} ${numberOf(algorithms)}`;
}
