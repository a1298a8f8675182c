import { describe, expect, it } from 'vitest';
import { stop } from '../service/served.ts';
import { expectNothingLost } from './judge.ts';
import { mainEngines, rounds, scenes } from './scene.ts';

const scene = scenes();

/** A connection that is refused has accepted nothing: whoever made it asks elsewhere. */
const refusedConnection = 'ECONNREFUSED';

/** Starts are most of it; the moments at random are what it is about. */
const stops = Math.min(rounds / 2, 20);

describe.each(mainEngines)('a service on %s that is told to stop under load', (engine, makeStore) => {
  it(
    `answers every request that it has accepted, ${stops} times`,
    async () => {
      const store = await makeStore();
      const { site } = scene();
      let served = await site.serve(store);
      const traffic = scene().traffic(() => served.portal, 16);
      for (let round = 0; round < stops; round++) {
        await traffic.more(20);
        // The next one is there before the last one goes, as a supervisor has it; people notice only then.
        const next = await site.serve(store);
        expect(await stop(served)).toEqual([0, null]);
        served = next;
      }
      await traffic.more(20);
      const judgement = await scene().judge(traffic, store, served.portal);
      const cutOff = traffic.attempts.flatMap(({ cut }) => cut ?? []);
      expect(cutOff.filter((code) => code !== refusedConnection)).toEqual([]);
      expectNothingLost(`SIGTERM of the service on ${engine}`, judgement);
    },
    60_000 + stops * 15_000,
  );
});
