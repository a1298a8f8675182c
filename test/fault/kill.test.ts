import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { expectNothingLost } from './judge.ts';
import { engines, kill, postgresqlStore, rounds, scenes } from './scene.ts';

const scene = scenes();

describe.each(engines)('a service on %s that is killed under load', (engine, makeStore) => {
  it(
    `loses no assertion and lets nobody in twice, ${rounds} times`,
    async () => {
      const { site } = scene();
      const store = await makeStore();
      let served = await site.serve(store);
      const traffic = scene().traffic(() => served.portal);
      const pauses: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await traffic.more(20);
        pauses.push(randomInt(200));
        await setTimeout(pauses.at(-1));
        await kill(served);
        served = await site.serve(store);
      }
      await traffic.more(20);
      const judgement = await scene().judge(traffic, store, served.portal);
      expectNothingLost(`kill -9 of the service on ${engine}, after ${pauses.join(', ')} ms`, judgement);
    },
    60_000 + rounds * 15_000,
  );
});

describe('two services on one PostgreSQL', () => {
  it('of which one is killed go on with the other, which refuses what the dead one has let in', async () => {
    const { site } = scene();
    const store = await postgresqlStore();
    const [first, second] = [await site.serve(store), await site.serve(store)];
    let turn = 0;
    let living = [first, second];
    const traffic = scene().traffic(() => living[turn++ % living.length]?.portal ?? second.portal);
    await traffic.more(40);
    await kill(first);
    living = [second];
    await traffic.more(40);
    expectNothingLost('kill -9 of one of two services', await scene().judge(traffic, store, second.portal));
  });
});
