import { Reader } from '../asn1/reader.ts';
import { inSlices } from '../budget/slices.ts';
import { type Name, readName } from '../certificate/name.ts';
import { isSameName } from '../certificate/same-name.ts';
import type { RevokedEntry } from '../revocation/crl/entry.ts';
import type { CertificateList } from '../revocation/crl/list.ts';
import type { RevocationReason } from '../revocation/reason.ts';
import type { ListStore } from '../revocation/store/list-store.ts';
import type { WatchedCertificate } from '../revocation/watched-certificate.ts';

/** A revocation that a list tells of. */
export interface WatchedRevocation {
  readonly watched: WatchedCertificate;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

/**
 * Lists that have arrived and were verified, by the issuers whose certificates they may name. They are asked by issuer
 * and serial number alone: a session that ends without need costs a new sign-in, which then checks everything.
 */
class Arrived {
  private readonly lists: readonly CertificateList[];
  /** Sessions name few different issuers, and each of them is read and compared once. */
  private readonly byIssuer = new Map<
    string,
    { readonly name: Name; readonly lists: readonly CertificateList[] }
  >();

  constructor(lists: readonly CertificateList[]) {
    this.lists = lists;
  }

  revocationOf(certificates: readonly WatchedCertificate[]): WatchedRevocation | undefined {
    for (const watched of certificates) {
      const { name, lists } = this.concerning(watched.issuer);
      const serialNumber = lists.length === 0 ? undefined : Buffer.from(watched.serialNumber, 'hex');
      for (const list of lists) {
        if (serialNumber === undefined) break;
        const entry = strictest(list.entries.find(serialNumber, name, isSameName(list.issuer, name)));
        if (entry !== undefined) return { watched, revokedAt: entry.revokedAt, reason: entry.reason };
      }
    }
    return undefined;
  }

  private concerning(issuer: string) {
    const known = this.byIssuer.get(issuer);
    if (known !== undefined) return known;
    const name = readName(Reader.der(Buffer.from(issuer, 'base64')));
    const lists = this.lists.filter((list) => list.entries.namesIssuers || isSameName(list.issuer, name));
    const found = { name, lists };
    this.byIssuer.set(issuer, found);
    return found;
  }
}

function strictest(entries: readonly RevokedEntry[]): RevokedEntry | undefined {
  return entries.find(({ reason }) => reason !== 'removeFromCRL');
}

/** A session with what it watches. */
export interface LiveSession<S> {
  readonly session: S;
  readonly watched: readonly WatchedCertificate[];
}

/** The live sessions of the service, as revocation sees them. */
export interface LiveSessions<S> {
  /**
   * Every session that has not ended, page by page; with `since` (ms since the epoch) those that began then or later.
   */
  live(since?: number): AsyncIterable<readonly LiveSession<S>[]>;
  /** Ends a session at once. */
  end(session: S, revocation: WatchedRevocation): Promise<void>;
}

/**
 * No sign-in takes longer than this between its check and its session, ms: one that was under way when a list came
 * may have been checked by the list before, so that its session has to be looked at later.
 */
const longestSignIn = 2 * 60_000;

interface Arrival {
  readonly list: CertificateList;
  readonly at: number;
  /** Every session was looked at, and those that the list names were ended. */
  isThrough: boolean;
}

/** Ends live sessions by the lists that arrive. */
export interface Following {
  /** Looks again for sessions that a list has missed: those begun while it came, and what failed. */
  catchUp(): void;
  /** Resolves once everything so far is through. */
  settled(): Promise<void>;
}

/**
 * Re-checks live sessions whenever a new list has been verified, and ends those that rest on a certificate which it
 * names; in slices of a few milliseconds, lists that come together at one go. `failed` is told of what goes wrong;
 * other sessions are looked at all the same, and what failed once more at `catchUp`, which the caller calls every
 * few seconds. `now` is in ms since the epoch.
 */
export function followRevocations<S>(
  lists: ListStore,
  sessions: LiveSessions<S>,
  failed: (error: unknown) => void,
  now: () => number = Date.now,
): Following {
  let running: Promise<void> = Promise.resolve();
  let arrivals: Arrival[] = [];
  const look = (which: (arrival: Arrival) => boolean, since?: number) => {
    running = running
      .then(async () => {
        const looked = arrivals.filter(which);
        if (looked.length === 0) return;
        const isThrough = await endRevoked(looked, sessions, failed, since);
        for (const arrival of looked) arrival.isThrough ||= isThrough;
      })
      .catch(failed);
  };
  lists.onArrival(({ list }) => {
    arrivals.push({ list, at: now(), isThrough: false });
    look(({ isThrough }) => !isThrough);
  });
  return {
    catchUp() {
      const at = now();
      arrivals = arrivals.filter((arrival) => !arrival.isThrough || at < arrival.at + longestSignIn);
      const oldest = Math.min(...arrivals.map((arrival) => arrival.at));
      look(({ isThrough }) => isThrough, oldest - longestSignIn);
      look(({ isThrough }) => !isThrough);
    },
    settled: () => running,
  };
}

/** Whether everything went well. */
async function endRevoked<S>(
  arrivals: readonly Arrival[],
  sessions: LiveSessions<S>,
  failed: (error: unknown) => void,
  since: number | undefined,
): Promise<boolean> {
  const arrived = new Arrived(arrivals.map(({ list }) => list));
  let isThrough = true;
  for await (const page of sessions.live(since)) {
    for (const [session, revocation] of await inSlices(findRevoked(arrived, page))) {
      try {
        await sessions.end(session, revocation);
      } catch (error) {
        isThrough = false;
        failed(error);
      }
    }
  }
  return isThrough;
}

function* findRevoked<S>(
  arrived: Arrived,
  page: readonly LiveSession<S>[],
): Generator<undefined, readonly (readonly [S, WatchedRevocation])[]> {
  const revoked: (readonly [S, WatchedRevocation])[] = [];
  for (const { session, watched } of page) {
    const revocation = arrived.revocationOf(watched);
    if (revocation !== undefined) revoked.push([session, revocation]);
    yield;
  }
  return revoked;
}
