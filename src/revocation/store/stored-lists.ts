import { type PublicKeyInfo, parsePublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { EncodingError } from '../../asn1/error.ts';
import { SingleFlight } from '../../background/single-flight.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import type { RevocationObserver } from '../observer.ts';
import { Absence } from './absence.ts';
import { type HeldList, listKey, recordOf } from './held-list.ts';
import type { ListMemory, Place } from './list-memory.ts';
import type { Storage, StoredRecord } from './storage.ts';

/** Clocks of replicas differ; what one writes is looked for from so long before the last look on, ms. */
const clockDifference = 10 * 60_000;

/**
 * The way of lists between memory and storage, which replicas and operators' commands write to as well. What comes
 * from there is verified under the key that it is looked for by, like what comes from the network. Without a storage
 * there is nothing behind the memory.
 */
export class StoredLists {
  private readonly memory: ListMemory;
  private readonly storage: Storage | undefined;
  private readonly observer: RevocationObserver;
  private readonly loads = new SingleFlight<HeldList | undefined>();
  private readonly absence = new Absence();
  private writing: Promise<void> = Promise.resolve();
  private lookedAt = 0;

  constructor(memory: ListMemory, storage: Storage | undefined, observer: RevocationObserver) {
    this.memory = memory;
    this.storage = storage;
    this.observer = observer;
  }

  /** The list for a place that is not in memory; `at` is ms since the epoch. */
  async load(place: Place, at: number): Promise<HeldList | undefined> {
    const { storage } = this;
    const { branch } = place.requester;
    const key = listKey(place.signer, place.url);
    if (storage === undefined || this.absence.holds(branch, key, at)) return undefined;
    const found = await this.loads.run(`${branch} ${key}`, () => this.read(place, storage));
    if (found === undefined) this.absence.note(branch, key, at);
    else this.memory.use(place, at);
    return found;
  }

  /** Takes over what another process has put there since `held`; returns the list that is held afterwards. */
  async takeOver(held: HeldList): Promise<HeldList> {
    const record = await this.recordOf(listKey(held.signer, held.url));
    if (record === undefined || record.fetchedAt <= held.fetchedAt) return held;
    const { fetchedAt, etag, lastModified } = record;
    if (record.sha256 === held.list.sha256) return this.keep({ ...held, fetchedAt });
    const list = await this.readObject(record, held.signer);
    if (list === undefined || this.memory.marks.isOlder(list, held.signer)) return held;
    return this.keep({ ...held, list, fetchedAt, etag, lastModified });
  }

  /**
   * Takes over whatever processes have put there since this was called last: this one before a restart, replicas, an
   * operator's refresh or import. `at` is ms since the epoch. Returns how many lists came to be held.
   */
  async takeOverAll(at: number): Promise<number> {
    if (this.storage === undefined) return 0;
    const since = this.lookedAt - clockDifference;
    let taken = 0;
    try {
      for await (const records of this.storage.records('crl', since)) {
        for (const record of records) if (await this.takeOverOne(record, at)) taken++;
      }
      this.lookedAt = at;
    } catch (error) {
      this.observer.failed(error);
    }
    return taken;
  }

  /**
   * Writes a list, without its octets where they are there already. No login waits for it, a storage that fails keeps
   * nobody out, and what was accepted last is written last.
   */
  write(held: HeldList, octets: Uint8Array | undefined): void {
    this.absence.end(held.requester.branch, listKey(held.signer, held.url));
    const { storage } = this;
    if (storage === undefined) return;
    this.writing = this.writing
      .then(() => storage.write('crl', recordOf(held), octets))
      .catch((error: unknown) => this.observer.failed(error));
  }

  /** Resolves once everything that was to be written so far is there, or has failed to get there. */
  written(): Promise<void> {
    return this.writing;
  }

  /** Whether a record that memory did not know of has come to be held. */
  private async takeOverOne(record: StoredRecord, at: number): Promise<boolean> {
    const { key, sha256, url, requester } = record;
    const held = this.memory.ofAll(key);
    // What was let go or found to be bad once is not read again at every turn.
    if (this.memory.isSeen(key, sha256) && held.every(({ list }) => list.sha256 !== sha256)) return false;
    this.memory.see(key, sha256);
    if (held.length > 0) {
      for (const each of held) if (record.fetchedAt > each.fetchedAt) await this.takeOver(each);
      return false;
    }
    const signer = readableKey(record.signer);
    if (signer === undefined || key !== listKey(signer, url)) return false;
    this.absence.end(requester.branch, key);
    return (await this.load({ url, signer, requester }, at)) !== undefined;
  }

  private keep(held: HeldList): HeldList {
    this.absence.end(held.requester.branch, listKey(held.signer, held.url));
    this.memory.keep(held);
    return held;
  }

  private async read(place: Place, storage: Storage): Promise<HeldList | undefined> {
    const { signer, url } = place;
    const record = await storage.record('crl', listKey(signer, url)).catch(() => undefined);
    if (record === undefined) return undefined;
    const list = await this.readObject(record, signer);
    if (list === undefined || this.memory.marks.isOlder(list, signer)) return undefined;
    const { fetchedAt, etag, lastModified } = record;
    return this.keep({ ...place, list, fetchedAt, hosts: new Set(record.hosts), etag, lastModified });
  }

  private recordOf(key: string): Promise<StoredRecord | undefined> {
    return this.storage?.record('crl', key).catch(() => undefined) ?? Promise.resolve(undefined);
  }

  /** The list that a record names, where it is that very one and its signature holds under `signer`. */
  private async readObject(
    { sha256 }: StoredRecord,
    signer: PublicKeyInfo,
  ): Promise<CertificateList | undefined> {
    const octets = await this.storage?.readObject(sha256).catch(() => undefined);
    if (octets === undefined) return undefined;
    const list = await loadCertificateList(octets, [signer]).catch(() => undefined);
    return list?.sha256 === sha256 && list.signed.holdsUnder(signer) ? list : undefined;
  }
}

function readableKey(base64: string): PublicKeyInfo | undefined {
  try {
    return parsePublicKeyInfo(Uint8Array.from(Buffer.from(base64, 'base64')));
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
