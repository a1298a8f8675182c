import type { PublicKeyInfo } from '../../algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../algorithm/public-key.ts';
import { EncodingError } from '../../asn1/error.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import { FetchFailure } from '../fetch/failure.ts';
import type { Fetched, Fetcher, FetchProgress } from '../fetch/fetcher.ts';
import { SingleFlight } from '../fetch/single-flight.ts';
import type { RevocationObserver } from '../observer.ts';
import { Absence } from './absence.ts';
import { type HeldList, recordOf, type Validators } from './held-list.ts';
import { Rollback } from './rollback.ts';
import { Shelf } from './shelf.ts';
import type { Storage, StoredRecord } from './storage.ts';

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

/** Told of every list that has been verified and is not the one that was held for its URL. */
export type ListListener = (held: HeldList, before: CertificateList | undefined) => void;

/**
 * The lists of this process, by URL. A list comes in by `fetch`, and stays only once the caller has verified it and
 * calls `accept`: nobody on the network can replace a list with one that is not the authority's, or with an
 * older one.
 */
export class ListStore {
  private readonly settings: ListStoreSettings;
  private readonly fetcher: Fetcher;
  private readonly observer: RevocationObserver;
  private readonly storage: Storage | undefined;
  private readonly held = new Map<string, HeldList>();
  /** The digest of what was seen last for a URL, here or in the storage. */
  private readonly seen = new Map<string, string>();
  private readonly usedAt = new Map<string, number>();
  private readonly listeners = new Set<ListListener>();
  private readonly rollback = new Rollback();
  private readonly downloads = new SingleFlight<CertificateList>();
  private readonly loads = new SingleFlight<HeldList | undefined>();
  private readonly validators = new WeakMap<CertificateList, Validators>();
  private writing: Promise<void> = Promise.resolve();
  private readonly shelf = new Shelf();
  private readonly absence = new Absence();

  constructor(
    fetcher: Fetcher,
    observer: RevocationObserver,
    storage: Storage | undefined,
    settings: ListStoreSettings,
  ) {
    this.fetcher = fetcher;
    this.observer = observer;
    this.storage = storage;
    this.settings = settings;
  }

  onArrival(listener: ListListener): void {
    this.listeners.add(listener);
  }

  /** Every list in memory, for reports and renewal. */
  all(): readonly HeldList[] {
    return [...this.held.values()];
  }

  /** When a list was last asked for, ms since the epoch; undefined where this process never did. */
  lastUse(url: string): number | undefined {
    return this.usedAt.get(url);
  }

  /** The list in memory for a URL; marks it as used. */
  peek(url: string, at: number): HeldList | undefined {
    const held = this.held.get(url);
    if (held !== undefined) this.usedAt.set(url, at);
    return held;
  }

  /** The list for a URL from memory or storage; the network is not asked. */
  async load(url: string, at: number): Promise<HeldList | undefined> {
    const held = this.peek(url, at);
    if (held !== undefined || this.storage === undefined) return held;
    if (this.absence.holds(url, at)) return undefined;
    const { storage } = this;
    const found = await this.loads.run(url, () => this.read(url, storage));
    if (found === undefined) this.absence.note(url, at);
    else this.usedAt.set(url, at);
    return found;
  }

  /** Loads everything that the storage holds, as after a restart; returns how many lists that were. */
  async loadAll(at: number): Promise<number> {
    const records = (await this.storage?.records('lists').catch(() => [])) ?? [];
    let loaded = 0;
    for (const { key } of records) if ((await this.load(key, at)) !== undefined) loaded++;
    return loaded;
  }

  /** Whether an older issue of a list is being put forward than one that was verified here before. */
  isOlder(list: CertificateList): boolean {
    return this.rollback.isOlder(list);
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
    if (this.rollback.isOlder(list)) return;
    const before = this.held.get(url)?.list;
    const held: HeldList = {
      url,
      list,
      fetchedAt: at,
      signer: Uint8Array.from(signer.der),
      hosts,
      ...(this.validators.get(list) ?? { etag: null, lastModified: null }),
    };
    this.usedAt.set(url, this.usedAt.get(url) ?? at);
    this.keep(held);
    this.store(held, before === list ? undefined : list.der);
    if (before === list) return;
    for (const listener of this.listeners) listener(held, before);
  }

  /**
   * Takes over what another replica has put into the storage since; returns the list that is held afterwards.
   * It is verified as if it came from the network.
   */
  async takeOver(held: HeldList): Promise<HeldList> {
    const record = await this.storage?.record('lists', held.url).catch(() => undefined);
    if (record === undefined || record.fetchedAt <= held.fetchedAt) return held;
    if (record.sha256 === held.list.sha256) {
      const confirmed = { ...held, fetchedAt: record.fetchedAt };
      this.keep(confirmed);
      return confirmed;
    }
    const list = await this.readObject(record, held.signer);
    if (list === undefined || this.rollback.isOlder(list)) return held;
    if (!list.signed.holdsUnder(parsePublicKeyInfo(held.signer))) return held;
    const newer = {
      ...held,
      list,
      fetchedAt: record.fetchedAt,
      etag: record.etag,
      lastModified: record.lastModified,
    };
    this.keep(newer);
    for (const listener of this.listeners) listener(newer, held.list);
    return newer;
  }

  /** Takes from the storage what another process has put there: replicas, an operator's refresh or import. */
  async takeOverAll(at: number): Promise<void> {
    for (const record of (await this.storage?.records('lists').catch(() => [])) ?? []) {
      const held = this.held.get(record.key);
      // What was let go or found to be bad once is not read again at every turn.
      const isSeen = this.seen.get(record.key) === record.sha256;
      if (isSeen && held?.list.sha256 !== record.sha256) continue;
      if (held === undefined) {
        this.absence.end(record.key);
        await this.load(record.key, at);
      } else if (record.fetchedAt > held.fetchedAt) {
        await this.takeOver(held);
      }
      this.seen.set(record.key, record.sha256);
    }
  }

  private keep(held: HeldList): void {
    this.seen.set(held.url, held.list.sha256);
    this.rollback.note(held.list);
    this.absence.end(held.url);
    this.held.set(held.url, held);
    let octets = sizeOf(this.held.values());
    if (octets <= this.settings.mostOctets) return;
    const lastUse = ({ url }: HeldList) => this.usedAt.get(url) ?? 0;
    for (const each of [...this.all()].sort((a, b) => lastUse(a) - lastUse(b))) {
      if (octets <= this.settings.mostOctets || each.url === held.url) break;
      octets -= sizeOf([each]);
      this.held.delete(each.url);
    }
  }

  /** Resolves once everything that was accepted so far is in the storage, or has failed to get there. */
  stored(): Promise<void> {
    return this.writing;
  }

  /** No login waits for it, a storage that fails keeps nobody out, and what was accepted last is written last. */
  private store(held: HeldList, octets: Uint8Array | undefined): void {
    const { storage } = this;
    if (storage === undefined) return;
    this.writing = this.writing
      .then(() => storage.write('lists', recordOf(held), octets))
      .catch((error: unknown) => this.observer.failed(error));
  }

  private async download(order: ListOrder): Promise<CertificateList> {
    const held = this.held.get(order.url);
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
    if (this.rollback.isOlder(list)) {
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
    this.keep(confirmed);
    this.store(confirmed, undefined);
    return held.list;
  }

  private async read(url: string, storage: Storage): Promise<HeldList | undefined> {
    const record = await storage.record('lists', url).catch(() => undefined);
    if (record === undefined) return undefined;
    const signer = Uint8Array.from(Buffer.from(record.signer, 'base64'));
    const list = await this.readObject(record, signer);
    if (list === undefined || this.rollback.isOlder(list)) return undefined;
    const { fetchedAt, etag, lastModified } = record;
    const held = { url, list, fetchedAt, signer, hosts: new Set(record.hosts), etag, lastModified };
    this.keep(held);
    // Nobody has verified it in this process yet, and who listens takes it for verified.
    if (list.signed.holdsUnder(parsePublicKeyInfo(signer))) {
      for (const listener of this.listeners) listener(held, undefined);
    }
    return held;
  }

  private async readObject(record: StoredRecord, signer: Uint8Array): Promise<CertificateList | undefined> {
    const octets = await this.storage?.readObject(record.sha256).catch(() => undefined);
    if (octets === undefined) return undefined;
    const list = await readList(octets, [signer]).catch(() => undefined);
    return list?.sha256 === record.sha256 ? list : undefined;
  }
}

function sizeOf(lists: Iterable<HeldList>): number {
  let octets = 0;
  for (const { list } of lists) octets += list.der.length + list.entries.overhead;
  return octets;
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
