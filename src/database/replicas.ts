import { randomUUID } from 'node:crypto';
import { every } from '../background/round.ts';
import type { Database } from './database.ts';

/** How often each process says that it lives, in ms, and after how long without a word it is taken for dead. */
export interface ReplicaTimes {
  readonly beat: number;
  readonly silence: number;
}

/** Another process takes over within a minute of a death. */
export const usualTimes: ReplicaTimes = { beat: 10_000, silence: 35_000 };

/** The processes that share a database, as one of them sees them. */
export interface Replicas {
  /**
   * Whether this one does what only one has to do: it is the longest there of those that live. For a moment two may take
   * themselves for that one, so that whatever is done must bear to be done twice.
   */
  isFirst(): boolean;
  /**
   * How many are known to live, this one included: those that were seen to move. Of those that were there before it,
   * nothing is known at first, and many may have died one after the other.
   */
  count(): number;
  /** Leaves, so that another takes over at its next beat. */
  close(): Promise<void>;
}

interface Neighbour {
  readonly beat: number;
  readonly heardAt: number;
  /** Whether it has said anything since it was seen first. */
  readonly hasMoved: boolean;
}

/**
 * Joins the processes that share `database`. Each moves a number of its own up; one whose number stands still for
 * others to see is dead. No clock is compared with another: each measures the silence by its own, that only goes
 * forward. Rejects with `storage_unavailable`.
 */
export async function joinReplicas(
  database: Database,
  failed: (error: unknown) => void,
  times: ReplicaTimes = usualTimes,
): Promise<Replicas> {
  const id = randomUUID();
  let known: ReadonlyMap<string, Neighbour> = new Map();
  let order: readonly string[] = [];

  const say = async () => {
    await database.write({ statements: [beat(id)] });
    const rows = await database.read({
      sql: 'SELECT id, beat FROM replica ORDER BY joined, id',
      parameters: [],
    });
    const now = performance.now();
    known = new Map(
      rows.map((row): [string, Neighbour] => {
        const before = known.get(String(row.id));
        const number = Number(row.beat);
        if (before?.beat === number) return [String(row.id), before];
        return [String(row.id), { beat: number, heardAt: now, hasMoved: before !== undefined }];
      }),
    );
    order = rows.map((row) => String(row.id));
    if (living()[0] === id)
      await forget(
        database,
        order.filter((each) => !isLiving(each)),
      );
  };
  const isLiving = (each: string) =>
    each === id || performance.now() - (known.get(each)?.heardAt ?? Number.NEGATIVE_INFINITY) < times.silence;
  const living = () => order.filter(isLiving);

  await say();
  const round = every(times.beat, say, failed);
  return {
    isFirst: () => living()[0] === id,
    count: () => living().filter((each) => each === id || known.get(each)?.hasMoved === true).length || 1,
    async close() {
      await round.close();
      await forget(database, [id]).catch(failed);
    },
  };
}

/** Whoever comes later stands behind all that are there. */
function beat(id: string) {
  return {
    sql: `INSERT INTO replica (id, joined, beat)
          SELECT ?, coalesce(max(joined), 0) + 1, 1 FROM replica WHERE TRUE
          ON CONFLICT (id) DO UPDATE SET beat = replica.beat + 1`,
    parameters: [id],
  };
}

async function forget(database: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.write({
    statements: ids.map((each) => ({ sql: 'DELETE FROM replica WHERE id = ?', parameters: [each] })),
  });
}
