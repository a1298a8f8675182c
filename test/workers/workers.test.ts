import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { startTraffic } from '../fault/traffic.ts';
import { browser, origin, signText } from '../service/portal.ts';
import { makeSite, type Served, type Site, stop } from '../service/served.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let site: Site;
beforeEach(() => {
  site = makeSite();
});
afterEach(() => site.dispose());

/** The worker processes that live. */
function workersOf({ process: { pid } }: Served): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

/** The status that a connection of its own is answered with. */
function answerAt(url: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Waits until `isSo`, two minutes at most. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 120_000; !(await isSo()); await pause(50)) {
    if (performance.now() > end) throw new Error('it did not come to that');
  }
}

/** Serves by two workers, and waits until both do. */
async function serveByTwo(): Promise<Served> {
  const served = await site.serve({
    environment: { SEALGATE_WORKERS: '2', SEALGATE_OPEN_REQUESTS_PER_SECOND: '10000' },
  });
  await until(
    async () => (await measured(served, 'process_cpu_seconds_total')) !== undefined && areTwo(served),
  );
  return served;
}

const areTwo = (served: Served) => workersOf(served).length === 2;

/** The sum of a measurement over its labels, as /metrics has it. */
async function measured({ url }: Served, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .map((line) => Number(line.split(' ').at(-1)));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

async function auditOf(): Promise<readonly Record<string, unknown>[]> {
  const secrets = await loadSecrets(join(site.data, 'secrets'));
  const database = openSqlite({ file: join(site.data, 'sealgate.sqlite'), secrets, at: Date.now() });
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(database))
    records.push(JSON.parse(record) as Record<string, unknown>);
  expect((await verifyAudit(database, keyring(secrets, 'journal'))).damage).toBeUndefined();
  await database.close();
  return records;
}

describe('two workers', () => {
  it('answer at one address and take a challenge once; measurements are those of both', async () => {
    const served = await serveByTwo();
    const { challenge, text } = await served.portal.challenge();
    const body = { challenge, signature: signText(text), origin, browser };
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => served.portal.post('/v1/logins', body, { connection: 'close' })),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ body: { code } }) => code === 'challenge_used')).toHaveLength(59);
    const count = 'sealgate_request_duration_seconds_count{route="/v1/logins"';
    expect(await measured(served, count)).toBe(60);
    const shares = new Set<number | undefined>();
    for (let each = 0; each < 8; each += 1) shares.add(await measured(served, count));
    expect([...shares]).toEqual([60]);
    expect(await stop(served)).toEqual([0, null]);
    expect((await auditOf()).filter(({ event }) => event === 'login.passed')).toHaveLength(1);
  });

  it('of whom one is killed under load lose no answered sign-in, and are two again', async () => {
    const served = await serveByTwo();
    const [victim] = workersOf(served);
    const traffic = startTraffic(() => served.portal);
    await traffic.more(50);
    process.kill(Number(victim), 'SIGKILL');
    await until(() => areTwo(served) && !workersOf(served).includes(Number(victim)));
    await traffic.more(50);
    await traffic.stop();
    expect(await stop(served)).toEqual([0, null]);
    const sessions = new Set((await auditOf()).map(({ session }) => session));
    for (const { reply } of traffic.passed()) expect(sessions).toContain(reply?.body.sessionId);
  });

  it('are started anew one by one at SIGHUP, and every connection meanwhile is answered', async () => {
    const served = await serveByTwo();
    const before = workersOf(served);
    let isOver = false;
    const answers: unknown[] = [];
    const asking = (async () => {
      while (!isOver) {
        answers.push(await answerAt(served.url, '/healthz').catch((error: Error) => error.message));
        await pause(5);
      }
    })();
    served.process.kill('SIGHUP');
    await until(() => areTwo(served) && workersOf(served).every((pid) => !before.includes(pid)));
    isOver = true;
    await asking;
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await stop(served)).toEqual([0, null]);
  });

  it('end with the process above them, however that ends', async () => {
    const served = await serveByTwo();
    const workers = workersOf(served);
    served.process.kill('SIGKILL');
    await once(served.process, 'exit');
    await until(() => workers.every((pid) => !isAlive(pid)));
  });

  it('that cannot start say why, once, and the exit code is theirs', async () => {
    const wrong = {
      SEALGATE_ASSERTION_KEY: 'pkcs11:token=nowhere?pin-value=1',
      SEALGATE_PKCS11_MODULE: '/nowhere.so',
    };
    const alone = await site.run(cli, ['serve'], wrong);
    const together = await site.run(cli, ['serve', '--workers', '2'], wrong);
    expect([alone.status, alone.told]).toEqual([64, expect.stringContaining('[configuration_invalid]')]);
    expect([together.status, together.told]).toEqual([alone.status, alone.told]);
  });

  it.each(['0', 'two', '257'])(
    'are a number of workers: %s is refused before anything starts',
    async (workers) => {
      const { status, told } = await site.run(cli, ['serve', '--workers', workers]);
      expect(status).toBe(64);
      expect(told).toContain('configuration_invalid');
      expect(told).toContain('--workers');
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
