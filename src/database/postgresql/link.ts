import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Unit } from '../database.ts';
import { selectEntryHash } from '../head.ts';
import type { Outcome } from '../outcome.ts';
import { type Batch, begin, commit, finish, type Known } from './commit.ts';
import { connect } from './connect.ts';
import { mayPass } from './failure.ts';
import { lockHead, takeWriteLock } from './statements.ts';
import { translate } from './translate.ts';

/** So long, in ms, a batch is tried again while the database is away: a restart takes one or two seconds. */
const patience = 5_000;
const shortestPause = 50;
const longestPause = 1_000;

/** The connection that writes; made when it is needed, and anew after it broke. */
export interface Link {
  /** Does many units in one transaction. Rejects with an error of `pg` or a Fault where all of it failed. */
  commit(units: readonly Unit[]): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

/**
 * Prepares group commit. A batch that failed before it was to be committed is done again. One whose confirmation was
 * lost is looked for in the journal: where its newest entry stands there, it was done. A batch without entries, of
 * which nothing tells, is rejected as one that may remain.
 */
export function openLink(url: string, known: Known): Link {
  let client: Client | undefined;
  /** Whether the last batch found the database away: then the next one asks once and does not wait. */
  let isAway = false;

  const connected = async () => (client ??= await connect(url, { pipeline: true }));
  const drop = () => {
    const dropped = client;
    client = undefined;
    // Not awaited: a connection that hangs would never end politely.
    void dropped?.end().catch(() => {});
  };

  const attempt = async (units: readonly Unit[]): Promise<readonly Outcome[]> => {
    const open = await connected();
    const batch = await begin(open, units, known).catch(async (error: unknown) => {
      if (mayPass(error)) throw error;
      await open.query('ROLLBACK').catch(drop);
      throw error;
    });
    try {
      await finish(open, batch);
    } catch (error) {
      drop();
      if (!(await wasCommitted(batch, error))) throw error;
    }
    known.seen = batch.head?.sequence ?? known.seen;
    return batch.outcomes;
  };

  /**
   * The lock waits for a transaction that has lost its client and is still at work. What one has committed that was cut
   * loose from its standby is there to see and not yet safe: this one writes too, if only that it has locked the head,
   * so that its own end waits for the standby to have both.
   */
  const wasCommitted = async ({ head }: Batch, lost: unknown): Promise<boolean> => {
    if (head === undefined) throw new Unconfirmed(lost);
    return persist(async () => {
      const open = await connected();
      const sent = [
        open.query('BEGIN'),
        open.query(takeWriteLock),
        open.query(lockHead),
        open.query(translate(selectEntryHash, [head.sequence])),
        commit(open),
      ] as const;
      const [, , , found] = await Promise.all(sent);
      const hash = (found.rows[0] as { readonly hash?: Uint8Array } | undefined)?.hash;
      return hash !== undefined && Buffer.compare(hash, head.hash) === 0;
    });
  };

  const persist = async <T>(act: () => Promise<T>): Promise<T> => {
    const end = performance.now() + (isAway ? 0 : patience);
    for (let pause = shortestPause; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        const done = await act();
        isAway = false;
        return done;
      } catch (error) {
        if (error instanceof Unconfirmed) throw error.cause;
        if (!mayPass(error)) throw error;
        drop();
        if (performance.now() + pause > end) {
          isAway = true;
          throw error;
        }
      }
      await setTimeout(pause);
    }
  };

  return {
    commit: (units) => persist(() => attempt(units)),
    async close() {
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}

/** The confirmation of a commit was lost, and nothing tells whether it took place. */
class Unconfirmed extends Error {
  constructor(cause: unknown) {
    super('unconfirmed', { cause });
  }
}
