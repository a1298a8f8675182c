import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { type PrivatePostgresql, startPostgresql } from '../../src/demo/private-postgresql.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { makeSite, type Served, type Site } from '../service/served.ts';
import { expectNothingLost, judge } from './judge.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** How often a service is killed: twice in every run of the tests, `FAULT_ROUNDS=100` for the whole matter. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 2);

let server: PrivatePostgresql | undefined;
afterAll(() => server?.close());

let site: Site;
let traffic: Traffic | undefined;
let database: Database | undefined;
beforeEach(() => {
  site = makeSite();
});
afterEach(async () => {
  await traffic?.stop();
  await database?.close();
  await site.dispose();
  [traffic, database] = [undefined, undefined];
});

const secrets = () => loadSecrets(join(site.data, 'secrets'), () => false);

/** Environment of services on a PostgreSQL that the tests may do anything to. */
async function postgresql(): Promise<{
  readonly name: string;
  readonly environment: { DATABASE_URL: string };
}> {
  server ??= await startPostgresql();
  const name = randomUUID();
  return { name, environment: { DATABASE_URL: await server.create(name) } };
}

async function openDatabase(url: string | undefined): Promise<Database> {
  const options = { secrets: await secrets(), at: Date.now(), access: 'open' } as const;
  const place = url === undefined ? undefined : parsePlace(url, 'DATABASE_URL');
  database = place
    ? await openPostgresql({ place, ...options })
    : openSqlite({ file: join(site.data, 'sealgate.sqlite'), ...options });
  return database;
}

async function kill({ process: child }: Served): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe.each([
  ['SQLite', async () => ({})],
  ['PostgreSQL', async () => (await postgresql()).environment],
])('a service on %s that is killed under load', (engine, environmentOf) => {
  it(
    `loses no assertion and lets nobody in twice, ${rounds} times`,
    async () => {
      const environment: { DATABASE_URL?: string } = await environmentOf();
      let served = await site.serve({ environment });
      traffic = startTraffic(() => served.portal);
      const pauses: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await traffic.more(20);
        pauses.push(randomInt(200));
        await setTimeout(pauses.at(-1));
        await kill(served);
        served = await site.serve({ environment });
      }
      await traffic.more(20);
      await traffic.stop();
      const judgement = await judge(
        traffic.attempts,
        await openDatabase(environment.DATABASE_URL),
        await secrets(),
        served.portal,
      );
      expectNothingLost(`kill -9 of the service on ${engine}, after ${pauses.join(', ')} ms`, judgement);
    },
    60_000 + rounds * 15_000,
  );
});

describe('two services on one PostgreSQL', () => {
  it('of which one is killed go on with the other, which refuses what the dead one has let in', async () => {
    const { environment } = await postgresql();
    const [first, second] = [await site.serve({ environment }), await site.serve({ environment })];
    let turn = 0;
    let living = [first, second];
    traffic = startTraffic(() => living[turn++ % living.length]?.portal ?? second.portal);
    await traffic.more(40);
    await kill(first);
    living = [second];
    await traffic.more(40);
    await traffic.stop();
    const judgement = await judge(
      traffic.attempts,
      await openDatabase(environment.DATABASE_URL),
      await secrets(),
      second.portal,
    );
    expectNothingLost('kill -9 of one of two services', judgement);
  });
});

describe('a PostgreSQL under a service at work', () => {
  it.each<[string, (server: PrivatePostgresql, name: string) => Promise<void>]>([
    [
      'that is killed',
      async (of) => {
        await of.kill();
        await of.start();
      },
    ],
    [
      'that is restarted',
      async (of) => {
        await of.stop();
        await of.start();
      },
    ],
    [
      'that breaks off all connections',
      async (of, name) => {
        expect(await of.disconnect(name)).toBeGreaterThan(0);
      },
    ],
  ])('%s loses nothing, and the service finds it again by itself', async (fault, act) => {
    const { name, environment } = await postgresql();
    if (server === undefined) throw new Error('unreachable');
    const served = await site.serve({ environment });
    traffic = startTraffic(() => served.portal);
    await traffic.more(40);
    await act(server, name);
    await traffic.more(40);
    await traffic.stop();
    const judgement = await judge(
      traffic.attempts,
      await openDatabase(environment.DATABASE_URL),
      await secrets(),
      served.portal,
    );
    const refused = traffic.attempts.filter(({ reply }) => reply !== undefined && reply.status !== 200);
    expect(new Set(refused.map(({ reply }) => reply?.body.code))).toEqual(
      new Set(refused.length > 0 ? ['storage_unavailable'] : []),
    );
    expectNothingLost(`PostgreSQL ${fault}, ${refused.length} refused`, judgement);
  });
});
