import { hash } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signAttached } from './attached.ts';
import { type BridgeStandIn, startBridge } from './bridge-stand-in.ts';
import { browserMissing, browserNote, startBrowser } from './browser.ts';
import { type Site, startSite } from './site.ts';

const patience = { timeout: 30_000, interval: 100 };

let browser: Browser;
let bridge: BridgeStandIn;
let site: Site;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  if (browserMissing !== undefined) return;
  [browser, bridge] = await Promise.all([startBrowser(), startBridge()]);
  site = await startSite({ environment: { SEALGATE_AGENT_PORTS: String(bridge.port) } });
});
afterAll(async () => {
  await browser?.close();
  bridge?.close();
  await site?.close();
});
beforeEach(async () => {
  if (browserMissing !== undefined) return;
  site.arrivals.splice(0);
  bridge.heard.splice(0);
  bridge.sign = async (content) => {
    const message = await signAttached(Buffer.from(content, 'base64'), site.signer, Date.now());
    return Buffer.from(message).toString('base64');
  };
  context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU' });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
});
afterEach(async () => {
  await context?.close();
});

const code = async () => {
  await page.locator('#failure-code').waitFor();
  return page.locator('#failure-code').textContent();
};

const thumbprint = () => hash('sha256', site.signer.certificate, 'base64url');

/** The certificate as the agent names it. */
const item = () =>
  JSON.stringify({
    thumbprint: thumbprint(),
    der: Buffer.from(site.signer.certificate).toString('base64'),
    place: { kind: 'token', label: 'Рутокен ЭЦП', serial: '3A2F' },
    usable: true,
  });

const certificates = () =>
  `say(id, { type: 'certificates', items: [${item()}], troubles: [], isComplete: true });`;

/** Says that it is there, and answers each message of the page by `answers`, which know `id`, `type` and `content`. */
const answering = (answers: string) =>
  `say('-', { type: 'hello', agent: 'stand-in', version: '1' }); heard = async ({ id, type, content }) => { ${answers} };`;

const honest = () =>
  answering(`
    if (type === 'list') { say(id, { type: 'waiting', for: 'origin-permission', since: Date.now() }); ${certificates()} }
    if (type === 'sign') {
      say(id, { type: 'waiting', for: 'confirmation', since: Date.now() });
      const signature = await (await fetch('/sign', { method: 'POST', body: content })).text();
      say(id, { type: 'signed', signature, thumbprint: '${thumbprint()}' });
    }`);

async function list(): Promise<void> {
  await page.goto(site.link());
  await page.locator('#way-agent').click();
}

describe.skipIf(browserMissing)(
  `signing by the agent’s window, of which a stand-in plays the agent’s part${browserNote}`,
  () => {
    it('signs the very text with the certificate that was chosen, and the person is signed in', async () => {
      bridge.script = honest();
      await list();
      expect(await page.locator('label.certificate').textContent()).toContain(
        'носитель «Рутокен ЭЦП · 3A2F»',
      );
      const text = await page.locator('#text').textContent();
      await page.locator('#sign').click();
      await expect.poll(() => site.arrivals.length, patience).toBe(1);
      const taken = await site.take(site.arrivals[0]?.searchParams.get('code') ?? null);
      expect(taken).toMatchObject({ status: 200 });
      const asked = bridge.heard.find(({ type }) => type === 'sign');
      expect(asked).toMatchObject({ challenge: text, thumbprint: thumbprint(), language: 'ru' });
      expect(Buffer.from(String(asked?.content), 'base64').toString()).toBe(text);
      await expect.poll(() => context.pages().length, patience).toBe(1);
    });

    it.each([
      ['agent_unreachable', 'where nobody answers', () => ''],
      [
        'agent_unreachable',
        'where another window’s mark answers',
        () => "say('-', { type: 'hello', agent: 'x', version: '1' }, 'a'.repeat(43));",
      ],
      [
        'agent_failed',
        'where it says that it crashed',
        () => answering("say(id, { type: 'failed', code: 'agent_failed', details: {} });"),
      ],
      [
        'agent_origin_refused',
        'where the person did not allow this site',
        () => answering("say(id, { type: 'failed', code: 'agent_origin_refused', details: { origin } });"),
      ],
      [
        'pin_locked',
        'where the token is locked',
        () => answering("say(id, { type: 'failed', code: 'pin_locked', details: {} });"),
      ],
      ['signing_cancelled', 'where the person closes the window', () => answering('close();')],
    ])('tells %s %s', async (expected, _, script) => {
      bridge.script = script();
      await list();
      expect(await code()).toBe(expected);
    });

    it('tells agent_window_blocked where the browser opens no window', async () => {
      await page.addInitScript('window.open = () => null;');
      await list();
      expect(await code()).toBe('agent_window_blocked');
    });

    it('tells agent_answer_invalid where it signs with another certificate, and sends nothing', async () => {
      bridge.script = answering(
        `if (type === 'list') ${certificates()} if (type === 'sign') say(id, { type: 'signed', signature: 'MAA=', thumbprint: 'b'.repeat(43) });`,
      );
      let sent = 0;
      await page.route('**/signature*', (route) => {
        sent += 1;
        return route.continue();
      });
      await list();
      await page.locator('#sign').click();
      expect(await code()).toBe('agent_answer_invalid');
      expect(sent).toBe(0);
    });

    it('drops what comes after the person stopped waiting, and asks the agent to stop', async () => {
      bridge.script = answering(`setTimeout(() => { ${certificates()} }, 2_000);`);
      await list();
      await page.locator('#cancel').click();
      expect(await code()).toBe('signing_cancelled');
      await page.waitForTimeout(2_500);
      expect(await code()).toBe('signing_cancelled');
      expect(bridge.heard.map(({ type }) => type)).toContain('cancel');
    });

    it('reads its own answers out of a storm of others', async () => {
      bridge.script = answering(`
        for (let count = 0; count < 5_000; count += 1) {
          opener.postMessage({ sealgate: 'bridge/1', nonce, id: 'r' + count * 7, type: 'signed', signature: 'MAA=' }, origin);
          opener.postMessage('cadesplugin_loaded', origin);
          say('other', { type: 'certificates', items: [], troubles: [], isComplete: true });
        }
        ${certificates()}`);
      await list();
      await page.locator('#sign:not([disabled])').waitFor();
    });

    it('shows texts of the agent as text, whatever they hold', async () => {
      const hostile = item().replace('Рутокен ЭЦП', '<img src=x onerror=alert(1)>\\u202e');
      bridge.script = answering(
        `say(id, { type: 'certificates', items: [${hostile}], troubles: [], isComplete: true });`,
      );
      await list();
      await page.locator('#sign').waitFor();
      expect(await page.locator('label.certificate').textContent()).toContain('<img src=x onerror=alert(1)>');
      expect(await page.locator('label.certificate img').count()).toBe(0);
    });

    it('opens one window, however often the person clicks', async () => {
      bridge.script = '';
      await page.goto(site.link());
      for (let click = 0; click < 5; click += 1) {
        await page.evaluate("document.getElementById('way-agent')?.click()");
      }
      await page.locator('#cancel').waitFor();
      expect(context.pages().length).toBeLessThanOrEqual(2);
    });
  },
);

describe.skipIf(browserMissing)(`pages of other sites${browserNote}`, () => {
  it('cannot frame the page', async () => {
    await page.goto(`${site.portal}/`);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(site.link())} }))`,
    );
    await page.waitForTimeout(1_500);
    const frames = page.frames().slice(1);
    expect(frames).toHaveLength(1);
    expect(await frames[0]?.locator('#panel').count()).toBe(0);
  });

  it('that open it have no hold of it', async () => {
    await page.goto(`${site.portal}/`);
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(`{ window.opened = window.open(${JSON.stringify(site.link())}); }`),
    ]);
    await opened.locator('#way-agent').waitFor();
    expect(await page.evaluate('window.opened.closed')).toBe(true);
    expect(await opened.evaluate('window.opener')).toBe(null);
  });

  it('cannot post to it in the person’s name: request_foreign, and nothing changes', async () => {
    await page.goto(site.link());
    const address = page.url();
    const other = await context.newPage();
    await other.goto(`${site.portal}/`);
    await other.evaluate(`{
      const form = Object.assign(document.createElement('form'), { method: 'post', action: ${JSON.stringify(`${address}/cancel`)} });
      document.body.append(form);
      form.submit();
    }`);
    await other.locator('#failure-code').waitFor();
    expect(await other.locator('#failure-code').textContent()).toBe('request_foreign');
    await page.reload();
    expect(await page.locator('#way-file').count()).toBe(1);
  });

  it('that send messages are not heard', async () => {
    bridge.script = answering('');
    await list();
    await page.evaluate(`for (const target of [window]) target.postMessage(
      { sealgate: 'bridge/1', nonce: 'a'.repeat(43), id: 'r1', type: 'certificates', items: [], troubles: [], isComplete: true }, '*')`);
    await page.waitForTimeout(500);
    expect(await page.locator('#cancel').count()).toBe(1);
    await page.locator('#cancel').click();
    expect(await code()).toBe('signing_cancelled');
  });
});
