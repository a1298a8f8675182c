import { every, type Round } from '../background/round.ts';
import { sideBySide } from '../background/side-by-side.ts';
import { giveWay, Share } from '../budget/slices.ts';
import type { Database } from '../database/database.ts';
import { LinkCache } from '../path/cache.ts';
import type { ValidPath } from '../path/validation.ts';
import type { PowerStatusRegister } from '../power-of-attorney/status.ts';
import type { OrganisationRegister } from '../register/lookup.ts';
import type { Arrivals } from '../revocation/store/arrivals.ts';
import { sessionLifetime } from '../session/session.ts';
import type { TrustView } from '../trust-list/view.ts';
import { leastPause } from './due.ts';
import { watchKeptPowers } from './kept-powers.ts';
import { ListArrivals } from './list-arrival.ts';
import { recheckOrganisations } from './organisations.ts';
import { recheckPowers } from './power-status.ts';
import { revokePowersSignedBy } from './powers.ts';
import {
  type Standing,
  type StandingContext,
  standingOf,
  type TrustedPathContext,
  trustedPathOf,
} from './standing.ts';
import { forgetChains } from './watched-chain.ts';
import {
  duePaths,
  findPath,
  forgetPath,
  type PathName,
  pathToWatch,
  postponePath,
  renewPath,
  sessionsOfPath,
  type WatchedPath,
  watchedPaths,
} from './watched-path.ts';
import { endWatched } from './watched-session.ts';

/** What the watch works with. */
export interface WatchContext extends StandingContext {
  readonly database: Database;
  /** The lists that come to be held by `sources`. */
  readonly arrivals: Arrivals;
  /** Registers that tell of nothing by themselves, and are asked again. */
  readonly organisations?: OrganisationRegister | undefined;
  readonly powerStatus?: PowerStatusRegister | undefined;
  /** Whether this process is the one of several on the database that asks registers; absent where it is alone. */
  readonly isFirst?: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of what goes wrong with one thing; the others are looked at all the same, and this one again. */
  readonly failed: (error: unknown) => void;
}

/** How often it is looked at what, ms. */
export interface WatchIntervals {
  /** For lists that have come. */
  readonly lists: number;
  /** For paths whose time has come, and trust that has changed. */
  readonly paths: number;
  /** Registers. */
  readonly registers: number;
}

export const usualWatch: WatchIntervals = { lists: 1_000, paths: 5_000, registers: 60_000 };

/** Paths judged at the same time, or branches of the trust with one path each. */
const atOnce = 4;
/** Paths of one branch that are looked at in one round for their time, and for how long at most, ms. */
const mostOfBranch = 50;
const longestTurn = 10_000;

/** Open sessions and kept powers under watch. */
export interface Watch {
  /** Resolves once nothing is under way any more. */
  close(): Promise<void>;
}

/**
 * Ends open sessions, and withdraws powers of attorney, whose certificates would not let anybody in any more: as soon
 * as a list comes that names one, where what is trusted changes, and where only a responder tells, once it is asked
 * again. What a register is asked about ends with the register's word.
 */
export function startWatch(context: WatchContext, intervals: WatchIntervals = usualWatch): Watch {
  const { database, failed } = context;
  const arrivals = new ListArrivals(database, context.arrivals);
  const trust = new TrustChange(context);
  const rounds: readonly Round[] = [
    every(intervals.lists, () => followLists(context, arrivals), failed),
    every(intervals.paths, () => trust.follow(), failed),
    every(intervals.paths, () => recheckDue(context), failed),
    every(intervals.registers, () => recheckRegisters(context), failed),
  ];
  return {
    async close() {
      for (const round of rounds) await round.close();
    },
  };
}

/** Judges every path that a new list may name. */
async function followLists(context: WatchContext, arrivals: ListArrivals): Promise<void> {
  for await (const page of arrivals.concerned(context.now())) {
    const errors: unknown[] = [];
    await sideBySide(
      page,
      atOnce,
      (name) => judgeNamed(context, name),
      (error) => errors.push(error),
    );
    // What failed comes again with the whole list: a storage that fails once usually fails for all.
    if (errors.length > 0) throw errors[0];
  }
}

async function judgeNamed(context: WatchContext, name: PathName): Promise<void> {
  const { database, now } = context;
  const watched = await findPath(database, name);
  if (watched === undefined) return;
  const at = now();
  const standing = await standingOf(context, watched, 'held', at);
  if (standing.kind === 'over') await end(database, watched, standing, at);
  if (standing.kind === 'open')
    await postponePath(database, watched, Math.min(watched.dueAt, at + leastPause));
}

/** Judges the paths whose time has come, those of different branches side by side. */
async function recheckDue(context: WatchContext): Promise<void> {
  const { database, now, failed } = context;
  const turn = async (due: readonly WatchedPath[]) => {
    const end = performance.now() + longestTurn;
    for (const watched of due) {
      if (performance.now() > end) return;
      await recheck(context, watched, now()).catch(failed);
    }
  };
  await sideBySide(await duePaths(database, now(), mostOfBranch), atOnce, turn, failed);
}

async function recheck(context: WatchContext, watched: WatchedPath, at: number): Promise<void> {
  const { database } = context;
  // Put off before anybody is asked: another replica then leaves it alone, and an end of this process loses nothing.
  const postponed = { ...watched, dueAt: at + leastPause };
  if (!(await postponePath(database, watched, postponed.dueAt))) return;
  if ((await sessionsOfPath(database, watched, at)).length === 0) {
    await database.write({ statements: [forgetPath(watched, at)] });
    await postponePath(database, postponed, at + sessionLifetime);
    return;
  }
  const standing = await standingOf(context, watched, watched.isAsked ? 'responder' : 'held', at);
  if (standing.kind === 'open') throw standing.failure;
  if (standing.kind === 'over') return end(database, watched, standing, at);
  const { current } = standing;
  await renew(database, watched, current.path);
  await postponePath(database, postponed, pathToWatch(current, watched.isQualified, at).dueAt);
}

async function renew(database: Database, watched: WatchedPath, path: ValidPath): Promise<void> {
  const statements = renewPath(watched, path);
  if (statements.length > 0) await database.write({ statements });
}

/** Ends what rests on a path that does not hold any more. */
async function end(
  database: Database,
  watched: WatchedPath,
  { end: why }: Standing & { readonly kind: 'over' },
  at: number,
): Promise<void> {
  await endWatched(database, await sessionsOfPath(database, watched, at), why, at);
  if (why.reason === 'certificate-revoked') await revokePowersSignedBy(database, watched, why.details, at);
  await database.write({ statements: [forgetPath(watched, at)] });
}

/** Links of paths that one look at all of them remembers: those of authorities, which many have in common. */
const mostLinks = 2_000;

/** Follows what is trusted: whatever the operator takes away, or a new trust list, ends what rested on it. */
class TrustChange {
  private readonly context: WatchContext;
  private seen: TrustView | undefined;

  constructor(context: WatchContext) {
    this.context = context;
  }

  /** Looks at every path once for each view of what is trusted, the first one included. */
  async follow(): Promise<void> {
    const { database, now, failed } = this.context;
    const view = this.context.trust();
    if (view === this.seen) return;
    const by = { trust: () => view, links: new LinkCache(mostLinks) };
    if (this.seen === undefined) await watchKeptPowers(database, by, now(), failed);
    const share = new Share();
    for await (const page of watchedPaths(database)) {
      for (const name of page) {
        const watched = await findPath(database, name);
        if (watched !== undefined) await this.compare(watched, by, now());
        await giveWay(share);
      }
    }
    await database.write({ statements: [forgetChains] });
    this.seen = view;
  }

  private async compare(watched: WatchedPath, by: TrustedPathContext, at: number): Promise<void> {
    const { database } = this.context;
    const path = await trustedPathOf(by, watched.certificates, watched.isQualified, at);
    if (!('kind' in path)) await renew(database, watched, path);
    else if (path.kind === 'over') await end(database, watched, path, at);
  }
}

async function recheckRegisters(context: WatchContext): Promise<void> {
  const { database, organisations, powerStatus, now, failed, isFirst } = context;
  if (isFirst?.() === false) return;
  if (powerStatus !== undefined) await recheckPowers(database, powerStatus, now(), failed);
  if (organisations !== undefined) await recheckOrganisations(database, organisations, now(), failed);
}
