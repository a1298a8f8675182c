import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { playFaults } from '../../src/demo/test-token.ts';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { type Site, startSite } from '../page/site.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { noTestToken } from '../token/test-token.ts';
import { type TestAgent, testAgent } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const patience = { timeout: 60_000, interval: 100 };
const kinds = [
  ['SoftHSM', 'ec-p256', noSoftHsm],
  ['the GOST token', 'gost2012-256', noTestToken],
] as const;

describe.skipIf(browserMissing)(`from the portal to signed in, by page and agent${browserNote}`, () => {
  let browser: Browser;
  let site: Site;
  let agent: TestAgent;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU' });
    context.setDefaultTimeout(30_000);
  });
  afterEach(() => context.close());

  describe.each(kinds)('with %s', (_, algorithm, noToken) => {
    describe.skipIf(noToken)(noToken ? `(skipped: ${noToken})` : 'that the agent finds', () => {
      let token: CertifiedToken;
      beforeAll(async () => {
        // The agent's port is the service's setting, and the service's authority certifies the token.
        agent = await testAgent([]);
        const { port } = agent;
        await agent.remove();
        site = await startSite({ environment: { SEALGATE_AGENT_PORTS: String(port) } });
        token = await certifiedToken(algorithm, 'Rutoken ECP', site.authority);
        agent = await testAgent([token.choice], { port });
      });
      afterAll(async () => {
        await agent.remove();
        await token.remove();
        await site.close();
      });

      /** The window that the agent opens by itself. */
      async function window(): Promise<Page> {
        const shown = await context.newPage();
        await shown.goto(await agent.nextWindow());
        return shown;
      }

      it('the person allows the page, chooses the certificate, confirms with the PIN, and is signed in', async () => {
        page = await context.newPage();
        await page.goto(site.link());
        await page.locator('#way-agent').click();
        const permission = await window();
        expect(await permission.textContent('#origin')).toBe(site.origin);
        await permission.click('#confirm:enabled');
        const choice = page.locator('label.certificate');
        await choice.waitFor();
        expect(await choice.textContent()).toContain('Rutoken ECP');
        const text = await page.locator('#text').textContent();
        await page.locator('#sign').click();

        const confirmation = await window();
        expect(await confirmation.textContent('#text')).toBe(text);
        expect(await confirmation.textContent('#origin')).toBe(site.origin);
        expect(await confirmation.textContent('#portal')).toContain(site.portal);
        await confirmation.fill('#pin', token.pin);
        await confirmation.click('#confirm:enabled');
        await expect.poll(() => site.arrivals.length, patience).toBe(1);
        const taken = await site.take(site.arrivals[0]?.searchParams.get('code') ?? null);
        expect(taken).toMatchObject({ status: 200, body: { organisation: { inn: '9901001013' } } });
      });

      it('a person who says no is told so by the page, and can go on', async () => {
        await agent.agent.origins.allow(site.origin, Date.now());
        page = await context.newPage();
        await page.goto(site.link());
        await page.locator('#way-agent').click();
        await page.locator('#sign').click();
        const confirmation = await window();
        await confirmation.waitForSelector('#refuse');
        await confirmation.click('#refuse');
        await page.locator('#failure-code').waitFor();
        expect(await page.locator('#failure-code').textContent()).toBe('signing_cancelled');
      });

      /** Signs the page's text by the agent, which is allowed to. */
      async function sign(): Promise<void> {
        await page.locator('#way-agent').click();
        await page.locator('#sign').click();
        const confirmation = await window();
        await confirmation.fill('#pin', token.pin);
        await confirmation.click('#confirm:enabled');
      }

      it('connects its token as a carrier at the account', async () => {
        await agent.agent.origins.allow(site.origin, Date.now());
        page = await context.newPage();
        await page.goto(`${site.origin}/account`);
        await page.locator('#sign-in').click();
        await sign();
        await page.waitForURL(`${site.origin}/account`);
        await page.goto(`${site.origin}/account/carriers`);
        await page.locator('#connect').click();
        await sign();
        await page.locator('#done').waitFor();
        expect(await page.locator('#done').textContent()).toContain('Носитель подключён');
        expect(await page.locator('.item').count()).toBe(1);
      });

      // Only the module for testers breaks down when it is told to.
      if (!algorithm.startsWith('gost')) return;
      it('a token that breaks down is told of by its own code', async () => {
        await agent.agent.origins.allow(site.origin, Date.now());
        page = await context.newPage();
        await page.goto(site.link());
        await page.locator('#way-agent').click();
        await page.locator('#sign').click();
        const confirmation = await window();
        await playFaults(token.store, 'crash');
        await confirmation.fill('#pin', token.pin);
        await confirmation.click('#confirm:enabled');
        await page.locator('#failure-code').waitFor();
        expect(await page.locator('#failure-code').textContent()).toBe('pkcs11_module_failed');
        await playFaults(token.store);
      });
    });
  });
});
