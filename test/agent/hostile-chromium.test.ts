import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { personContext } from './browser.ts';
import { type Portal, PortalPage, startPortalPage } from './portal-page.ts';
import { challengeOf, signBody, type TestAgent, TestWindow, testAgent } from './setting.ts';

const reason = browserMissing;

describe.skipIf(reason)(`hostile pages in Chromium${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let portal: Portal;
  /** A page on this machine itself, which browsers hold back from nothing here. */
  let neighbour: Server;
  let neighbourPort: number;
  let browser: Browser;
  let context: BrowserContext;
  let agent: TestAgent;
  let origin: string;
  let evil: string;

  beforeAll(async () => {
    portal = await startPortalPage();
    origin = `https://portal.example:${portal.port}`;
    evil = `https://evil.example:${portal.port}`;
    neighbour = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><title>Neighbour</title>');
    });
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    neighbourPort = (neighbour.address() as AddressInfo).port;
    browser = await startBrowser(
      '--host-resolver-rules=MAP *.example 127.0.0.1',
      `--ip-address-space-overrides=127.0.0.1:${portal.port}=public`,
    );
  });
  afterAll(async () => {
    await browser.close();
    portal.close();
    neighbour.close();
    neighbour.closeAllConnections();
  });
  beforeEach(async () => {
    agent = await testAgent([]);
    for (const each of [origin, evil]) await agent.agent.origins.allow(each, Date.now());
    context = await personContext(browser, { language: 'en', theme: 'light' });
  });
  afterEach(async () => {
    await context.close();
    await agent.remove();
  });

  async function open(address: string): Promise<PortalPage> {
    const page = await context.newPage();
    await page.goto(address);
    return new PortalPage(page, agent.port);
  }
  const pause = (page: Page) => page.waitForTimeout(700);

  it('the honest page is answered, so that silence below means something', async () => {
    const page = await open(origin);
    await page.connect();
    await page.hears('hello');
    await page.say('list', { type: 'list', language: 'en' });
    expect(await page.hears('ready', 'list')).toBeDefined();
  });

  it('a page that claims another’s origin hears nothing and is not heard', async () => {
    const page = await open(evil);
    await page.connect(origin);
    await pause(page.page);
    await page.say('list', { type: 'list', language: 'en' });
    await page.say('sign', signBody(challengeOf(origin)));
    await pause(page.page);
    expect(await page.heard()).toEqual([]);
    expect(await page.dropped()).toEqual([]);
    expect(await agent.opened()).toEqual([]);
  });

  it('a page that asks for another portal’s sign-in is refused by the name that the browser gives it', async () => {
    const page = await open(evil);
    await page.connect();
    await page.hears('hello');
    await page.say('sign', signBody(challengeOf(origin)));
    expect(await page.hears('failed', 'sign')).toMatchObject({
      code: 'agent_origin_mismatch',
      details: { origin: evil, named: origin },
    });
    expect(await agent.opened()).toEqual([]);
  });

  it('a window that did not open the bridge is not heard, though it knows its nonce', async () => {
    const page = await open(origin);
    const bridge = await page.connect();
    await page.hears('hello');
    // A page of the same origin in the same group of windows, which finds the bridge by the portal's own handle.
    const popup = page.page.waitForEvent('popup');
    await page.page.evaluate(`window.helper = window.open(location.href)`);
    const helper = await popup;
    await helper.waitForLoadState();
    await helper.evaluate(
      (body) =>
        (
          globalThis as never as {
            opener: { portal: { popup: { postMessage(body: unknown, to: string): void } } };
          }
        ).opener.portal.popup.postMessage(body, '*'),
      { sealgate: 'bridge/1', nonce: 'n0nce-of-the-portals-page', id: 'h1', type: 'list', language: 'en' },
    );
    await pause(page.page);
    expect((await page.heard()).map((each) => each.id)).toEqual(['-']);
    expect(bridge.isClosed()).toBe(false);
  });

  it('a bridge that is led elsewhere has cancelled, and what comes in its place is not listened to', async () => {
    const page = await open(origin);
    await page.connect();
    await page.hears('hello');
    await page.say('sign', signBody(challengeOf(origin)));
    const window = await TestWindow.open(await agent.nextWindow());
    await page.page.evaluate((to) => {
      const { popup } = (globalThis as never as { portal: { popup: { location: string } } }).portal;
      popup.location = to;
    }, evil);
    const cancelled = { name: 'failed', failure: { code: 'signing_cancelled' } };
    expect((await window.follow()).at(-1)).toMatchObject(cancelled);
    expect(await window.confirm('314159')).toMatchObject(cancelled);
    expect((await page.heard()).map(({ type }) => type)).not.toContain('signed');
    expect(agent.agent.history.all()).toEqual([]);
  });

  it('a bridge in a frame is not shown, and says nothing', async () => {
    for (const from of [origin, `http://localhost:${neighbourPort}`]) {
      const page = await context.newPage();
      await page.goto(from);
      await page.evaluate(
        (address) => {
          const { document } = globalThis as never as {
            document: {
              createElement(tag: string): { src: string; name: string };
              body: { append(node: unknown): void };
            };
          };
          const frame = document.createElement('iframe');
          frame.src = address;
          document.body.append(frame);
        },
        `${agent.agent.base}/bridge#v1.n0nce-of-the-portals-page.${encodeURIComponent(from)}`,
      );
      await pause(page);
      const text = await Promise.all(
        page
          .frames()
          .slice(1)
          .map((frame) => frame.evaluate('document.body?.innerText ?? ""').catch(() => '')),
      );
      expect(text.join('')).not.toContain('connected');
      await page.close();
    }
  });

  it('a page without an origin, in a sandbox, is not heard', async () => {
    const page = await context.newPage();
    await page.goto(`http://localhost:${neighbourPort}`);
    const bridgeAddress = `${agent.agent.base}/bridge#v1.n0nce-of-the-portals-page.${encodeURIComponent(origin)}`;
    const script = `const popup = window.open('${bridgeAddress}'); setTimeout(() => popup.postMessage({ sealgate: 'bridge/1', nonce: 'n0nce-of-the-portals-page', id: 'x', type: 'list', language: 'en' }, '*'), 400);`;
    await page.setContent(
      `<iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" srcdoc="<script>${script}</script>"></iframe>`,
    );
    await page.waitForTimeout(1200);
    expect(await agent.opened()).toEqual([]);
  });

  it('requests of a page on this very machine, in every form a page can send, come to nothing', async () => {
    const page = await context.newPage();
    await page.goto(`http://localhost:${neighbourPort}`);
    const outcomes = await page.evaluate(async (base) => {
      const tried = [
        fetch(`${base}/v1/bridge`, {
          method: 'POST',
          body: '{}',
          mode: 'no-cors',
          headers: { 'content-type': 'text/plain' },
        }),
        fetch(`${base}/v1/home/state`, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        }),
        fetch(`${base}/v1/sign`, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json', 'sealgate-request': '1' },
        }),
        fetch(`${base}/v1/sign`, { method: 'POST', body: '{}', mode: 'no-cors' }),
        fetch(`${base}/`, { credentials: 'include' }),
        fetch(`${base}/v1/status`),
        fetch(`${base}/assets/bridge.js`),
        new Promise((resolve, reject) => {
          const socket = new WebSocket(base.replace('http', 'ws'));
          socket.onopen = resolve;
          socket.onerror = reject;
        }),
      ];
      const settled = await Promise.allSettled(tried);
      return settled.map((each) =>
        each.status === 'fulfilled' && each.value instanceof Response ? each.value.type : each.status,
      );
    }, agent.agent.base);
    // Not even an opaque answer: the agent's answers are for its own pages (CORP).
    expect(outcomes).toEqual(outcomes.map(() => 'rejected'));
    expect(await agent.opened()).toEqual([]);
  });

  it('a form that is sent to the agent is refused', async () => {
    const page = await context.newPage();
    await page.goto(`http://localhost:${neighbourPort}`);
    await page.setContent(
      `<form method="post" enctype="text/plain" action="${agent.agent.base}/v1/bridge"><input name='{"origin":"${origin}","x":"' value='"}'></form>`,
    );
    const [response] = await Promise.all([
      page.waitForNavigation(),
      page.evaluate('document.forms[0].submit()'),
    ]);
    expect(response?.status()).toBe(403);
    expect(await page.textContent('body')).toContain('agent_request_foreign');
  });

  it('a name that was bound anew to this machine is none of the agent’s', async () => {
    const page = await context.newPage();
    const response = await page.goto(`http://rebound.example:${agent.port}/`);
    expect(response?.status()).toBe(403);
    expect(await page.locator('#main').count()).toBe(0);
  });

  it('a storm of bridges has one window opened, and the others are told that it is busy', async () => {
    const page = await open(evil);
    await agent.agent.origins.remove(evil);
    await page.connect();
    await page.hears('hello');
    for (let count = 0; count < 20; count++) await page.say(`r${count}`, { type: 'list', language: 'en' });
    const others = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const other = await open(evil);
        await other.connect();
        await other.hears('hello');
        await other.say('list', { type: 'list', language: 'en' });
        return other;
      }),
    );
    for (const other of others)
      expect(await other.hears('failed', 'list')).toMatchObject({ code: 'agent_busy' });
    expect(await agent.opened()).toHaveLength(1);
  });

  it('a confirmation window has no opener, whoever knew its address', async () => {
    const page = await open(origin);
    await page.connect();
    await page.hears('hello');
    await page.say('sign', signBody(challengeOf(origin)));
    const address = await agent.nextWindow();
    const popup = page.page.waitForEvent('popup');
    await page.page.evaluate((to) => {
      (globalThis as never as { stolen: unknown; open(to: string): unknown }).stolen = (
        globalThis as never as { open(to: string): unknown }
      ).open(to);
    }, address);
    const window = await popup;
    await window.waitForSelector('#confirm');
    expect(await window.evaluate('window.opener')).toBeNull();
    expect(await page.page.evaluate('window.stolen.closed')).toBe(true);
  });

  it('is not answered before it has been in sight for a second', async () => {
    const page = await open(origin);
    await agent.agent.origins.remove(origin);
    await page.connect();
    await page.hears('hello');
    await page.say('list', { type: 'list', language: 'en' });
    const window = await context.newPage();
    await window.goto(await agent.nextWindow());
    await window.waitForSelector('#confirm');
    const begun = Date.now();
    expect(await window.isDisabled('#confirm')).toBe(true);
    await window.waitForSelector('#confirm:enabled');
    expect(Date.now() - begun).toBeGreaterThan(700);
  });
});
