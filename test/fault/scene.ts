import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { type PrivatePostgresql, startPostgresql } from '../../src/demo/private-postgresql.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import type { Portal } from '../service/portal.ts';
import { makeSite, type Served, type Site } from '../service/served.ts';
import { type Judgement, judge } from './judge.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** How often something is done at random moments: twice in every run of the tests, more often by `npm run fault`. */
export const rounds = Number(process.env.FAULT_ROUNDS ?? 2);

/** Whether this is `npm run fault`: what takes a minute then takes a minute, and a few seconds otherwise. */
export const isLong: boolean = process.env.FAULT_ROUNDS !== undefined;

/** Where services of a scene keep what they keep: what names their database to them. */
export interface Store {
  readonly engine: 'SQLite' | 'PostgreSQL';
  readonly environment: { readonly DATABASE_URL?: string };
}

/** A folder with services, the people who sign in at them, and the judgement of what they were told. */
export interface Scene {
  readonly site: Site;
  /** Lets people sign in at whichever portal `portal` gives, until the judgement or the end of the test. */
  traffic(portal: () => Portal, people?: number): Traffic;
  /** Ends the traffic and judges what came of it, by the audit of `store` and one more sign-in at `portal`. */
  judge(traffic: Traffic, store: Store, portal: Portal): Promise<Judgement>;
  /** Opens what a service keeps, beside the service; it is closed at the end of the test. */
  open(store: Store): Promise<Database>;
}

/** Makes a scene for each test of a file, and takes it down after it. */
export function scenes(): () => Scene {
  let scene: Scene & AsyncDisposable;
  beforeEach(() => {
    scene = makeScene();
  });
  afterEach(() => scene[Symbol.asyncDispose]());
  return () => scene;
}

/** Makes one, for whoever takes it down. */
export function makeScene(): Scene & AsyncDisposable {
  const site = makeSite();
  const traffics: Traffic[] = [];
  const opened = new Map<string | undefined, Database>();
  const secrets = () => loadSecrets(join(site.data, 'secrets'), () => false);
  const open = async ({ environment: { DATABASE_URL: url } }: Store) => {
    const known = opened.get(url);
    if (known !== undefined) return known;
    const options = { secrets: await secrets(), at: Date.now(), access: 'open' } as const;
    const database =
      url === undefined
        ? openSqlite({ file: join(site.data, 'sealgate.sqlite'), ...options })
        : await openPostgresql({ place: parsePlace(url, 'DATABASE_URL'), ...options });
    opened.set(url, database);
    return database;
  };
  return {
    site,
    open,
    traffic(portal, people) {
      const traffic = startTraffic(portal, people);
      traffics.push(traffic);
      return traffic;
    },
    async judge(traffic, store, portal) {
      await traffic.stop();
      return judge(traffic.attempts, await open(store), await secrets(), portal);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(traffics.map((traffic) => traffic.stop()));
      await Promise.all([...opened.values()].map((database) => database.close()));
      await site.dispose();
    },
  };
}

/** Many enough for the services of a test, few enough to be taken up. */
const connections = 30;

let server: Promise<PrivatePostgresql> | undefined;

/** A PostgreSQL that the tests of a file may do anything to, started for the first that asks. */
export function faultyPostgresql(): Promise<PrivatePostgresql> {
  server ??= startPostgresql({ settings: [`max_connections=${connections}`] });
  return server;
}

afterAll(async () => {
  await (await server)?.close();
});

/** An empty database of that PostgreSQL. */
export async function postgresqlStore(): Promise<Store & { readonly name: string }> {
  const name = randomUUID();
  const url = await (await faultyPostgresql()).create(name);
  return { engine: 'PostgreSQL', name, environment: { DATABASE_URL: url } };
}

/** Both engines, each with what makes an empty database of it. */
export const engines: readonly (readonly [Store['engine'], () => Promise<Store>])[] = [
  ['SQLite', async () => ({ engine: 'SQLite', environment: {} })],
  ['PostgreSQL', postgresqlStore],
];

/** Behind the name of a test that takes long; empty where it is run. */
export const onlyLong: string = isLong ? '' : ' (skipped: a part of npm run fault)';

/** Engines of a fault that is the service's own: one of them in every run of the tests, both by `npm run fault`. */
export const mainEngines: typeof engines = isLong ? engines : engines.slice(0, 1);

/** Ends a service at once, as a power failure would end its process. */
export async function kill({ process: child }: Served): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The codes that sign-ins were refused with, and how often each. */
export function refusals({ attempts }: Traffic): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const { reply } of attempts) {
    if (reply === undefined || reply.status === 200) continue;
    const code = reply.body.code ?? String(reply.status);
    counted[code] = (counted[code] ?? 0) + 1;
  }
  return counted;
}
