import { digestOfKey, type PublicKeyInfo, parsePublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { EncodingError } from '../../asn1/error.ts';
import { SingleFlight } from '../../background/single-flight.ts';
import { within } from '../../background/within.ts';
import { inSlices } from '../../budget/slices.ts';
import type { Fetched, Fetcher, FetchProgress } from '../../fetch/fetcher.ts';
import { Quota } from '../../fetch/quota.ts';
import { issueProblem, type ListIssuer } from '../crl/issue.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import type { RevocationObserver } from '../observer.ts';
import { RetrievalFailure } from '../problem.ts';
import { type Requester, requesterName } from '../requester.ts';
import type { Arrivals } from './arrivals.ts';
import type { HeldList, Validators } from './held-list.ts';
import { ListMemory, type Place } from './list-memory.ts';
import type { Storage } from './storage.ts';
import { StoredLists } from './stored-lists.ts';

/** How a list is asked for. */
export interface ListOrder {
  readonly url: string;
  readonly hosts: ReadonlySet<string>;
  /** Whose certificate names the address. */
  readonly requester: Requester;
  /** Validated authorities that may have signed it: large lists are verified under their keys as they are read. */
  readonly issuers: readonly ListIssuer[];
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
  /** Of lists that are on their way and not verified, in all; each branch of the trust has at most half of it. */
  readonly mostUnverified: number;
  /** Held in memory together; beyond it the one used longest ago of the branch that holds the most is let go. */
  readonly mostOctets: number;
}

export const usualListStore: ListStoreSettings = {
  largestList: 128 * 1024 * 1024,
  listTimeout: 120_000,
  mostUnverified: 512 * 1024 * 1024,
  mostOctets: 1024 * 1024 * 1024,
};

/**
 * The lists of this process, each by the key that verified it and its URL. A list comes in by `fetch`, and stays only
 * once it is verified under the key of an authority: nobody on the network, and no other authority, can put another
 * list in its place, or an older one.
 */
export class ListStore {
  private readonly settings: ListStoreSettings;
  private readonly fetcher: Fetcher;
  private readonly memory: ListMemory;
  private readonly storage: StoredLists;
  private readonly downloads = new SingleFlight<CertificateList>();
  private readonly validators = new WeakMap<CertificateList, Validators>();
  private readonly unverified: Quota;

  constructor(
    fetcher: Fetcher,
    observer: RevocationObserver,
    storage: Storage | undefined,
    settings: ListStoreSettings,
    arrivals?: Arrivals,
  ) {
    this.fetcher = fetcher;
    this.settings = settings;
    this.memory = new ListMemory(settings.mostOctets, arrivals);
    this.storage = new StoredLists(this.memory, storage, observer);
    this.unverified = new Quota(settings.mostUnverified);
  }

  /** Every list in memory, for reports and renewal. */
  all(): readonly HeldList[] {
    return this.memory.all();
  }

  /** When a list was last asked for, ms since the epoch; undefined where this process never did. */
  lastUse(place: Place): number | undefined {
    return this.memory.lastUse(place);
  }

  /** The list in memory; marks it as used. */
  peek(place: Place, at: number): HeldList | undefined {
    const held = this.memory.get(place.requester.branch, place.signer, place.url);
    if (held !== undefined) this.memory.use(held, at);
    return held;
  }

  /** The list from memory or storage; the network is not asked. */
  async load(place: Place, at: number): Promise<HeldList | undefined> {
    return this.peek(place, at) ?? (await this.storage.load(place, at));
  }

  /** Takes over what another replica has put into the storage since; returns the list that is held afterwards. */
  takeOver(held: HeldList): Promise<HeldList> {
    return this.storage.takeOver(held);
  }

  /**
   * Takes from the storage what has been put there since the last time: by this process before a restart, by replicas,
   * by an operator's refresh or import. Returns how many lists came to be held.
   */
  takeOverAll(at: number): Promise<number> {
    return this.storage.takeOverAll(at);
  }

  /** Resolves once everything that was accepted so far is in the storage, or has failed to get there. */
  stored(): Promise<void> {
    return this.storage.written();
  }

  /** Whether an older issue of a list is being put forward than one that was verified under the same key before. */
  isOlder(list: CertificateList, signer: PublicKeyInfo): boolean {
    return this.memory.marks.isOlder(list, signer);
  }

  /**
   * The list at a URL, fetched or, where the host says that nothing has changed, the one that is held. Throws a
   * FetchFailure or a RetrievalFailure. The list has not been verified.
   */
  async fetch(order: ListOrder): Promise<CertificateList> {
    let isAwaited = true;
    const download = this.downloads.run(flightOf(order), async () => {
      const list = await this.download(order);
      if (!isAwaited) await this.acceptLate(order, list);
      return list;
    });
    try {
      return await within(download, order.patience, () => new RetrievalFailure('timed-out'));
    } finally {
      isAwaited = false;
    }
  }

  /** Keeps a list that the caller has verified under `signer`. An older one than was seen before is let go. */
  accept(
    { url, hosts, requester, at }: Pick<ListOrder, 'url' | 'hosts' | 'requester' | 'at'>,
    list: CertificateList,
    signer: PublicKeyInfo,
  ): void {
    const { memory } = this;
    if (memory.marks.isOlder(list, signer)) return;
    const before = memory.get(requester.branch, signer, url)?.list;
    const held: HeldList = {
      url,
      list,
      requester,
      fetchedAt: at,
      // A copy: the key is a view of the certificate that it stands in, and that one of its message.
      signer: parsePublicKeyInfo(Uint8Array.from(signer.der)),
      hosts,
      ...(this.validators.get(list) ?? { etag: null, lastModified: null }),
    };
    memory.use(held, memory.lastUse(held) ?? at);
    memory.keep(held);
    this.storage.write(held, before === list ? undefined : list.der);
  }

  /** A list for which nobody waits any more is kept where an authority that may have signed it did. */
  private async acceptLate(order: ListOrder, list: CertificateList): Promise<void> {
    for (const issuer of order.issuers) {
      if ((await inSlices(issueProblem(list, issuer, order.at))) !== undefined) continue;
      this.accept(order, list, issuer.publicKey);
      return;
    }
  }

  private async download(order: ListOrder): Promise<CertificateList> {
    const reservation = this.unverified.open(order.requester.branch);
    try {
      return await this.receive(order, reservation);
    } finally {
      reservation.release();
    }
  }

  private async receive(order: ListOrder, reservation: ReturnType<Quota['open']>): Promise<CertificateList> {
    const { url, hosts, requester, issuers, at, onProgress } = order;
    const held = this.heldFor(order);
    const request = {
      url,
      hosts,
      requester: requesterName(requester),
      headers: held === undefined ? {} : conditionsOf(held),
      largest: this.settings.largestList,
      reservation,
      timeout: this.settings.listTimeout,
      onProgress,
    };
    const fetched = await this.fetcher.fetch(request);
    if (fetched.status === 304) {
      if (held === undefined) throw new RetrievalFailure('http-status', { status: 304 });
      this.fetcher.noteUse(request, true);
      return this.confirm(held, at, held);
    }
    const list = await readList(
      fetched.octets,
      issuers.map(({ publicKey }) => publicKey),
    );
    this.fetcher.noteUse(request, !(list instanceof EncodingError));
    if (list instanceof EncodingError) {
      throw new RetrievalFailure('malformed', { rule: list.rule, offset: list.offset }, { cause: list });
    }
    // The same list again: the one that is held has been verified already.
    if (held?.list.sha256 === list.sha256) return this.confirm(held, at, validatorsOf(fetched));
    this.validators.set(list, validatorsOf(fetched));
    return list;
  }

  /** The list that is held under a key of one of those who may have signed the one that is asked for. */
  private heldFor({ requester, issuers, url }: ListOrder): HeldList | undefined {
    for (const { publicKey } of issuers) {
      const held = this.memory.get(requester.branch, publicKey, url);
      if (held !== undefined) return held;
    }
    return undefined;
  }

  private confirm(held: HeldList, at: number, { etag, lastModified }: Validators): CertificateList {
    const confirmed = { ...held, etag, lastModified, fetchedAt: at };
    this.memory.keep(confirmed);
    this.storage.write(confirmed, undefined);
    return held.list;
  }
}

/** Who asks for the same list in the same name, to be verified under the same keys, waits for one request. */
function flightOf({ url, requester, issuers }: ListOrder): string {
  const keys = issuers.map(({ publicKey }) => digestOfKey(publicKey));
  return [requesterName(requester), ...keys, url].join(' ');
}

async function readList(
  octets: Uint8Array,
  keys: readonly PublicKeyInfo[],
): Promise<CertificateList | EncodingError> {
  try {
    return await loadCertificateList(octets, keys);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
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
