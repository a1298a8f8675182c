import { parsePublicKeyInfo } from '../../algorithm/public-key-info.ts';
import type { RevocationObserver } from '../../fetch/observer.ts';
import { SingleFlight } from '../../fetch/single-flight.ts';
import type { CertificateList } from '../crl/list.ts';
import { loadCertificateList } from '../crl/load.ts';
import { Absence } from './absence.ts';
import { type HeldList, recordOf } from './held-list.ts';
import type { ListMemory } from './list-memory.ts';
import type { Storage, StoredRecord } from './storage.ts';

/**
 * The way of lists between memory and storage, which replicas and operators' commands write to as well. What comes
 * from there is verified like what comes from the network. Without a storage there is nothing behind the memory.
 */
export class StoredLists {
  private readonly memory: ListMemory;
  private readonly storage: Storage | undefined;
  private readonly observer: RevocationObserver;
  private readonly loads = new SingleFlight<HeldList | undefined>();
  private readonly absence = new Absence();
  private writing: Promise<void> = Promise.resolve();

  constructor(memory: ListMemory, storage: Storage | undefined, observer: RevocationObserver) {
    this.memory = memory;
    this.storage = storage;
    this.observer = observer;
  }

  /** The list for a URL that is not in memory; `at` is ms since the epoch. */
  async load(url: string, at: number): Promise<HeldList | undefined> {
    const { storage } = this;
    if (storage === undefined || this.absence.holds(url, at)) return undefined;
    const found = await this.loads.run(url, () => this.read(url, storage));
    if (found === undefined) this.absence.note(url, at);
    else this.memory.use(url, at);
    return found;
  }

  /** The URLs of all lists that the storage holds. */
  async urls(): Promise<readonly string[]> {
    return (await this.records()).map(({ key }) => key);
  }

  /** Takes over what another process has put there since `held`; returns the list that is held afterwards. */
  async takeOver(held: HeldList): Promise<HeldList> {
    const record = await this.storage?.record('lists', held.url).catch(() => undefined);
    if (record === undefined || record.fetchedAt <= held.fetchedAt) return held;
    const { fetchedAt, etag, lastModified } = record;
    if (record.sha256 === held.list.sha256) return this.keep({ ...held, fetchedAt });
    const list = await this.readObject(record, held.signer);
    if (list === undefined || this.memory.isOlder(list)) return held;
    if (!list.signed.holdsUnder(parsePublicKeyInfo(held.signer))) return held;
    const newer = this.keep({ ...held, list, fetchedAt, etag, lastModified });
    this.memory.arrived(newer, held.list);
    return newer;
  }

  /** Takes over whatever other processes have put there: replicas, an operator's refresh or import. */
  async takeOverAll(at: number): Promise<void> {
    for (const { key, sha256, fetchedAt } of await this.records()) {
      const held = this.memory.get(key);
      // What was let go or found to be bad once is not read again at every turn.
      if (this.memory.isSeen(key, sha256) && held?.list.sha256 !== sha256) continue;
      if (held === undefined) {
        this.absence.end(key);
        await this.load(key, at);
      } else if (fetchedAt > held.fetchedAt) {
        await this.takeOver(held);
      }
      this.memory.see(key, sha256);
    }
  }

  /**
   * Writes a list, without its octets where they are there already. No login waits for it, a storage that fails keeps
   * nobody out, and what was accepted last is written last.
   */
  write(held: HeldList, octets: Uint8Array | undefined): void {
    this.absence.end(held.url);
    const { storage } = this;
    if (storage === undefined) return;
    this.writing = this.writing
      .then(() => storage.write('lists', recordOf(held), octets))
      .catch((error: unknown) => this.observer.failed(error));
  }

  /** Resolves once everything that was to be written so far is there, or has failed to get there. */
  written(): Promise<void> {
    return this.writing;
  }

  private async records(): Promise<readonly StoredRecord[]> {
    return (await this.storage?.records('lists').catch(() => [])) ?? [];
  }

  private keep(held: HeldList): HeldList {
    this.absence.end(held.url);
    this.memory.keep(held);
    return held;
  }

  private async read(url: string, storage: Storage): Promise<HeldList | undefined> {
    const record = await storage.record('lists', url).catch(() => undefined);
    if (record === undefined) return undefined;
    const signer = Uint8Array.from(Buffer.from(record.signer, 'base64'));
    const list = await this.readObject(record, signer);
    if (list === undefined || this.memory.isOlder(list)) return undefined;
    const { fetchedAt, etag, lastModified } = record;
    const held = { url, list, fetchedAt, signer, hosts: new Set(record.hosts), etag, lastModified };
    this.keep(held);
    // Nobody has verified it in this process yet, and who listens takes it for verified.
    if (list.signed.holdsUnder(parsePublicKeyInfo(signer))) this.memory.arrived(held, undefined);
    return held;
  }

  private async readObject(record: StoredRecord, signer: Uint8Array): Promise<CertificateList | undefined> {
    const octets = await this.storage?.readObject(record.sha256).catch(() => undefined);
    if (octets === undefined) return undefined;
    const list = await loadCertificateList(octets, [signer]).catch(() => undefined);
    return list?.sha256 === record.sha256 ? list : undefined;
  }
}
