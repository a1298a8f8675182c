import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectNothingLost } from './judge.ts';
import { mainEngines, postgresqlStore, refusals, type Store, scenes } from './scene.ts';

const scene = scenes();
const movedClock = pathToFileURL(fileURLToPath(new URL('moved-clock.ts', import.meta.url))).href;
const hour = 3_600_000;

/** Starts a service with a clock of its own, and gives how to set that, in ms beside the machine's. */
async function serveBy(store: Store, name: string, ahead: number) {
  const file = join(scene().site.folder, name);
  const set = (milliseconds: number) => writeFileSync(file, String(milliseconds));
  set(ahead);
  const environment = { ...store.environment, MOVED_CLOCK: file, NODE_OPTIONS: `--import ${movedClock}` };
  return { served: await scene().site.serve({ environment }), set };
}

describe.each(mainEngines)('a service on %s whose clock', (engine, makeStore) => {
  it('is set back and forth by an hour loses nothing, takes no challenge twice, and goes on', async () => {
    const store = await makeStore();
    const { served, set } = await serveBy(store, 'clock', 0);
    const traffic = scene().traffic(() => served.portal);
    for (const ahead of [0, hour, 0, -hour, 0]) {
      set(ahead);
      await traffic.more(20);
    }
    const judgement = await scene().judge(traffic, store, served.portal);
    // What was on its way when the clock was set is past its time, or not yet in it.
    const { challenge_expired: expired = 0, challenge_invalid: early = 0, ...others } = refusals(traffic);
    expect(others).toEqual({});
    expectNothingLost(`clock by an hour on ${engine}, ${expired} expired, ${early} too early`, judgement);
  });
});

describe('two services on one PostgreSQL, one 2 s ahead and one 2 s behind', () => {
  it('take each other’s challenges, know each other’s assertions, and let nobody in twice', async () => {
    const store = await postgresqlStore();
    const { served: ahead } = await serveBy(store, 'ahead', 2_000);
    const { served: behind } = await serveBy(store, 'behind', -2_000);
    // Each sign-in asks for its challenge at one and is handed in at the other.
    let turn = 0;
    const traffic = scene().traffic(() => (turn++ % 2 ? ahead : behind).portal, 1);
    await traffic.more(40);
    const judgement = await scene().judge(traffic, store, behind.portal);
    expect(refusals(traffic)).toEqual({});
    const [last] = traffic.passed().slice(-1);
    for (const { portal } of [ahead, behind]) {
      const { body } = await portal.post<{ active: boolean }>('/v1/assertions/introspect', {
        token: last?.reply?.body.assertion,
      });
      expect(body.active).toBe(true);
    }
    expectNothingLost('clocks that are 4 s apart', judgement);
  });
});
