import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresql } from '../../src/database/postgresql/database.ts';
import { parsePlace } from '../../src/database/postgresql/place.ts';
import { type PrivatePostgresql, startPostgresql } from '../../src/demo/private-postgresql.ts';
import { startStandby } from '../database/further-postgresql.ts';
import { expectNothingLost } from './judge.ts';
import { startNetwork } from './network.ts';
import { refusals, scenes } from './scene.ts';

const scene = scenes();
const standbyName = 'standby';

let primary: PrivatePostgresql;
let standby: PrivatePostgresql;
beforeAll(async () => {
  primary = await startPostgresql();
  standby = await startStandby(primary, standbyName);
  await primary.run(`ALTER SYSTEM SET synchronous_standby_names = '${standbyName}'`);
  await primary.run('SELECT pg_reload_conf()');
  await inStep();
});
afterAll(async () => {
  await standby?.close();
  await primary?.close();
});

/** Resolves once the primary waits for the standby with everything that it confirms. */
async function inStep(): Promise<void> {
  const sql = `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`;
  while ((await primary.run(sql)).length === 0) await setTimeout(20);
}

const waiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;

describe('a PostgreSQL with a synchronous standby', () => {
  it.each(['pg_cancel_backend', 'pg_terminate_backend'])(
    'that is away confirms nothing, though an operator cuts the wait short by %s',
    async (cutShort) => {
      const place = parsePlace(await primary.create(randomUUID()), 'DATABASE_URL');
      const database = await openPostgresql({ place, secrets: [randomBytes(32)], at: 1 });
      const entry = (record: string) => ({ statements: [], journal: [{ at: 1, record }] });
      await database.write(entry('before'));
      await standby.kill();
      let isConfirmed = false;
      const writing = database.write(entry('meanwhile')).then(() => {
        isConfirmed = true;
      });
      while ((await primary.run(`SELECT ${cutShort}(pid) ${waiting}`)).length === 0) await setTimeout(20);
      await setTimeout(500);
      expect(isConfirmed).toBe(false);
      await standby.start();
      await writing;
      const [count] = await database.read({ sql: 'SELECT count(*) AS n FROM journal', parameters: [] });
      expect(count?.n).toBe(2);
      await database.close();
      await inStep();
    },
  );

  it('that takes over in the midst of sign-ins has everything that was acknowledged', async () => {
    const name = randomUUID();
    await primary.create(name);
    const socketOf = ({ folder }: PrivatePostgresql) => ({ path: join(folder, '.s.PGSQL.5432') });
    const network = await startNetwork(socketOf(primary));
    const address = `postgresql://sealgate@127.0.0.1:${network.port}/${name}`;
    const served = await scene().site.serve({ environment: { DATABASE_URL: address } });
    const traffic = scene().traffic(() => served.portal);
    await traffic.more(40);
    await primary.kill();
    await standby.run('SELECT pg_promote()');
    network.leadTo(socketOf(standby));
    await traffic.more(40);
    const environment = { DATABASE_URL: standby.url(name) };
    const judgement = await scene().judge(traffic, { engine: 'PostgreSQL', environment }, served.portal);
    const { storage_unavailable: refused = 0, ...others } = refusals(traffic);
    expect(others).toEqual({});
    expectNothingLost(`PostgreSQL failed over to its standby, ${refused} refused`, judgement);
    await network.close();
  });
});
