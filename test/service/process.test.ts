import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { makeSecret } from '../../src/client/secret.ts';
import { openSqlite } from '../../src/database/sqlite/database.ts';
import { keyring } from '../../src/secret/keyring.ts';
import { loadSecrets } from '../../src/secret/load.ts';
import { browser, origin, type Portal, portalOf, signText } from './portal.ts';

const program = fileURLToPath(new URL('serve.ts', import.meta.url));
const { secret, secretHash } = makeSecret();

interface Served {
  readonly process: ChildProcess;
  readonly url: string;
  readonly portal: Portal;
  /** How many verifications have begun. */
  verifying(): number;
}

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  const client = {
    id: 'portal',
    name: { en: 'Portal', ru: 'Портал' },
    origins: [origin],
    secretHashes: [secretHash],
  };
  const settings = {
    port: 0,
    data: join(folder, 'data'),
    issuer: 'https://sealgate.example',
    clients: [client],
  };
  writeFileSync(join(folder, 'sealgate.json'), JSON.stringify(settings));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serveInProcess(
  slow = 0,
  environment: Record<string, string> = {},
  file = program,
): Promise<Served> {
  const child = spawn(process.execPath, [file, String(slow)], {
    env: { ...process.env, SEALGATE_CONFIG: join(folder, 'sealgate.json'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let verifying = 0;
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk;
    verifying = told.split('verifying\n').length - 1;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (!url) continue;
    child.stdout.resume();
    return { process: child, url, portal: portalOf(url, 'portal', secret), verifying: () => verifying };
  }
  throw new Error(`it did not start: ${told}`);
}

async function openDatabase() {
  const secrets = await loadSecrets(join(folder, 'data', 'secrets'));
  const database = openSqlite({ file: join(folder, 'data', 'sealgate.sqlite'), secrets, at: Date.now() });
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
    const served = await serveInProcess(0, {}, main);
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
    const served = await serveInProcess();
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

    const again = await serveInProcess();
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
    const served = await serveInProcess(400);
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
    const served = await serveInProcess();
    await served.portal.challenge();
    served.process.kill('SIGINT');
    expect(await once(served.process, 'exit')).toEqual([0, null]);
  });

  it('cuts off what does not finish in time', async () => {
    const served = await serveInProcess(60_000, { SEALGATE_SHUTDOWN_SECONDS: '0' });
    const reply = served.portal.signIn().then(
      () => 'answered',
      () => 'cut off',
    );
    while (served.verifying() < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    served.process.kill('SIGTERM');
    expect(await reply).toBe('cut off');
  });
});

describe('a service that cannot start', () => {
  it.each([
    ['its port is no number', { SEALGATE_PORT: 'x' }, 64, 'configuration_invalid'],
    ['its secrets are too short', { SEALGATE_SECRETS: 'short' }, 64, 'configuration_invalid'],
    ['its database is a folder', { SEALGATE_DATABASE: tmpdir() }, 2, 'storage_unavailable'],
  ])('because %s says so and ends', async (_, environment, status, code) => {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, LANG: 'C', SEALGATE_CONFIG: join(folder, 'sealgate.json'), ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.push(child);
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk;
    });
    expect(await once(child, 'close')).toEqual([status, null]);
    expect(told).toContain(`[${code}]`);
  });
});
