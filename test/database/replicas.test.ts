import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { joinReplicas, type Replicas } from '../../src/database/replicas.ts';
import { engines, type Site } from './engine.ts';

/** Short, so that a death is seen within a second; the usual times are a minute's. */
const times = { beat: 50, silence: 1_000 };

describe.each(engines)('processes that share $name', (engine) => {
  let site: Site;
  let joined: Replicas[];
  beforeEach(async () => {
    site = await engine.site();
    joined = [];
  });
  afterEach(async () => {
    for (const each of joined) await each.close();
    await site.close();
  });

  async function join(database?: Database): Promise<Replicas> {
    const failed = (error: unknown) => expect(error).toBeUndefined();
    const replicas = await joinReplicas(database ?? (await site.open()), failed, times);
    joined.push(replicas);
    return replicas;
  }
  const firsts = () => joined.filter((each) => each.isFirst());

  it('know each other, and the one that came first does what one has to do', async () => {
    const first = await join();
    await join();
    await join();
    await vi.waitFor(() => expect(joined.map((each) => each.count())).toEqual([3, 3, 3]));
    expect(firsts()).toEqual([first]);
  });

  it('do not count those that died one after the other before they came, nor take their place at once', async () => {
    const database = await site.open();
    const dead = Array.from({ length: 20 }, (_, at) => ({
      sql: 'INSERT INTO replica (id, joined, beat) VALUES (?, ?, 7)',
      parameters: [`dead ${at}`, at - 100],
    }));
    await database.write({ statements: dead });
    const [first, second] = [await join(), await join()];
    expect([first.count(), second.count()]).toEqual([1, 1]);
    expect(firsts()).toEqual([]);
    await vi.waitFor(() => expect([first.count(), second.count()]).toEqual([2, 2]));
    await vi.waitFor(() => expect(firsts()).toEqual([first]), 5_000);
  });

  it('go on with the next one where the first leaves', async () => {
    const first = await join();
    const second = await join();
    expect(second.isFirst()).toBe(false);
    await first.close();
    await vi.waitFor(() => expect(second.isFirst()).toBe(true), 5_000);
    expect(second.count()).toBe(1);
  });

  it('go on with the next one where the first dies without a word, and not while it speaks', async () => {
    const database = await site.open();
    let isDead = false;
    const mortal: Database = {
      ...database,
      write: async (unit) => (isDead ? undefined : database.write(unit)),
    };
    await join(mortal);
    const second = await join();
    await setTimeout(2 * times.silence);
    expect(second.isFirst()).toBe(false);
    isDead = true;
    await vi.waitFor(() => expect(second.isFirst()).toBe(true), 10_000);
    // What the dead one left is taken away.
    const rows = () => database.read({ sql: 'SELECT id FROM replica', parameters: [] });
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1), 5_000);
  });
});
