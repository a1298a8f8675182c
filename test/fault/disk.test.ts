import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivatePostgresql, startPostgresql } from '../../src/demo/private-postgresql.ts';
import { expectNothingLost } from './judge.ts';
import { onlyLong, refusals, type Store, scenes } from './scene.ts';
import type { Traffic } from './traffic.ts';

const scene = scenes();

/** Resolves once so many sign-ins were refused. */
async function refused(traffic: Traffic, count: number): Promise<void> {
  while ((refusals(traffic).storage_unavailable ?? 0) < count) await setTimeout(10);
}

/** No code but this one tells of a disk. */
function expectOnlyStorage(traffic: Traffic): number {
  const { storage_unavailable: count = 0, ...others } = refusals(traffic);
  expect(others).toEqual({});
  return count;
}

it('a service on SQLite whose disk takes no more, and then does, loses nothing and goes on by itself', async () => {
  const served = await scene().site.serve();
  const traffic = scene().traffic(() => served.portal);
  await traffic.more(40);
  // A limit on the length of files, which the system enforces on every write as a full disk does.
  const limit = (octets: string) =>
    execFileSync('prlimit', ['--pid', String(served.process.pid), `--fsize=${octets}:`]);
  limit(String(statSync(join(scene().site.data, 'sealgate.sqlite-wal')).size + 65_536));
  await refused(traffic, 20);
  limit('unlimited');
  await traffic.more(40);
  const judgement = await scene().judge(traffic, { engine: 'SQLite', environment: {} }, served.portal);
  expectNothingLost(`disk full under SQLite, ${expectOnlyStorage(traffic)} refused`, judgement);
});

const noDisk =
  process.getuid?.() === 0 ? onlyLong : ' (skipped: only root mounts a small disk to put PostgreSQL on)';

describe.skipIf(noDisk)(`a service on PostgreSQL${noDisk}`, () => {
  let disk: string;
  let server: PrivatePostgresql;
  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), 'sealgate-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=150m,mode=777', 'tmpfs', disk]);
    server = await startPostgresql({ inside: disk, settings: ['min_wal_size=32MB', 'max_wal_size=32MB'] });
  });
  afterAll(async () => {
    await server?.close();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('whose disk is full, and then is not, loses nothing and goes on', async () => {
    const store: Store = { engine: 'PostgreSQL', environment: { DATABASE_URL: await server.create('full') } };
    const served = await scene().site.serve(store);
    const traffic = scene().traffic(() => served.portal);
    await traffic.more(40);
    const ballast = join(disk, 'ballast');
    // Log and tables need room for what is written, within what they have taken beforehand they go on.
    const filling = setIntervalNow(() => fill(disk, ballast));
    await server.run('SELECT pg_switch_wal()').catch(() => {});
    await refused(traffic, 5);
    clearInterval(filling);
    rmSync(ballast);
    // A full disk may have ended it, as it ends whatever cannot write its log.
    await server.stop();
    await server.start();
    await traffic.more(40);
    const judgement = await scene().judge(traffic, store, served.portal);
    expectNothingLost(`disk full under PostgreSQL, ${expectOnlyStorage(traffic)} refused`, judgement);
  });
});

function setIntervalNow(act: () => void): NodeJS.Timeout {
  act();
  return setInterval(act, 50);
}

/** Takes all room that is left. */
function fill(disk: string, file: string): void {
  const { bavail, bsize } = statfsSync(disk);
  if (bavail === 0) return;
  try {
    writeFileSync(file, new Uint8Array(bavail * bsize), { flag: 'a' });
  } catch {
    // Somebody else took it.
  }
}
