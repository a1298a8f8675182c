import { digestOfKey } from '../algorithm/public-key-info.ts';
import { Reader } from '../asn1/reader.ts';
import { inSlices } from '../background/slices.ts';
import { type Name, readName } from '../certificate/name.ts';
import type { Database } from '../database/database.ts';
import { isSameName } from '../revocation/name.ts';
import type { Arrivals } from '../revocation/store/arrivals.ts';
import type { HeldList } from '../revocation/store/held-list.ts';
import type { WatchedCertificate } from './watched-certificate.ts';
import { type NamedPath, watchedPaths } from './watched-path.ts';

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
   * The paths that a list may name which has come since the last call, or whose paths were not judged then; page by
   * page, at `at` (ms since the epoch). Those put under watch while a list came are among them at a later call. To be
   * followed to its end: otherwise, or where it throws, everything comes again.
   */
  async *concerned(at: number): AsyncGenerator<readonly NamedPath[]> {
    const come = this.arrivals.take().map((held) => ({ held, at, isThrough: false }));
    const kept = this.recent.filter((arrival) => !arrival.isThrough || at < arrival.at + longestSignIn);
    this.recent = [...kept, ...come];
    const oldest = Math.min(...kept.map((arrival) => arrival.at));
    yield* this.namedBy(
      this.recent.filter(({ isThrough }) => isThrough),
      oldest - longestSignIn,
    );
    const waiting = this.recent.filter(({ isThrough }) => !isThrough);
    yield* this.namedBy(waiting, 0);
    for (const arrival of waiting) arrival.isThrough = true;
  }

  /** The paths put under watch at `since` or later that one of these lists may name. */
  private async *namedBy(arrivals: readonly Arrival[], since: number): AsyncGenerator<readonly NamedPath[]> {
    if (arrivals.length === 0) return;
    const index = new ListIndex(arrivals.map(({ held }) => held));
    for await (const page of watchedPaths(this.database, since)) yield await inSlices(selected(page, index));
  }
}

function* selected(page: readonly NamedPath[], index: ListIndex): Generator<undefined, readonly NamedPath[]> {
  const found: NamedPath[] = [];
  for (const watched of page) {
    if (index.mayName(watched.certificates)) found.push(watched);
    yield;
  }
  return found;
}

/** Several lists, to be asked for serial numbers. */
class ListIndex {
  private readonly lists: readonly HeldList[];
  /** Few different authorities are named, and each of them is read and compared once. */
  private readonly byIssuer = new Map<string, { readonly name: Name; readonly lists: readonly HeldList[] }>();

  constructor(lists: readonly HeldList[]) {
    this.lists = lists;
  }

  /** Whether one of the lists has an entry for one of these certificates. */
  mayName(certificates: readonly WatchedCertificate[]): boolean {
    return certificates.some((watched) => {
      const { name, lists } = this.concerning(watched);
      if (lists.length === 0) return false;
      const serialNumber = Buffer.from(watched.serialNumber, 'hex');
      return lists.some(({ list: { entries, issuer } }) =>
        entries.has(serialNumber, name, isSameName(issuer, name)),
      );
    });
  }

  /** Lists accepted in the certificate's branch of the trust, or signed by its issuer, that may have entries for it. */
  private concerning({ issuer, key, branch }: WatchedCertificate) {
    const authority = `${branch} ${key} ${issuer}`;
    const known = this.byIssuer.get(authority);
    if (known !== undefined) return known;
    const name = readName(Reader.der(Buffer.from(issuer, 'base64')));
    const lists = this.lists.filter(
      ({ requester, signer, list }) =>
        (requester.branch === branch || digestOfKey(signer) === key) &&
        (list.entries.namesIssuers || isSameName(list.issuer, name)),
    );
    const found = { name, lists };
    this.byIssuer.set(authority, found);
    return found;
  }
}
