import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { EncodingError } from '../../asn1/error.ts';
import { FetchFailure } from '../../fetch/failure.ts';
import type { Fetched, Fetcher, FetchProgress } from '../../fetch/fetcher.ts';
import type { RevocationObserver } from '../../fetch/observer.ts';
import { SingleFlight } from '../../fetch/single-flight.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import type { HeldList, Validators } from './held-list.ts';
import { type ListListener, ListMemory } from './list-memory.ts';
import { Shelf } from './shelf.ts';
import type { Storage } from './storage.ts';
import { StoredLists } from './stored-lists.ts';

/** How a list is asked for. */
export interface ListOrder {
  readonly url: string;
  readonly hosts: ReadonlySet<string>;
  /** Keys of authorities that may have signed it, so that large lists are verified as they are read. */
  readonly keys: readonly PublicKeyInfo[];
  /** How long the caller waits, ms; the download goes on for up to `listTimeout`, for the next who asks. */
  readonly patience: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly onProgress?: FetchProgress | undefined;
}

/** Settings of the store; octets and ms. */
export interface ListStoreSettings {
  /** Larger lists are refused. */
  readonly largestList: number;
  /** Longest time for one download. */
  readonly listTimeout: number;
  /** Held in memory together; beyond it the one used longest ago is let go, and read from the storage when asked for. */
  readonly mostOctets: number;
}

export const usualListStore: ListStoreSettings = {
  largestList: 128 * 1024 * 1024,
  listTimeout: 120_000,
  mostOctets: 1024 * 1024 * 1024,
};

/**
 * The lists of this process, by URL. A list comes in by `fetch`, and stays only once the caller has verified it and
 * calls `accept`: nobody on the network can replace a list with one that is not the authority's, or with an
 * older one.
 */
export class ListStore {
  private readonly settings: ListStoreSettings;
  private readonly fetcher: Fetcher;
  private readonly memory: ListMemory;
  private readonly storage: StoredLists;
  private readonly downloads = new SingleFlight<CertificateList>();
  private readonly validators = new WeakMap<CertificateList, Validators>();
  private readonly shelf = new Shelf();

  constructor(
    fetcher: Fetcher,
    observer: RevocationObserver,
    storage: Storage | undefined,
    settings: ListStoreSettings,
  ) {
    this.fetcher = fetcher;
    this.settings = settings;
    this.memory = new ListMemory(settings.mostOctets);
    this.storage = new StoredLists(this.memory, storage, observer);
  }

  onArrival(listener: ListListener): void {
    this.memory.onArrival(listener);
  }

  /** Every list in memory, for reports and renewal. */
  all(): readonly HeldList[] {
    return this.memory.all();
  }

  /** When a list was last asked for, ms since the epoch; undefined where this process never did. */
  lastUse(url: string): number | undefined {
    return this.memory.lastUse(url);
  }

  /** The list in memory for a URL; marks it as used. */
  peek(url: string, at: number): HeldList | undefined {
    const held = this.memory.get(url);
    if (held !== undefined) this.memory.use(url, at);
    return held;
  }

  /** The list for a URL from memory or storage; the network is not asked. */
  async load(url: string, at: number): Promise<HeldList | undefined> {
    return this.peek(url, at) ?? (await this.storage.load(url, at));
  }

  /** Loads everything that the storage holds, as after a restart; returns how many lists that were. */
  async loadAll(at: number): Promise<number> {
    let loaded = 0;
    for (const url of await this.storage.urls()) if ((await this.load(url, at)) !== undefined) loaded++;
    return loaded;
  }

  /** Takes over what another replica has put into the storage since; returns the list that is held afterwards. */
  takeOver(held: HeldList): Promise<HeldList> {
    return this.storage.takeOver(held);
  }

  /** Takes from the storage what another process has put there: replicas, an operator's refresh or import. */
  takeOverAll(at: number): Promise<void> {
    return this.storage.takeOverAll(at);
  }

  /** Resolves once everything that was accepted so far is in the storage, or has failed to get there. */
  stored(): Promise<void> {
    return this.storage.written();
  }

  /** Whether an older issue of a list is being put forward than one that was verified here before. */
  isOlder(list: CertificateList): boolean {
    return this.memory.isOlder(list);
  }

  /**
   * The list at a URL, fetched or, where the host says that nothing has changed, the one that is held. Throws a
   * FetchFailure. The list has not been verified.
   */
  async fetch(order: ListOrder): Promise<CertificateList> {
    const shelved = this.shelf.take(order.url, order.at);
    if (shelved !== undefined) return shelved;
    let isAwaited = true;
    const download = this.downloads.run(order.url, async () => {
      const list = await this.download(order);
      if (!isAwaited) this.shelf.put(order.url, list, order.at);
      return list;
    });
    try {
      return await patiently(download, order.patience);
    } finally {
      isAwaited = false;
    }
  }

  /** Keeps a list that the caller has verified under `signer`. An older one than is held is let go. */
  accept(
    { url, hosts, at }: Pick<ListOrder, 'url' | 'hosts' | 'at'>,
    list: CertificateList,
    signer: PublicKeyInfo,
  ): void {
    const { memory } = this;
    if (memory.isOlder(list)) return;
    const before = memory.get(url)?.list;
    const held: HeldList = {
      url,
      list,
      fetchedAt: at,
      signer: Uint8Array.from(signer.der),
      hosts,
      ...(this.validators.get(list) ?? { etag: null, lastModified: null }),
    };
    memory.use(url, memory.lastUse(url) ?? at);
    memory.keep(held);
    this.storage.write(held, before === list ? undefined : list.der);
    if (before !== list) memory.arrived(held, before);
  }

  private async download(order: ListOrder): Promise<CertificateList> {
    const held = this.memory.get(order.url);
    const fetched = await this.fetcher.fetch({
      url: order.url,
      hosts: order.hosts,
      headers: held === undefined ? {} : conditionsOf(held),
      largest: this.settings.largestList,
      timeout: this.settings.listTimeout,
      onProgress: order.onProgress,
    });
    if (fetched.status === 304) {
      if (held === undefined) throw new FetchFailure('http-status', { status: 304 });
      return this.confirm(held, order.at, held);
    }
    const keys = [...order.keys.map(({ der }) => der), ...(held === undefined ? [] : [held.signer])];
    const list = await readList(fetched.octets, keys);
    if (this.memory.isOlder(list)) {
      const { thisUpdate, number } = list;
      const details = {
        thisUpdate: new Date(thisUpdate),
        ...(number === undefined ? {} : { number: String(number) }),
      };
      throw new FetchFailure('rolled-back', details);
    }
    // The same list again: the one that is held has been verified already.
    if (held?.list.sha256 === list.sha256) return this.confirm(held, order.at, validatorsOf(fetched));
    this.validators.set(list, validatorsOf(fetched));
    return list;
  }

  private confirm(held: HeldList, at: number, { etag, lastModified }: Validators): CertificateList {
    const confirmed = { ...held, etag, lastModified, fetchedAt: at };
    this.memory.keep(confirmed);
    this.storage.write(confirmed, undefined);
    return held.list;
  }
}

async function readList(octets: Uint8Array, keys: readonly Uint8Array[]): Promise<CertificateList> {
  try {
    return await loadCertificateList(octets, keys);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new FetchFailure('malformed', { rule: error.rule, offset: error.offset }, { cause: error });
  }
}

async function patiently<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FetchFailure('timed-out')), milliseconds);
  });
  try {
    return await Promise.race([promise, impatience]);
  } finally {
    clearTimeout(timer);
  }
}

function conditionsOf({ etag, lastModified }: HeldList): Record<string, string> {
  if (etag !== null) return { 'if-none-match': etag };
  return lastModified === null ? {} : { 'if-modified-since': lastModified };
}

function validatorsOf({ headers }: Fetched): Validators {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    etag: typeof etag === 'string' && etag.length <= 1024 ? etag : null,
    lastModified: typeof lastModified === 'string' && lastModified.length <= 128 ? lastModified : null,
  };
}
