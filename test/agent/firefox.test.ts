import { existsSync } from 'node:fs';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridgeAddress, envelop } from '../../src/agent/bridge-message.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { type Portal, startPortalPage } from './portal-page.ts';
import { challengeOf, signBody, type TestAgent, testAgent } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const executablePath = '/usr/bin/firefox-esr';
const noFirefox =
  process.env.CI === 'true' || existsSync(executablePath)
    ? undefined
    : 'Firefox is not installed; on Debian: apt-get install firefox-esr';
const reason = noFirefox ?? noSoftHsm;

interface Heard {
  readonly type: string;
  readonly id: string;
  readonly [name: string]: unknown;
}

describe.skipIf(reason)(`Firefox${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let portal: Portal;
  let token: CertifiedToken;
  let agent: TestAgent;
  let browser: Browser;

  beforeAll(async () => {
    portal = await startPortalPage();
    token = await certifiedToken('ec-p256');
    agent = await testAgent([token.choice]);
    browser = await launch({
      browser: 'firefox',
      executablePath,
      acceptInsecureCerts: true,
      extraPrefsFirefox: {
        'network.dns.localDomains': 'portal.example',
        // The portal's address counts as one of the network, as it would be.
        'network.lna.address_space.public.override': `127.0.0.1:${portal.port}`,
        'dom.disable_open_during_load': false,
      },
    });
  });
  afterAll(async () => {
    await browser?.close();
    portal.close();
    await agent.remove();
    await token.remove();
  });

  it('carries the bridge: list, permission, confirmation and signature', async () => {
    const page = await browser.newPage();
    const origin = `https://portal.example:${portal.port}`;
    await page.goto(origin);
    await page.evaluate(
      (wish) => Object.assign((globalThis as never as { portal: object }).portal, { wish }),
      {
        port: agent.port,
      },
    );
    await page.click('#open');
    expect(await hears(page, 'hello')).toMatchObject({ agent: 'sealgate' });

    await say(page, 'list', { type: 'list', language: 'ru' });
    const permission = await open(await agent.nextWindow());
    await permission.waitForSelector('#confirm:not([disabled])');
    expect(await permission.$eval('#origin', ({ textContent }) => textContent)).toBe(origin);
    await permission.click('#confirm');
    expect(await hears(page, 'certificates')).toMatchObject({ items: [{ thumbprint: token.thumbprint }] });

    const challenge = challengeOf(origin);
    await say(page, 'sign', signBody(challenge, token.thumbprint));
    const window = await open(await agent.nextWindow());
    await window.waitForSelector('#pin');
    expect(await window.$eval('#text', ({ textContent }) => textContent)).toBe(challenge);
    await window.type('#pin', token.pin);
    await window.waitForSelector('#confirm:not([disabled])');
    await window.click('#confirm');
    expect(await hears(page, 'signed')).toMatchObject({ thumbprint: token.thumbprint });
  });

  it('gives nothing to a page that claims another origin', async () => {
    const page = await browser.newPage();
    await page.goto(`https://portal.example:${portal.port}`);
    const heard = await page.evaluate(
      async (address, body) => {
        const scope = globalThis as never as {
          open(address: string): { postMessage(body: unknown, to: string): void };
          addEventListener(type: string, hear: (event: { data: unknown }) => void): void;
        };
        const messages: unknown[] = [];
        scope.addEventListener('message', ({ data }) => messages.push(data));
        const popup = scope.open(address);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        popup.postMessage(body, '*');
        await new Promise((resolve) => setTimeout(resolve, 500));
        return messages;
      },
      bridgeAddress(agent.port, 'n0nce-of-the-portals-page', 'https://other.example'),
      envelop('n0nce-of-the-portals-page', 'list', { type: 'list', language: 'en' }),
    );
    expect(heard).toEqual([]);
  });

  async function open(address: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(address);
    return page;
  }

  const say = (page: Page, id: string, body: object) =>
    page.evaluate(
      (to, what) =>
        (globalThis as never as { portal: { say(id: string, body: object): void } }).portal.say(to, what),
      id,
      body,
    );

  async function hears(page: Page, type: string): Promise<Heard> {
    for (let tries = 0; tries < 600; tries++) {
      const messages = await page.evaluate(
        () => (globalThis as never as { portal: { messages: Heard[] } }).portal.messages,
      );
      const found = messages.find((message) => message.type === type);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no ${type} came`);
  }
});
