import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSite, program, type Site, stop } from './served.ts';

/** The service as operators start it. */
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let site: Site;
beforeEach(() => {
  site = makeSite();
});
afterEach(() => site.dispose());

describe('a setting that is wrong', () => {
  it.each([
    ['a webhook without its secret', { SEALGATE_NOTICE_WEBHOOK: 'https://hook.example/' }, 'noticeSecret'],
    [
      'an anchor by webhook without its secret',
      { SEALGATE_AUDIT_ANCHOR: 'https://hook.example/' },
      'auditAnchorSecret',
    ],
    ['an anchor that is no place', { SEALGATE_AUDIT_ANCHOR: 'ftp://host/x' }, 'auditAnchor'],
    [
      'a network that is none',
      { SEALGATE_REVOCATION_NETWORKS: '10.0.0.0/99' },
      'SEALGATE_REVOCATION_NETWORKS',
    ],
    ['a proxy that is no network', { SEALGATE_TRUSTED_PROXIES: 'proxy.example' }, 'SEALGATE_TRUSTED_PROXIES'],
    ['pins that are not there', { SEALGATE_ANCHORS: '/nowhere/pins' }, '/nowhere/pins'],
    ['a token without a module', { SEALGATE_ASSERTION_KEY: 'pkcs11:token=x' }, 'PKCS#11 URI'],
    [
      'a token with its PIN',
      { SEALGATE_ASSERTION_KEY: 'pkcs11:token=x?module-path=/m&pin-value=1' },
      'PKCS#11 URI',
    ],
    ['an engine that is unknown', { SEALGATE_GOST: 'bogus' }, 'SEALGATE_GOST'],
    ['a secret that is short', { SEALGATE_SECRETS: 'short' }, 'SEALGATE_SECRETS'],
  ])(
    '(%s) is refused with configuration_invalid before anything is opened',
    async (_, environment, field) => {
      const { status, told, out } = await site.run(main, [], environment);
      expect(told).toContain('[configuration_invalid]');
      expect(told).toContain(field);
      expect(status).toBe(64);
      expect(out).toBe('');
      expect(existsSync(site.data)).toBe(false);
    },
  );

  it('(a data folder that cannot be made) is refused at once, and not tried for ever', async () => {
    for (const data of ['/proc/sealgate', '/proc/sealgate/data', '/dev/null/data']) {
      const { status, told } = await site.run(main, [], { SEALGATE_DATA: data });
      expect(told).toContain('[configuration_invalid]');
      expect(status).toBe(64);
    }
  });

  it('(an address that is taken) is refused with configuration_invalid, and what was opened is closed', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { status, told } = await site.run(main, [], { SEALGATE_PORT: port });
    expect(told).toContain('[configuration_invalid]');
    expect(told).toContain('address already in use');
    expect(status).toBe(64);
    // Closed by the last connection, SQLite leaves no write-ahead log behind.
    expect(readdirSync(site.data).filter((name) => name.endsWith('-wal'))).toEqual([]);
    other.close();
  });

  it('(a file that is not JSON) is told without a word of what it holds', async () => {
    const file = join(site.folder, 'broken.json');
    writeFileSync(file, '{"smtp":"smtp://user:hunter2@mail.example" "port":1}');
    for (const text of ['{"smtp":"smtp://user:hunter2@mail.example" "port":1}', 'hunter2']) {
      writeFileSync(file, text);
      const { told, out } = await site.run(main, [], { SEALGATE_CONFIG: file });
      expect(told).toContain('[configuration_invalid]');
      expect(told + out).not.toContain('hunter2');
    }
  });

  it('is mended, and the service starts', async () => {
    const environment = {
      SEALGATE_NOTICE_WEBHOOK: 'https://hook.example/',
      SEALGATE_NOTICE_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
      SEALGATE_REVOCATION_NETWORKS: '10.0.0.0/9',
    };
    expect(await stop(await site.serve({ file: main, environment }))).toEqual([0, null]);
  });
});

describe('a service that is told to stop while it starts', () => {
  const start = (opening: number, environment: Record<string, string> = {}): ChildProcess =>
    spawn(process.execPath, [program, '0', String(opening)], {
      env: { ...process.env, ...site.environment, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const untilOpening = async (child: ChildProcess) => {
    for await (const text of child.stderr ?? []) if (String(text).includes('opening')) return;
  };

  it('finishes starting, stops at once and ends with status 0', async () => {
    const child = start(500);
    const exit = once(child, 'exit');
    await untilOpening(child);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('ends in the time that stopping is given, where starting never ends', async () => {
    const child = start(600_000, { SEALGATE_SHUTDOWN_SECONDS: '0' });
    const exit = once(child, 'exit');
    await untilOpening(child);
    child.kill('SIGTERM');
    expect(await exit).toEqual([1, null]);
  });
});
