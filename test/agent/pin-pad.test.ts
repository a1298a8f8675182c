import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { playFaults } from '../../src/demo/test-token.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { picture } from '../page/picture.ts';
import { noTestToken } from '../token/test-token.ts';
import { expectAccessible, languages, personContext } from './browser.ts';
import { challengeOf, signBody, type TestAgent, testAgent, throughBridge } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const reason = browserMissing ?? noTestToken;
const portal = 'https://portal.example';

describe.skipIf(reason)(`a token in a reader with a PIN pad${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let browser: Browser;
  let token: CertifiedToken;
  let agent: TestAgent;
  beforeAll(async () => {
    browser = await startBrowser();
    token = await certifiedToken('gost2012-256', 'Pad');
    agent = await testAgent([token.choice]);
    await agent.agent.origins.allow(portal, Date.now());
  });
  afterAll(async () => {
    await browser.close();
    await agent.remove();
    await token.remove();
  });
  beforeEach(() => playFaults(token.store, `pin-pad ${token.pin}`));
  afterEach(() => playFaults(token.store));

  it.each(languages)(
    'in %s: the window has no field for it, and signs what is confirmed at the reader',
    async (language) => {
      const answer = throughBridge(agent.port, portal, {
        ...signBody(challengeOf(portal, { language }), token.thumbprint),
        language,
      });
      const context = await personContext(browser, { language, theme: 'light' });
      const window = await context.newPage();
      await window.goto(await agent.nextWindow());
      await window.waitForSelector('#confirm:enabled');
      expect(await window.locator('input').count()).toBe(0);
      await picture(window, `agent/pin-pad-${language}`);
      await expectAccessible(window);
      await window.click('#confirm');
      expect((await answer).at(-1)).toMatchObject({ type: 'signed' });
      await context.close();
    },
  );

  it('at which another PIN is entered has refused it, and the window asks again', async () => {
    await playFaults(token.store, 'pin-pad 000000');
    const gone = new AbortController();
    const challenge = signBody(challengeOf(portal), token.thumbprint);
    const answer = throughBridge(agent.port, portal, challenge, { signal: gone.signal }).catch(() => 'gone');
    const context = await personContext(browser, { language: 'en', theme: 'light' });
    const window = await context.newPage();
    await window.goto(await agent.nextWindow());
    await window.click('#confirm:enabled');
    await window.waitForSelector('#failure-code');
    expect(await window.textContent('#failure-code')).toBe('pin_incorrect');
    await window.waitForSelector('#confirm:enabled');
    gone.abort();
    expect(await answer).toBe('gone');
    await context.close();
  });

  it('has its PIN changed on the agent’s page without a PIN being typed there', async () => {
    await playFaults(token.store, `pin-pad ${token.pin}`, 'pin-pad-new 271828');
    const context = await personContext(browser, { language: 'en', theme: 'light' });
    const page = await context.newPage();
    await page.goto(agent.agent.base);
    const part = page.locator('li.token', { hasText: 'Pad' });
    await part.locator('details:has([data-care=change]) > summary').click();
    const form = part.locator('[data-care=change]');
    expect(await form.locator('input').count()).toBe(0);
    await form.getByText('PINs are entered on the keys of the reader.').waitFor();
    await form.locator('button').click();
    await page.locator('#tokens-status .good').waitFor();
    await playFaults(token.store);
    const kept = { pin: () => Buffer.from('271828') };
    const signer = await token.module.signer({ ...kept, key: { withoutCertificate: true } });
    await signer.close();
    token.module.close();
    await context.close();
  });
});
