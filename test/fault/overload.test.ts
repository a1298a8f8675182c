import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { flood, quantile } from './flood.ts';
import { expectNothingLost } from './judge.ts';
import { engines, onlyLong, scenes } from './scene.ts';

const scene = scenes();

/** So long a sign-in computes, ms: the people of the test are made by the same cores as the service's answers. */
const computing = 8;
/** How long the overload goes on, in seconds. */
const seconds = 60;

/** What nobody minds to wait for; ms. */
const bearable = 200;

describe.skipIf(onlyLong).each(engines)(
  `a service on %s to which ten times as many come as it can let in${onlyLong}`,
  (engine, makeStore) => {
    it(
      `refuses those beyond at once, lets the others in, and everybody again afterwards (${seconds} s)`,
      async () => {
        const store = await makeStore();
        // The allowance of the one relying party would refuse before the service has to.
        const environment = { ...store.environment, SEALGATE_REQUESTS_PER_SECOND: '1000000' };
        const served = await scene().site.serve({ environment, computing });
        const traffic = scene().traffic(() => served.portal, 4);
        await traffic.more(200);
        const begunAt = performance.now();
        await traffic.more(200);
        const capacity = (200 * 1_000) / (performance.now() - begunAt);
        await traffic.stop();
        const lateness = monitorEventLoopDelay({ resolution: 5 });
        lateness.enable();
        const { begun, challenges, logins, broken } = await flood(served, 10 * capacity, seconds);
        lateness.disable();

        const passed = logins.filter(({ status }) => status === 200);
        const refused = [...challenges, ...logins].filter(({ status }) => status >= 300);
        const figures = {
          capacity: Math.round(capacity),
          offered: Math.round(begun / seconds),
          passed: Math.round(passed.length / seconds),
          p50: Math.round(quantile(passed, 0.5)),
          p99: Math.round(quantile(passed, 0.99)),
          refused: refused.length,
          refusedWithin: Math.round(quantile(refused, 0.99)),
          broken,
          // What the people themselves, who share the cores, come late by.
          lateness: Math.round(lateness.percentile(99) / 1e6),
        };
        console.log(`overload of ${engine}: ${JSON.stringify(figures)}`);
        expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]));
        expect(refused.every(({ retryAfter = 0 }) => retryAfter > 0)).toBe(true);
        expect(broken).toBe(0);
        expect(figures.offered).toBeGreaterThan(5 * capacity);
        // What is refused costs something as well, and the people of the test take their part of the cores.
        expect(figures.passed).toBeGreaterThan(capacity / 5);
        expect(figures.p99 - figures.lateness).toBeLessThan(bearable);

        // Over within seconds.
        const after = await flood(served, capacity / 3, 3);
        const late = after.logins.slice(Math.floor(after.logins.length / 2));
        expect(late.filter(({ status }) => status !== 200)).toEqual([]);
        expectNothingLost(`overload of ${engine}`, await scene().judge(traffic, store, served.portal));
      },
      60_000 + seconds * 3_000,
    );
  },
);
