import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../src/demo/options.ts';
import { whyNoSoftHsm } from '../../src/demo/softhsm.ts';
import { whyNoTestToken } from '../../src/demo/test-token.ts';
import { language } from '../../src/environment.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { picture } from '../page/picture.ts';

const main = fileURLToPath(new URL('../../src/demo/main.ts', import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'sealgate-demo-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const missing = process.env.CI === 'true' ? undefined : await whyNoSoftHsm();
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

class RunningDemo {
  readonly ended: Promise<Ended>;
  private output = '';
  private readonly process: ChildProcess;

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const env = { PATH: process.env.PATH, ...environment };
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (status) => resolve({ status, output: this.output, errors }));
    });
  }

  /** Waits until the demo has written `text`, or has ended. */
  async until(text: string): Promise<string> {
    const hasEnded = this.ended.then(() => true);
    while (!this.output.includes(text)) {
      const isOver = await Promise.race([hasEnded, new Promise((resolve) => setTimeout(resolve, 20, false))]);
      if (isOver === true)
        throw new Error(`ended without: ${text}\n${(await this.ended).errors}${this.output}`);
    }
    return this.output;
  }

  interrupt(): void {
    this.process.kill('SIGINT');
  }
}

function folder(name: string): string {
  return join(parent, name);
}

/** A person at the portal, whose browser the agent opens its windows in. */
async function signInAs(portal: string, pin: string, opened: string): Promise<void> {
  const browser = await startBrowser();
  const context = await browser.newContext({ locale: 'ru-RU' });
  context.setDefaultTimeout(30_000);
  let seen = 0;
  const nextWindow = async () => {
    const addresses = () => readFileSync(opened, 'utf8').split('\n').slice(0, -1);
    await expect.poll(() => addresses().length, { timeout: 30_000 }).toBeGreaterThan(seen);
    const page = await context.newPage();
    await page.goto(addresses()[seen++] ?? '');
    return page;
  };
  try {
    const page = await context.newPage();
    await page.goto(portal);
    await page.click('#sign-in');
    await page.click('#way-agent');
    await (await nextWindow()).click('#confirm:enabled');
    await page.locator('label.certificate').last().waitFor();
    await page.locator('label.certificate input').first().check();
    await page.click('#sign:enabled');
    const confirmation = await nextWindow();
    await confirmation.fill('#pin', pin);
    await confirmation.click('#confirm:enabled');
    await page.locator('#organisation').waitFor();
    expect(await page.textContent('#organisation')).toBe('ООО «Северный ветер»');
    await picture(page, 'demo-portal-signed-in');
    await page.click('#centre');
    await page.click('#agree');
    await page.locator('#told').waitFor();
    expect(await page.locator('#told').textContent()).toContain('ogrn:');
    await page.click('#portal');
    await page.click('#sign-out');
    await page.click('#logout');
    await page.locator('#sign-in').waitFor();
    await picture(page, 'demo-portal');
  } finally {
    await browser.close();
  }
}

describe.skipIf(missing !== undefined)(`demo${reason}`, () => {
  it.each([
    ['ecdsa', '1'],
    ['rsa', '2'],
  ])(
    'on %s signs in, shows the refusals, and ends with status 0; processes: %s',
    async (algorithm, replicas) => {
      const args = ['--once', '--algorithm', algorithm, '--folder', folder(algorithm), '--language', 'en'];
      const { status, output, errors } = await new RunningDemo([...args, '--replicas', replicas]).ended;
      expect(errors).toBe('');
      expect(status).toBe(0);
      expect(output).toContain('✓ Signed in');
      expect(output).toContain('ООО «Северный ветер»');
      expect(output).toContain('Ветрова Анна Сергеевна');
      const said = output.replaceAll(/\s+/g, ' ');
      expect(said).toMatch(
        browserMissing === undefined
          ? /way by the service’s page and the agent, in a headless Chromium \d+/
          : /way by a page of the portal’s own.*apt-get install chromium/,
      );
      for (const code of ['challenge_used', 'certificate_revoked', 'certificate_expired', 'pin_incorrect']) {
        expect(output).toContain(code);
      }
      expect(output).not.toContain('\u001b');
      if (replicas === '1') return;
      expect(said).toMatch(/✓ 40 people are in; \d+ were cut off/);
      expect(said).toMatch(/process \d+ killed, after 15 sign-ins had passed/);
      expect(said).toContain('each of the 40 signatures that had passed was refused: challenge_used');
      expect(said).toMatch(/\d+ records in one unbroken chain/);
    },
  );

  it('with GOST asked for uses GOST where a token has it, and a portal that was built for ЕСИА signs in as well', async () => {
    const args = ['--once', '--esia', '--algorithm', 'gost', '--folder', folder('gost'), '--language', 'en'];
    const { status, output, errors } = await new RunningDemo(args).ended;
    expect(errors).toBe('');
    expect(status).toBe(0);
    expect(output).toContain('A portal that was built for ЕСИА');
    expect(output).toMatch(/role +ООО «Северный ветер», representative/);
    const said = output.replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      (await whyNoTestToken()) === undefined ? 'GOST R 34.10-2012' : 'ECDSA P-256 is used instead',
    );
  });

  it('over what a former run left speaks the language of the system, stays up with its addresses, lets a person sign in, and ends at Ctrl-C', async () => {
    const place = folder('gost');
    const programs = folder('programs');
    const opened = join(programs, 'opened');
    mkdirSync(programs);
    writeFileSync(join(programs, 'xdg-open'), `#!/bin/sh\necho "$1" >> '${opened}'\n`, { mode: 0o700 });
    writeFileSync(opened, '');
    const PATH = `${programs}:${process.env.PATH}`;
    const demo = new RunningDemo(['--folder', place], { LANG: 'ru_RU.UTF-8', PATH });
    const output = await demo.until('На странице сервиса');
    expect(output).not.toContain('✓ Вход выполнен');
    const addresses = new Set(
      [...output.matchAll(/http:\/\/\S+(?:json|readyz|\.crl)/g)].map(([address]) => address),
    );
    expect(addresses.size).toBe(4);
    for (const address of addresses) expect([address, (await fetch(address)).status]).toEqual([address, 200]);
    const portal = output.match(/портал\s+(http:\S+)/)?.[1] ?? '';
    expect(await (await fetch(portal)).text()).toContain('Демонстрационный портал');
    if (browserMissing === undefined) {
      const pin = output.match(/PIN-код +(\d+)/)?.[1] ?? '';
      await signInAs(portal, pin, opened);
      const signedIn = await demo.until('страница сервиса и агент подписи');
      expect(signedIn).toContain('✓ Вход выполнен');
    }

    const second = await new RunningDemo(['--once', '--folder', place], { LANG: 'ru_RU.UTF-8' }).ended;
    expect(second.status).toBe(1);
    expect(second.errors).toContain('уже работает');

    demo.interrupt();
    const { status, errors } = await demo.ended;
    expect(errors).toBe('');
    expect(status).toBe(0);
    expect(existsSync(join(place, 'pid'))).toBe(false);
  });
});

describe('options of the demo', () => {
  it('that are wrong: usage, status 64', async () => {
    const { status, errors } = await new RunningDemo(['--algorithm', 'dsa']).ended;
    expect(status).toBe(64);
    expect(errors).toContain('npm run demo');
  });

  it.each([
    [
      ['--once', '--algorithm', 'rsa'],
      {},
      { isOnce: true, isEsia: false, replicas: 1, algorithm: 'rsa', language: 'en', folder: 'here' },
    ],
    [
      [],
      { LANG: 'ru_RU.UTF-8' },
      { isOnce: false, isEsia: false, replicas: 1, algorithm: undefined, language: 'ru', folder: 'here' },
    ],
    [
      ['--language', 'en'],
      { LANG: 'ru' },
      { isOnce: false, isEsia: false, replicas: 1, algorithm: undefined, language: 'en', folder: 'here' },
    ],
    [
      ['--folder', 'there'],
      { LC_ALL: 'C' },
      { isOnce: false, isEsia: false, replicas: 1, algorithm: undefined, language: 'en', folder: 'there' },
    ],
    [['--algorithm', 'dsa'], {}, 'dsa'],
    [['--replicas', '0'], {}, '0'],
    [['--algorithm', 'toString'], {}, 'toString'],
    [['--language', 'de'], {}, 'de'],
    [['--twice'], {}, '--twice'],
    [['hello'], {}, 'hello'],
  ])('%j with %j', (args, environment, expected) => {
    expect(readOptions(args, language(environment), 'here')).toEqual(expected);
  });
});
