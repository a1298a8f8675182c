import { z } from 'zod';
import { followRevocations, type LiveSession, type LiveSessions } from './list-arrival.ts';
import { type RecheckContext, recheckSessions } from './path-recheck.ts';
import { endRevoked, type WatchedSession, watchedSessions } from './watched-session.ts';

const watchedSchema = z.array(z.object({ issuer: z.string(), serialNumber: z.string() }));

/** How often it is looked which statuses are to be asked for again, ms. */
export const usualRound = 20_000;

/** Open sessions under the eyes of revocation. */
export interface SessionsFollowed {
  /** Resolves once everything that has arrived so far is through. */
  settled(): Promise<void>;
  /** Resolves once nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Ends open sessions whose certificates are revoked: at once where a list says so, and where only a responder does,
 * as soon as it is asked again, in rounds of `round` ms. Call it before lists are loaded, so that none is missed;
 * `now` is in ms since the epoch.
 */
export function followSessions(
  context: RecheckContext,
  now: () => number = Date.now,
  round: number = usualRound,
): SessionsFollowed {
  const { database, sources, failed } = context;
  const sessions: LiveSessions<WatchedSession> = {
    live: (since) => livePages(watchedSessions(database, now(), since)),
    async end(session, { watched, revokedAt, reason }) {
      const { serialNumber } = watched;
      await endRevoked(
        database,
        session,
        { serialNumber, revokedAt: new Date(revokedAt), revocation: reason },
        now(),
      );
    },
  };
  const following = followRevocations(sources.lists, sessions, failed, now);
  let rechecking: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    following.catchUp();
    if (isBusy) return;
    isBusy = true;
    rechecking = recheckSessions(context, now())
      .catch(failed)
      .finally(() => {
        isBusy = false;
      });
  }, round);
  timer.unref();
  return {
    settled: () => following.settled(),
    async stop() {
      clearInterval(timer);
      await rechecking;
      await following.settled();
    },
  };
}

async function* livePages(
  pages: ReturnType<typeof watchedSessions>,
): AsyncGenerator<readonly LiveSession<WatchedSession>[]> {
  for await (const page of pages) {
    yield page.map(({ session, watched }) => ({
      session,
      watched: watchedSchema.parse(JSON.parse(watched)),
    }));
  }
}
