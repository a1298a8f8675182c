import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { browser, origin, signText } from './portal.ts';
import { makeSite, program, type Site, stop } from './served.ts';

let site: Site;
beforeEach(() => {
  site = makeSite();
});
afterEach(() => site.dispose());

async function openDatabase() {
  const secrets = await loadSecrets(join(site.data, 'secrets'));
  const database = openSqlite({ file: join(site.data, 'sealgate.sqlite'), secrets, at: Date.now() });
  return { database, keys: keyring(secrets, 'journal') };
}

async function sessionsInAudit(): Promise<Set<unknown>> {
  const { database, keys } = await openDatabase();
  const sessions = new Set<unknown>();
  for await (const { record } of readAudit(database)) {
    const { event, session } = JSON.parse(record) as Record<string, unknown>;
    if (event === 'login.passed') sessions.add(session);
  }
  expect((await verifyAudit(database, keys)).damage).toBeUndefined();
  await database.close();
  return sessions;
}

describe('the program itself', () => {
  it('starts, is ready, refuses a signature that is none, and stops', async () => {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const served = await site.serve({ file: main });
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    expect(await served.portal.signIn()).toMatchObject({
      status: 400,
      body: { code: 'signature_malformed' },
    });
    expect(await (await fetch(`${served.url}/metrics`)).text()).toContain('sealgate_revocation_answers_held');
    served.process.kill('SIGTERM');
    expect(await once(served.process, 'exit')).toEqual([0, null]);
  });
});

describe('a service that is killed in the midst of sign-ins', () => {
  it('has lost none that it answered, and takes no challenge twice after it starts again', async () => {
    const served = await site.serve();
    const answered: { session: string; assertion: string; body: object }[] = [];
    let isAlive = true;
    const worker = async () => {
      while (isAlive) {
        try {
          const { challenge, text } = await served.portal.challenge();
          const body = { challenge, signature: signText(text), origin, browser };
          const reply = await served.portal.post<{ sessionId: string; assertion: string }>(
            '/v1/logins',
            body,
          );
          if (reply.status !== 200) throw new Error(`refused: ${JSON.stringify(reply.body)}`);
          answered.push({ session: reply.body.sessionId, assertion: reply.body.assertion, body });
          if (answered.length === 400) served.process.kill('SIGKILL');
        } catch (error) {
          if (isAlive && !served.process.killed) throw error;
          return;
        }
      }
    };
    const working = Promise.all(Array.from({ length: 20 }, worker));
    await once(served.process, 'exit');
    isAlive = false;
    await working;

    expect(answered.length).toBeGreaterThanOrEqual(400);
    const sessions = await sessionsInAudit();
    expect(answered.filter(({ session }) => !sessions.has(session))).toEqual([]);

    const again = await site.serve();
    const sample = answered.slice(-20);
    for (const { body, assertion } of sample) {
      expect(await again.portal.post('/v1/logins', body)).toMatchObject({
        status: 409,
        body: { code: 'challenge_used' },
      });
      const { body: state } = await again.portal.post<{ active: boolean }>('/v1/assertions/introspect', {
        token: assertion,
      });
      expect(state.active).toBe(true);
    }
  });
});

describe('a service that is told to stop', () => {
  it('finishes the sign-ins that it has begun, takes no new ones, and ends with status 0', async () => {
    const served = await site.serve({ slow: 400 });
    const challenges = await Promise.all(Array.from({ length: 20 }, () => served.portal.challenge()));
    const replies = challenges.map(({ challenge, text }) =>
      served.portal.post<{ sessionId: string }>('/v1/logins', {
        challenge,
        signature: signText(text),
        origin,
        browser,
      }),
    );
    while (served.verifying() < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    served.process.kill('SIGTERM');
    const exit = once(served.process, 'exit');
    const finished = await Promise.all(replies);
    expect(finished.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(finished.every(({ headers }) => headers.get('connection') === 'close')).toBe(true);
    expect(await exit).toEqual([0, null]);
    await expect(fetch(`${served.url}/healthz`)).rejects.toThrow();
    const sessions = await sessionsInAudit();
    expect(finished.every(({ body }) => sessions.has(body.sessionId))).toBe(true);
  });

  it('ends although a connection stays open and idle', async () => {
    const served = await site.serve();
    await served.portal.challenge();
    served.process.kill('SIGINT');
    expect(await once(served.process, 'exit')).toEqual([0, null]);
  });

  it('cuts off what does not finish in time', async () => {
    const served = await site.serve({ slow: 60_000, environment: { SEALGATE_SHUTDOWN_SECONDS: '0' } });
    const reply = served.portal.signIn().then(
      () => 'answered',
      () => 'cut off',
    );
    while (served.verifying() < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const exit = stop(served);
    expect(await reply).toBe('cut off');
    // The verification would run for a minute more: it ends with the process.
    expect(await exit).toEqual([0, null]);
  });
});

describe('a service that cannot start', () => {
  it.each([
    ['its port is no number', () => ({ SEALGATE_PORT: 'x' }), 64, 'configuration_invalid'],
    ['its secrets are too short', () => ({ SEALGATE_SECRETS: 'short' }), 64, 'configuration_invalid'],
    [
      'its data folder cannot be made',
      () => ({ SEALGATE_DATA: join(site.environment.SEALGATE_CONFIG ?? '', 'data') }),
      64,
      'configuration_invalid',
    ],
    ['its database is a folder', () => ({ SEALGATE_DATABASE: tmpdir() }), 2, 'database_unusable'],
    ['its database is none', () => ({ SEALGATE_DATABASE: program }), 2, 'database_unusable'],
  ])('because %s says so in an operator’s words and ends', async (_, environment, status, code) => {
    const ran = await site.run(program, [], environment());
    expect(ran.status).toBe(status);
    expect(ran.told).toContain(`[${code}]`);
    expect(ran.told).not.toContain('let in');
  });

  it('because its database is damaged says so in an operator’s words, and ends', async () => {
    expect(await stop(await site.serve())).toEqual([0, null]);
    const file = join(site.data, 'sealgate.sqlite');
    const octets = readFileSync(file);
    writeFileSync(file, octets.fill(0x5a, 100));
    const ran = await site.run(program, []);
    expect(ran.status).toBe(2);
    expect(ran.told).toContain('[database_unusable]');
    expect(ran.told).toContain('malformed');
  });
});

describe('a service whose log cannot be written', () => {
  it('signs people in all the same, and stops when it is told to', async () => {
    const log = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, ...site.environment, SEALGATE_PORT: '0', SEALGATE_LOG_LEVEL: 'trace' },
      stdio: ['ignore', log, 'pipe'],
    });
    closeSync(log);
    const exit = once(child, 'exit');
    // It cannot tell its address: the kernel does, once it listens.
    const url = await addressOf(child.pid ?? 0);
    for (let each = 0; each < 50; each += 1) expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});

/** The address at which a process listens. */
async function addressOf(pid: number): Promise<string> {
  for (;;) {
    const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const target = linkOf(`/proc/${pid}/fd/${name}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    });
    for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n')) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === '0A' && sockets.includes(inode))
        return `http://127.0.0.1:${Number.parseInt(local.split(':')[1] ?? '', 16)}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Empty for one that has been closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
