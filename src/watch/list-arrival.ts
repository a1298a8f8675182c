import { digestOfKey } from '../algorithm/public-key-info.ts';
import { Reader } from '../asn1/reader.ts';
import { giveWay, Share } from '../budget/slices.ts';
import { type Name, readName } from '../certificate/name.ts';
import { isSameName } from '../certificate/same-name.ts';
import type { Database } from '../database/database.ts';
import type { Arrivals } from '../revocation/store/arrivals.ts';
import type { HeldList } from '../revocation/store/held-list.ts';
import { type WatchedIssuer, watchedChains } from './watched-chain.ts';
import { type PathName, pathsOfChain } from './watched-path.ts';

/**
 * No sign-in takes longer than this between its check and its session, ms: one that was under way when a list came
 * may have been checked by the list before, so that its path has to be looked at later.
 */
const longestSignIn = 2 * 60_000;

interface Arrival {
  readonly held: HeldList;
  readonly at: number;
  /** Every path was looked at, and judged where the list may name it. */
  isThrough: boolean;
}

/**
 * Which paths under watch the lists that arrive may concern. That is no verdict: a list is believed of a certificate
 * only where the check of a sign-in believes it, so that each of these paths has to be judged by that.
 */
export class ListArrivals {
  private readonly database: Database;
  private readonly arrivals: Arrivals;
  private recent: readonly Arrival[] = [];

  /** `arrivals` is taken from here and from nowhere else. */
  constructor(database: Database, arrivals: Arrivals) {
    this.database = database;
    this.arrivals = arrivals;
  }

  /**
   * The paths that a list may name which has come since the last call, or whose paths were not judged then; some at a
   * time, at `at` (ms since the epoch). Those put under watch while a list came are among them at a later call. To be
   * followed to its end: otherwise, or where it throws, everything comes again.
   */
  async *concerned(at: number): AsyncGenerator<readonly PathName[]> {
    const come = this.arrivals.take().map((held) => ({ held, at, isThrough: false }));
    const kept = this.recent.filter((arrival) => !arrival.isThrough || at < arrival.at + longestSignIn);
    this.recent = [...kept, ...come];
    const through = kept.filter(({ isThrough }) => isThrough);
    yield* this.namedBy(through, Math.min(...through.map((arrival) => arrival.at)) - longestSignIn);
    const waiting = this.recent.filter(({ isThrough }) => !isThrough);
    yield* this.namedBy(waiting, 0);
    for (const arrival of waiting) arrival.isThrough = true;
  }

  /** The paths put under watch at `since` or later that one of these lists may name. */
  private async *namedBy(arrivals: readonly Arrival[], since: number): AsyncGenerator<readonly PathName[]> {
    if (arrivals.length === 0) return;
    const index = new ListIndex(arrivals.map(({ held }) => held));
    const share = new Share();
    for await (const chains of watchedChains(this.database)) {
      for (const chain of chains) {
        await giveWay(share);
        const isNamed = chain.above.some((authority) => index.mayName(authority, authority.serialNumber));
        if (!isNamed && !index.concerns(chain)) continue;
        for await (const page of pathsOfChain(this.database, chain.id, since)) {
          yield isNamed ? page : page.filter(({ serialNumber }) => index.mayName(chain, serialNumber));
          await giveWay(share);
        }
      }
    }
  }
}

/** Several lists, to be asked for serial numbers. */
class ListIndex {
  private readonly lists: readonly HeldList[];
  /** Few different authorities are named, and each of them is read and compared once. */
  private readonly byIssuer = new Map<string, { readonly name: Name; readonly lists: readonly HeldList[] }>();

  constructor(lists: readonly HeldList[]) {
    this.lists = lists;
  }

  /** Whether one of the lists may have entries for certificates of that issuer. */
  concerns(issuer: WatchedIssuer): boolean {
    return this.listsOf(issuer).lists.length > 0;
  }

  /** Whether one of the lists has an entry for the certificate of that issuer with this serial number (hexadecimal). */
  mayName(issuer: WatchedIssuer, serialNumber: string): boolean {
    const { name, lists } = this.listsOf(issuer);
    if (lists.length === 0) return false;
    const octets = Buffer.from(serialNumber, 'hex');
    return lists.some(({ list }) => list.entries.has(octets, name, isSameName(list.issuer, name)));
  }

  /** Lists accepted in the certificate's branch of the trust, or signed by its issuer, that may have entries for it. */
  private listsOf({ issuer, key, branch }: WatchedIssuer) {
    const id = `${branch} ${key} ${issuer}`;
    const known = this.byIssuer.get(id);
    if (known !== undefined) return known;
    const name = readName(Reader.der(Buffer.from(issuer, 'base64')));
    const lists = this.lists.filter(
      ({ requester, signer, list }) =>
        (requester.branch === branch || digestOfKey(signer) === key) &&
        (list.entries.namesIssuers || isSameName(list.issuer, name)),
    );
    const found = { name, lists };
    this.byIssuer.set(id, found);
    return found;
  }
}
