import { parsePublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { FetchFailure } from '../../fetch/failure.ts';
import type { FetchProgress } from '../../fetch/fetcher.ts';
import type { Problem } from '../../fetch/problem.ts';
import type { CertificateList } from '../crl/list.ts';
import type { RevocationSources } from '../sources.ts';
import { isFetched, urlsOf } from '../url.ts';
import type { HeldList } from './held-list.ts';

/** When lists are renewed; ms. */
export interface RenewalSettings {
  /** How often a held list is asked for again; authorities publish out of turn when something was revoked. */
  readonly interval: number;
  /** How often it is looked which lists are due. */
  readonly tick: number;
  /** Lists that nobody asked for during this time are left alone. */
  readonly forgetAfter: number;
  /** Octets of lists and answers that nothing names any more are removed after this time; evidence points at them. */
  readonly keepEvidence: number;
}

const day = 86_400_000;

export const usualRenewal: RenewalSettings = {
  interval: 10 * 60_000,
  tick: 20_000,
  forgetAfter: 14 * day,
  keepEvidence: 400 * day,
};

/** As long as the store lets a download take, ms. */
const longestDownload = 10 * 60_000;
/** Lists renewed at the same time. */
const atOnce = 4;
/** A list of a short term is asked for again after this part of what is left of it, but not within a minute. */
const partOfTerm = 4;
const leastInterval = 60_000;

/** How the renewal of one list came out. */
export interface Renewed {
  readonly url: string;
  readonly outcome: 'newer' | 'unchanged' | 'failed';
  readonly problem?: Problem;
}

/** When a held list is to be asked for again, ms since the epoch; always ahead of its end. */
export function dueAt({ list, fetchedAt }: HeldList, { interval }: RenewalSettings): number {
  const left = (list.nextUpdate ?? Number.POSITIVE_INFINITY) - fetchedAt;
  return fetchedAt + Math.min(interval, Math.max(leastInterval, left / partOfTerm));
}

/**
 * Fetches one held list anew and, where it is verified under the same key, holds it in place of the old one. One
 * that another key signed is left to the next login, which can judge who may sign.
 */
export async function renewList(
  { lists }: RevocationSources,
  held: HeldList,
  at: number,
  patience: number,
  onProgress?: FetchProgress,
): Promise<Renewed> {
  const { url, hosts } = held;
  const signer = parsePublicKeyInfo(held.signer);
  try {
    const list = await lists.fetch({ url, hosts, keys: [signer], patience, at, onProgress });
    if (list === held.list) return { url, outcome: 'unchanged' };
    const problem = problemOf(list, held, at);
    if (problem !== undefined) return { url, outcome: 'failed', problem };
    lists.accept({ url, hosts, at }, list, signer);
    return { url, outcome: 'newer' };
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    return { url, outcome: 'failed', problem: error.at(url) };
  }
}

function problemOf(list: CertificateList, held: HeldList, at: number): Problem | undefined {
  const { url } = held;
  if (!isSameName(list.issuer, held.list.issuer)) return { problem: 'other-issuer', source: url };
  if (list.unknownCritical !== undefined) return { problem: 'unknown-critical-extension', source: url };
  if (list.thisUpdate > at + leastInterval) return { problem: 'not-yet-valid', source: url };
  if (!list.signed.holdsUnder(parsePublicKeyInfo(held.signer)))
    return { problem: 'signature-wrong', source: url };
  return undefined;
}

/** Renews lists ahead of their end, in the background; what other replicas have fetched is taken from the storage. */
export class Renewal {
  private readonly sources: RevocationSources;
  private readonly settings: RenewalSettings;
  private readonly now: () => number;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private isBusy = false;
  private prunedAt = 0;
  private readonly failedAt = new Map<string, number>();

  constructor(
    sources: RevocationSources,
    settings: RenewalSettings = usualRenewal,
    now: () => number = Date.now,
  ) {
    this.sources = sources;
    this.settings = settings;
    this.now = now;
  }

  /**
   * Loads what the storage holds and looks after it until `stop`. Nobody has to wait for that: a list that is asked
   * for before its turn is loaded then.
   */
  start(): void {
    this.isBusy = true;
    this.running = this.sources.lists
      .loadAll(this.now())
      .catch((error: unknown) => this.sources.observer.failed(error))
      .finally(() => {
        this.isBusy = false;
      });
    this.timer = setInterval(() => this.tick(), this.settings.tick);
    this.timer.unref();
  }

  /**
   * Ends it, and fetching altogether: what is under way is broken off. Resolves once nothing is, and everything that
   * was accepted is in the storage.
   */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sources.fetcher.close();
    await this.running;
    await this.sources.lists.stored();
  }

  /** Renews every list that is due, and fetches delta lists that held lists name; resolves with what came of it. */
  async renewDue(at: number): Promise<readonly Renewed[]> {
    const due = this.sources.lists.all().filter((held) => this.isDue(held, at));
    const renewed: Renewed[] = [];
    const next = due.values();
    const worker = async () => {
      for (const held of next) renewed.push(...(await this.renew(held, at)));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return renewed;
  }

  private tick(): void {
    // One round after the other: a slow host makes rounds longer, not more of them.
    if (this.isBusy) return;
    this.isBusy = true;
    this.running = this.round()
      .catch((error: unknown) => this.sources.observer.failed(error))
      .finally(() => {
        this.isBusy = false;
      });
  }

  private async round(): Promise<void> {
    const at = this.now();
    await this.sources.lists.takeOverAll(at);
    await this.renewDue(at);
    if (at < this.prunedAt + day) return;
    this.prunedAt = at;
    await this.sources.storage?.prune({
      answersBefore: at - day,
      evidenceBefore: at - this.settings.keepEvidence,
    });
  }

  private isDue(held: HeldList, at: number): boolean {
    const lastUse = this.sources.lists.lastUse(held.url) ?? held.fetchedAt;
    const failedAt = this.failedAt.get(held.url) ?? Number.NEGATIVE_INFINITY;
    return (
      at >= dueAt(held, this.settings) &&
      at >= failedAt + Math.min(leastInterval, this.settings.interval) &&
      at < lastUse + this.settings.forgetAfter
    );
  }

  private async renew(held: HeldList, at: number): Promise<readonly Renewed[]> {
    const shared = await this.sources.lists.takeOver(held);
    if (at < dueAt(shared, this.settings))
      return [{ url: held.url, outcome: shared.list === held.list ? 'unchanged' : 'newer' }];
    const renewed = await renewList(this.sources, shared, at, longestDownload);
    if (renewed.outcome === 'failed') this.failedAt.set(held.url, at);
    else this.failedAt.delete(held.url);
    return [renewed, ...(await this.fetchDeltas(shared, at))];
  }

  /** A delta list is fetched for the first time with the full list that names it; afterwards it is held itself. */
  private async fetchDeltas(held: HeldList, at: number): Promise<readonly Renewed[]> {
    const { lists } = this.sources;
    const renewed: Renewed[] = [];
    for (const url of urlsOf(held.list.freshest).filter(isFetched)) {
      if (lists.peek(url, at) !== undefined) continue;
      renewed.push(
        await renewList(this.sources, { ...held, url, etag: null, lastModified: null }, at, longestDownload),
      );
    }
    return renewed;
  }
}
