import { every, type Round } from '../../background/round.ts';
import { sideBySide } from '../../background/side-by-side.ts';
import { inSlices } from '../../budget/slices.ts';
import type { FetchProgress } from '../../fetch/fetcher.ts';
import { issueProblem } from '../crl/issue.ts';
import { type Problem, problemOf } from '../problem.ts';
import type { RevocationSources } from '../sources.ts';
import { isFetched, urlsOf } from '../url.ts';
import { type HeldList, listKey } from './held-list.ts';

/** When lists are renewed; ms. */
export interface RenewalSettings {
  /** How often a held list is asked for again; authorities publish out of turn when something was revoked. */
  readonly interval: number;
  /** How often it is looked which lists are due. */
  readonly tick: number;
  /** Lists that nobody asked this process for during this time, or since it started, are left alone. */
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

/**
 * How long a round waits for the lists of one branch of the trust together, ms. A download that takes longer goes on,
 * and its list is held once it is there; the others of that branch have their turn in the next round, and those of
 * other branches do not wait for it.
 */
const longestTurn = 30_000;
/** Branches whose lists are renewed at the same time; within a branch it is one list after the other. */
const branchesAtOnce = 8;
/** A list of a short term is asked for again after this part of what is left of it, but not within a minute. */
const partOfTerm = 4;
const leastInterval = 60_000;
/**
 * Of several replicas the first one renews for all, and the others take the lists from the storage; where it has not
 * done so this long after their turn, ms, any other does.
 */
const standInAfter = 60_000;
/** A list that nobody has asked for, nor renewed, for so long is let go from the storage, ms. */
const keepUnused = 90 * day;

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
  const { url, hosts, requester, signer } = held;
  const issuer = { name: held.list.issuer, publicKey: signer };
  try {
    const list = await lists.fetch({ url, hosts, requester, issuers: [issuer], patience, at, onProgress });
    if (list === held.list) return { url, outcome: 'unchanged' };
    const problem =
      (await inSlices(issueProblem(list, issuer, at))) ?? rolledBack(lists.isOlder(list, signer));
    if (problem !== undefined) return { url, outcome: 'failed', problem: { source: url, ...problem } };
    lists.accept({ url, hosts, requester, at }, list, signer);
    return { url, outcome: 'newer' };
  } catch (error) {
    return { url, outcome: 'failed', problem: problemOf(error, 'crl', url) };
  }
}

function rolledBack(isOlder: boolean): Problem | undefined {
  return isOlder ? { problem: 'rolled-back' } : undefined;
}

/** Renews lists ahead of their end, in the background; what other replicas have fetched is taken from the storage. */
export class Renewal {
  private readonly sources: RevocationSources;
  private readonly settings: RenewalSettings;
  private readonly now: () => number;
  private readonly isFirst: () => boolean;
  private round: Round | undefined;
  private prunedAt = 0;
  /** When it began, ms since the epoch: a list that was never asked for is as one that was asked for then. */
  private begunAt: number | undefined;
  private readonly failedAt = new Map<string, number>();

  constructor(
    sources: RevocationSources,
    settings: RenewalSettings = usualRenewal,
    now: () => number = Date.now,
    isFirst: () => boolean = () => true,
  ) {
    this.sources = sources;
    this.settings = settings;
    this.now = now;
    this.isFirst = isFirst;
  }

  /**
   * Loads what the storage holds and looks after it until `stop`. Nobody has to wait for that: a list that is asked
   * for before its turn is loaded then.
   */
  start(): void {
    const { observer } = this.sources;
    this.round = every(
      this.settings.tick,
      () => this.renew(this.now()),
      (error) => observer.failed(error),
    );
    void this.round.run();
  }

  /**
   * Ends it, and fetching altogether: what is under way is broken off. Resolves once nothing is, and everything that
   * was accepted is in the storage.
   */
  async stop(): Promise<void> {
    await this.sources.fetcher.close();
    await this.round?.close();
    await this.sources.lists.stored();
  }

  /** Renews every list that is due, and fetches delta lists that held lists name; resolves with what came of it. */
  async renewDue(at: number): Promise<readonly Renewed[]> {
    const renewed: Renewed[] = [];
    this.begunAt ??= at;
    const branches = this.dueByBranch(at);
    const turn = async (due: readonly HeldList[]) => {
      const end = performance.now() + longestTurn;
      for (const held of due) {
        const patience = end - performance.now();
        if (patience <= 0) return;
        renewed.push(...(await this.renewOne(held, at, patience)));
      }
    };
    await sideBySide(branches, branchesAtOnce, turn, (error) => this.sources.observer.failed(error));
    return renewed;
  }

  private async renew(at: number): Promise<void> {
    await this.sources.lists.takeOverAll(at);
    await this.renewDue(at);
    if (at < this.prunedAt + day) return;
    this.prunedAt = at;
    await this.sources.storage?.prune({
      answersBefore: at - day,
      listsBefore: at - keepUnused,
      evidenceBefore: at - this.settings.keepEvidence,
    });
  }

  /** Lists that are due, those of one branch together, the longest overdue first. */
  private dueByBranch(at: number): Iterable<readonly HeldList[]> {
    const branches = new Map<string, HeldList[]>();
    const all = this.sources.lists.all();
    this.forgetFailures(all);
    for (const held of all) {
      if (!this.isDue(held, at)) continue;
      const { branch } = held.requester;
      const due = branches.get(branch);
      if (due === undefined) branches.set(branch, [held]);
      else due.push(held);
    }
    for (const due of branches.values()) {
      due.sort((a, b) => dueAt(a, this.settings) - dueAt(b, this.settings));
    }
    return branches.values();
  }

  private isDue(held: HeldList, at: number): boolean {
    const lastUse = this.sources.lists.lastUse(held) ?? this.begunAt ?? at;
    const failedAt = this.failedAt.get(nameOf(held)) ?? Number.NEGATIVE_INFINITY;
    return (
      at >= dueAt(held, this.settings) + (this.isFirst() ? 0 : standInAfter) &&
      at >= failedAt + Math.min(leastInterval, this.settings.interval) &&
      at < lastUse + this.settings.forgetAfter
    );
  }

  /** Failures are remembered of lists that are held, and of no others. */
  private forgetFailures(held: readonly HeldList[]): void {
    if (this.failedAt.size === 0) return;
    const names = new Set(held.map(nameOf));
    for (const name of this.failedAt.keys()) if (!names.has(name)) this.failedAt.delete(name);
  }

  private async renewOne(held: HeldList, at: number, patience: number): Promise<readonly Renewed[]> {
    const shared = await this.sources.lists.takeOver(held);
    if (at < dueAt(shared, this.settings))
      return [{ url: held.url, outcome: shared.list === held.list ? 'unchanged' : 'newer' }];
    const renewed = await renewList(this.sources, shared, at, patience);
    if (renewed.outcome === 'failed') this.failedAt.set(nameOf(held), at);
    else this.failedAt.delete(nameOf(held));
    return [renewed, ...(await this.fetchDeltas(shared, at, patience))];
  }

  /** A delta list is fetched for the first time with the full list that names it; afterwards it is held itself. */
  private async fetchDeltas(held: HeldList, at: number, patience: number): Promise<readonly Renewed[]> {
    const { lists } = this.sources;
    const renewed: Renewed[] = [];
    for (const url of urlsOf(held.list.freshest).filter(isFetched)) {
      if (lists.peek({ ...held, url }, at) !== undefined) continue;
      const unknown = { ...held, url, etag: null, lastModified: null };
      renewed.push(await renewList(this.sources, unknown, at, patience));
    }
    return renewed;
  }
}

function nameOf({ requester, signer, url }: HeldList): string {
  return `${requester.branch} ${listKey(signer, url)}`;
}
