import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSite, type Site } from './served.ts';

let site: Site;
beforeEach(() => {
  site = makeSite();
});
afterEach(() => site.dispose());

it('a service whose disk takes no more is not ready, and is again once there is room', async () => {
  const served = await site.serve();
  const readiness = async () => (await fetch(`${served.url}/readyz`)).status;
  // A limit on the length of files, which the system enforces on every write as a full disk does.
  const limit = (octets: string) =>
    execFileSync('prlimit', ['--pid', String(served.process.pid), `--fsize=${octets}:`]);
  limit(String(statSync(join(site.data, 'sealgate.sqlite-wal')).size + 16_384));
  expect(await readiness()).toBe(200);
  let { status, body } = await served.portal.signIn();
  for (let tries = 0; status === 200 && tries < 1_000; tries += 1)
    ({ status, body } = await served.portal.signIn());
  expect([status, body.code]).toEqual([503, 'storage_unavailable']);
  expect(await readiness()).toBe(503);
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);

  limit('unlimited');
  expect(await readiness()).toBe(200);
  expect((await served.portal.signIn()).status).toBe(200);
});
