import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PageBody } from '../../src/agent/bridge-message.ts';
import { playFaults } from '../../src/demo/test-token.ts';
import type { Language } from '../../src/failure/failure.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { isForPeople, picture } from '../page/picture.ts';
import { noTestToken } from '../token/test-token.ts';
import { expectAccessible, languages, personContext } from './browser.ts';
import { type Portal, PortalPage, startPortalPage } from './portal-page.ts';
import { challengeOf, signBody, type TestAgent, testAgent, throughBridge } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const reason = browserMissing ?? noTestToken;
const portal = 'https://zakupki.example';
const page = 'https://sign.example';

describe.skipIf(reason)(`what people see of the agent${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let browser: Browser;
  let server: Portal;
  let token: CertifiedToken;
  let agent: TestAgent;
  let context: BrowserContext;
  let asked: Promise<unknown>[];
  let gone: AbortController;

  beforeAll(async () => {
    browser = await startBrowser('--host-resolver-rules=MAP *.example 127.0.0.1');
    server = await startPortalPage();
    token = await certifiedToken('gost2012-256', 'Rutoken ECP');
    const day = 86_400_000;
    await token.issueAnother({ notBefore: Date.now() - 40 * day, notAfter: Date.now() - 5 * day });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    await token.remove();
  });
  beforeEach(async () => {
    agent = await testAgent([token.choice]);
    for (const each of [portal, page]) await agent.agent.origins.allow(each, Date.now());
    asked = [];
    gone = new AbortController();
  });
  afterEach(async () => {
    gone.abort();
    await Promise.all(asked);
    await context.close();
    await agent.remove();
    await playFaults(token.store);
  });

  describe.each(languages)('in %s', (language) => {
    beforeEach(async () => {
      context = await personContext(browser, { language, theme: 'light' });
    });

    const themes = isForPeople
      ? (['dark', 'light'] as const)
      : ([language === 'ru' ? 'light' : 'dark'] as const);

    /** The state as it is now, in one theme, and for people in both. */
    const shows = async (shown: Page, name: string) => {
      for (const colorScheme of themes) {
        await shown.emulateMedia({ colorScheme });
        await picture(shown, `agent/${name}-${language}-${colorScheme}`);
        await expectAccessible(shown);
      }
    };

    /** Has a page of `origin` ask, and opens the window that the agent opens. */
    async function windowFor(body: PageBody, origin = page): Promise<Page> {
      asked.push(throughBridge(agent.port, origin, body, { signal: gone.signal }).catch(() => undefined));
      const shown = await context.newPage();
      await shown.goto(await agent.nextWindow());
      await shown.waitForSelector('#confirm:enabled, #pin, #choices label');
      return shown;
    }

    const text = (more: Parameters<typeof challengeOf>[1] = {}) =>
      challengeOf(portal, {
        language,
        portal: language === 'ru' ? 'Закупки области' : 'Regional procurement',
        page,
        organisation: { name: 'ООО «Ромашка»', inn: '7707083893' },
        ...more,
      });
    const sign = (challenge = text(), choice: 'given' | 'open' = 'given'): PageBody => ({
      ...signBody(challenge, choice === 'given' ? token.thumbprint : undefined),
      language,
    });

    it('the question whether a site may ask', async () => {
      const shown = await windowFor({ type: 'list', language }, 'https://new.example');
      expect(await shown.textContent('#origin')).toBe('https://new.example');
      await shows(shown, 'permission');
      await shown.click('#confirm:enabled');
      await shown.waitForSelector('#confirm', { state: 'detached' });
      await shows(shown, 'permission-given');
    });

    it('the question about a site in other letters', async () => {
      const shown = await windowFor({ type: 'list', language }, 'https://xn--e1aybc.example');
      await shows(shown, 'permission-foreign-letters');
    });

    it('a sign-in, a wrong PIN, and the signature', async () => {
      const shown = await windowFor(sign());
      await shown.waitForSelector('#pin');
      await shows(shown, 'sign-in');
      await shown.fill('#pin', '000000');
      await shown.click('#confirm:enabled');
      await shown.waitForSelector('#refusal-title');
      await shown.waitForSelector('#pin');
      expect(await shown.inputValue('#pin')).toBe('');
      await shows(shown, 'sign-in-wrong-pin');
      await shown.fill('#pin', token.pin);
      await playFaults(token.store, 'slow 1500');
      await shown.click('#confirm:enabled');
      await shown.waitForSelector('#refusal .status');
      await picture(shown, `agent/sign-in-signing-${language}`);
      await shown.waitForSelector('#demand', { state: 'detached' });
      await shows(shown, 'signed');
    });

    it('a sign-in that opens on another screen', async () => {
      const shown = await windowFor(sign(text({ handOver: '482-917' })));
      await shown.waitForSelector('#pin');
      await shows(shown, 'sign-in-hand-over');
    });

    it('a carrier to be connected', async () => {
      const shown = await windowFor(sign(text({ purpose: 'carrier' })));
      await shown.waitForSelector('#pin');
      await shows(shown, 'carrier');
    });

    it('a choice of certificates, of which one is over', async () => {
      const shown = await windowFor(sign(text(), 'open'));
      await shown.waitForSelector('#choice-status', { state: 'hidden' });
      expect(await shown.locator('#choices input:disabled').count()).toBe(1);
      await shows(shown, 'choice');
      await shown.check('#choices input:enabled');
      await shown.waitForSelector('#pin');
      await shows(shown, 'choice-made');
    });

    it('a document, in other words and colours', async () => {
      const content = Buffer.from('%PDF-1.7 договор').toString('base64');
      const name = language === 'ru' ? 'Договор поставки № 17.pdf' : 'Supply contract No 17.pdf';
      const thumbprint = token.thumbprint;
      const shown = await windowFor({
        type: 'sign-document',
        name,
        content,
        isDetached: true,
        thumbprint,
        language,
      });
      await shown.waitForSelector('#pin');
      expect(await shown.textContent('#document-name')).toBe(name);
      expect(await shown.locator('.for-document').count()).toBe(1);
      await shows(shown, 'document');
    });

    it('the last try of a PIN', async () => {
      await playFaults(token.store, 'pin-final-try');
      const shown = await windowFor(sign());
      await shown.waitForSelector('#final-try');
      await shown.fill('#pin', '1');
      expect(await shown.isDisabled('#confirm')).toBe(true);
      await shows(shown, 'final-try');
      await shown.check('#final-try');
      await shown.waitForSelector('#confirm:enabled');
    });

    it('a window that was opened twice', async () => {
      const shown = await windowFor(sign());
      const again = await context.browser()!.newContext({ locale: language });
      const second = await again.newPage();
      await second.goto(shown.url());
      await second.waitForSelector('#failure-code');
      expect(await second.textContent('#failure-code')).toBe('agent_window_used');
      await shows(second, 'used');
      await again.close();
      await shown.waitForSelector('#failure-code');
      expect(await shown.textContent('#failure-code')).toBe('agent_window_used');
    });

    it('the bridge, opened by a page and by hand', async () => {
      const opener = await context.newPage();
      await opener.goto(`https://portal.example:${server.port}`);
      const bridge = await new PortalPage(opener, agent.port).connect();
      await bridge.waitForSelector('#progress');
      await shows(bridge, 'bridge');
      const alone = await context.newPage();
      await alone.goto(`${agent.agent.base}/bridge`);
      await alone.waitForSelector('a');
      await shows(alone, 'bridge-alone');
    });

    it('the agent’s own page, with and without something to show', async () => {
      await agent.agent.history.add({
        at: Date.now(),
        origin: page,
        kind: 'challenge',
        name: 'Закупки области',
        thumbprint: token.thumbprint,
      });
      await agent.agent.history.add({
        at: Date.now(),
        origin: portal,
        kind: 'document',
        name: 'Договор.pdf',
        thumbprint: token.thumbprint,
      });
      asked.push(throughBridge(agent.port, page, sign(), { signal: gone.signal }).catch(() => undefined));
      await agent.nextWindow();
      const home = await context.newPage();
      await home.goto(agent.agent.base);
      await home.waitForSelector('#search:enabled');
      await home.waitForSelector('#request');
      expect(await home.locator('#certificates > li').count()).toBe(2);
      await shows(home, 'home');
      await home.click(`button[data-origin="${portal}"]`);
      await expect.poll(() => home.textContent('#origins-status')).toContain(portal);
      expect(agent.agent.origins.has(portal)).toBe(false);

      const empty = await testAgent([]);
      await home.goto(empty.agent.base);
      await home.waitForSelector('#search:enabled');
      await shows(home, 'home-empty');
      await empty.remove();
    });

    it('the check of the computer, by the agent’s page', async () => {
      const home = await context.newPage();
      await home.goto(agent.agent.base);
      await home.waitForSelector('#search:enabled');
      await home.click('#examine');
      await home.waitForSelector('#doctor-status .status');
      await home.waitForSelector('#examine:enabled', { timeout: 60_000 });
      expect(await home.locator('#findings > li').count()).toBeGreaterThan(8);
      expect(await home.isVisible('#copy-report')).toBe(true);
      await shows(home, 'home-doctor');
    });
  });

  it('a sign-in on a telephone’s width is whole', async () => {
    context = await personContext(browser, { language: 'ru', theme: 'light', width: 360 });
    const language: Language = 'ru';
    asked.push(
      throughBridge(
        agent.port,
        page,
        { ...signBody(challengeOf(portal, { page }), token.thumbprint), language },
        { signal: gone.signal },
      ).catch(() => undefined),
    );
    const shown = await context.newPage();
    await shown.goto(await agent.nextWindow());
    await shown.waitForSelector('#pin');
    await picture(shown, 'agent/sign-in-narrow');
    const width = await shown.evaluate(
      () =>
        (globalThis as never as { document: { documentElement: { scrollWidth: number } } }).document
          .documentElement.scrollWidth,
    );
    expect(width).toBe(360);
  });
});
