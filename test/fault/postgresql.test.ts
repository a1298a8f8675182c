import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PrivatePostgresql } from '../../src/demo/private-postgresql.ts';
import type { Served } from '../service/served.ts';
import { expectNothingLost } from './judge.ts';
import { type Network, startNetwork } from './network.ts';
import {
  faultyPostgresql,
  isLong,
  makeScene,
  onlyLong,
  postgresqlStore,
  refusals,
  type Scene,
  type Store,
} from './scene.ts';

// One service meets all of them, one after the other, as one that runs for months does.
let scene: Scene & AsyncDisposable;
let server: PrivatePostgresql;
let store: Store & { readonly name: string };
let network: Network;
let served: Served;
beforeAll(async () => {
  scene = makeScene();
  server = await faultyPostgresql();
  store = await postgresqlStore();
  network = await startNetwork({ path: join(server.folder, '.s.PGSQL.5432') });
  const address = `postgresql://sealgate@127.0.0.1:${network.port}/${store.name}`;
  served = await scene.site.serve({ environment: { DATABASE_URL: address } });
});
afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await network.close();
});

let clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  clients = [];
});

/** Resolves once so many sign-ins more were refused. */
type Refused = (count: number) => Promise<void>;

/** Longer than any limit of the service's connections. */
const silence = isLong ? 15_000 : 1_000;

const faults: readonly (readonly [string, (refused: Refused) => Promise<void>])[] = [
  [
    'that is killed',
    async () => {
      await server.kill();
      await server.start();
    },
  ],
  [
    'that is restarted',
    async () => {
      await server.stop();
      await server.start();
    },
  ],
  [
    'that breaks off all connections',
    async () => {
      expect(await server.disconnect(store.name)).toBeGreaterThan(0);
    },
  ],
  ['whose network breaks', async () => network.breakOff()],
  [
    `whose network falls silent for ${silence / 1000} s`,
    async () => {
      network.fallSilent();
      await setTimeout(silence);
      network.speak();
    },
  ],
  [
    'whose network falls silent for good, and is replaced',
    async () => {
      network.fallSilent();
      await setTimeout(200);
      network.breakOff();
      network.speak();
    },
  ],
  [
    'whose network takes 20 ms each way',
    async () => {
      network.slow(20);
      await setTimeout(isLong ? 20_000 : 500);
      network.slow(0);
    },
  ],
  [
    'that has no connection left, and then has',
    async (refused) => {
      await takeAllConnections();
      await refused(3);
      await Promise.all(clients.splice(0).map((client) => client.end()));
    },
  ],
  [
    'that takes no writes, and then does',
    async (refused) => {
      const readOnly = (value: string) =>
        server.run(`ALTER DATABASE "${store.name}" SET default_transaction_read_only = ${value}`);
      await readOnly('on');
      await server.disconnect(store.name);
      await refused(3);
      await readOnly('off');
      await server.disconnect(store.name);
    },
  ],
];

/** What is near enough to another of them for `npm test`. */
const longOnly = new Set([
  'that is restarted',
  'whose network breaks',
  'whose network falls silent for good, and is replaced',
  'whose network takes 20 ms each way',
]);

/** Takes every connection that the server has, those of the service as well. */
async function takeAllConnections(): Promise<void> {
  for (let left = 1; left > 0; ) {
    try {
      const client = new Client({ connectionString: server.url('postgres') });
      client.on('error', () => {});
      await client.connect();
      clients.push(client);
    } catch (error) {
      expect(error).toMatchObject({ code: '53300' });
      const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
      left = (await clients[0]?.query(sql, [store.name]))?.rowCount ?? 0;
    }
  }
}

describe('a PostgreSQL under a service at work', () => {
  for (const [title, act] of faults) {
    const isSkipped = !isLong && longOnly.has(title);
    it.skipIf(isSkipped)(
      `${title} loses nothing, and the service finds it again by itself${isSkipped ? onlyLong : ''}`,
      async () => {
        const traffic = scene.traffic(() => served.portal);
        await traffic.more(40);
        await act(async (count) => {
          const all = () => Object.values(refusals(traffic)).reduce((sum, each) => sum + each, 0);
          for (const wanted = all() + count; all() < wanted; ) await setTimeout(10);
        });
        await traffic.more(40);
        const judgement = await scene.judge(traffic, store, served.portal);
        const { storage_unavailable: refused = 0, ...others } = refusals(traffic);
        expect(others).toEqual({});
        expectNothingLost(`PostgreSQL ${title}, ${refused} refused`, judgement);
      },
    );
  }
});
