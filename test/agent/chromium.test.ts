import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Checks } from '../../src/report/check.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { noTestToken } from '../token/test-token.ts';
import { personContext } from './browser.ts';
import { type Portal, PortalPage, startPortalPage } from './portal-page.ts';
import { challengeOf, envelopeFor, signBody, type TestAgent, testAgent } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};
const reason = browserMissing;

describe.skipIf(reason)(`Chromium${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let portal: Portal;
  let browser: Browser;
  let context: BrowserContext;
  let agent: TestAgent;
  let origin: string;

  beforeAll(async () => {
    portal = await startPortalPage();
    origin = `https://portal.example:${portal.port}`;
    browser = await startBrowser(
      // Names of the portal lead here, and its address counts as one of the network.
      '--host-resolver-rules=MAP *.example 127.0.0.1',
      `--ip-address-space-overrides=127.0.0.1:${portal.port}=public`,
    );
  });
  afterAll(async () => {
    await browser.close();
    portal.close();
  });
  beforeEach(async () => {
    context = await personContext(browser, { language: 'ru', theme: 'light' });
  });
  afterEach(async () => {
    await context.close();
    await agent.remove();
  });

  async function openPortal(at = origin): Promise<PortalPage> {
    const page = await context.newPage();
    await page.goto(at);
    return new PortalPage(page, agent.port);
  }

  /** The window that the agent opens by itself: the system's browser is this one. */
  async function openWindow(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(await agent.nextWindow());
    return page;
  }

  const kinds = [
    ['SoftHSM', 'ec-p256', noSoftHsm],
    ['the GOST token', 'gost2012-256', noTestToken],
  ] as const;
  describe.each(kinds)('with %s', (_, algorithm, noToken) => {
    describe.skipIf(noToken)(noToken ? `(skipped: ${noToken})` : 'from portal to signature', () => {
      let token: CertifiedToken;
      beforeAll(async () => {
        token = await certifiedToken(algorithm);
      });
      afterAll(() => token.remove());

      it('the person allows the portal, chooses, reads the text, enters the PIN, and the portal has a signature', async () => {
        agent = await testAgent([token.choice]);
        const page = await openPortal();
        const bridge = await page.connect();
        expect(await page.hears('hello')).toMatchObject({ agent: 'sealgate', version: '0.0.0' });

        await page.say('list', { type: 'list', language: 'ru' });
        expect(await page.hears('waiting', 'list')).toMatchObject({ for: 'origin-permission' });
        const permission = await openWindow();
        expect(await permission.textContent('#origin')).toBe(origin);
        await permission.click('#confirm:enabled');
        await permission.waitForSelector('text=Разрешено');
        const list = await page.hears('certificates', 'list');
        expect(list).toMatchObject({ items: [{ thumbprint: token.thumbprint, usable: true }] });

        const challenge = challengeOf(origin);
        await page.say('sign', signBody(challenge, token.thumbprint));
        const window = await openWindow();
        expect(await window.textContent('#text')).toBe(challenge);
        expect(await window.isDisabled('#confirm')).toBe(true);
        await window.fill('#pin', token.pin);
        await window.click('#confirm:enabled');
        await window.waitForSelector('text=Подписано');

        const { signature } = await page.hears('signed', 'sign');
        const message = Buffer.from(signature as string, 'base64');
        const { signer } = verifySignature(
          message,
          Buffer.from(challenge),
          rules,
          new Checks(),
          new Budget(),
        );
        expect(Buffer.from(signer.der)).toEqual(Buffer.from(token.certificate));
        await page.hears('closing');
        expect(bridge.isClosed() || (await bridge.waitForEvent('close').then(() => true))).toBe(true);
      });

      it('a portal on the list that the browser lets reach this machine asks by fetch, and is asked about likewise', async () => {
        agent = await testAgent([token.choice]);
        await agent.agent.origins.allow(origin, Date.now());
        await context.grantPermissions(['local-network-access'], { origin });
        const page = await context.newPage();
        await page.goto(origin);
        const base = agent.agent.base;
        expect(
          await page.evaluate(async (at) => (await fetch(`${at}/v1/status`)).json(), base),
        ).toMatchObject({
          agent: 'sealgate',
        });
        const challenge = challengeOf(origin);
        const message = { ...envelopeFor(signBody(challenge, token.thumbprint)) };
        const asked = page.evaluate(
          async ([at, body]) => {
            const headers = { 'content-type': 'application/json', 'sealgate-request': '1' };
            return (await fetch(`${at}/v1/sign`, { method: 'POST', headers, body })).json();
          },
          [base, JSON.stringify(message)] as const,
        );
        const window = await openWindow();
        await window.fill('#pin', token.pin);
        await window.click('#confirm:enabled');
        expect(await asked).toMatchObject({ type: 'signed', thumbprint: token.thumbprint });

        await agent.agent.origins.remove(origin);
        expect(await page.evaluate((at) => fetch(`${at}/v1/status`).then(String, String), base)).toMatch(
          /TypeError/,
        );
      });

      it('what is typed while the token is asked again after a wrong PIN stays, whole', async () => {
        agent = await testAgent([token.choice]);
        await agent.agent.origins.allow(origin, Date.now());
        const page = await openPortal();
        await page.connect();
        await page.hears('hello');
        await page.say('sign', signBody(challengeOf(origin), token.thumbprint));
        const window = await openWindow();
        await window.fill('#pin', '000000');
        let answer = () => {};
        const typed = new Promise<void>((resolve) => {
          answer = resolve;
        });
        await window.route('**/v1/window/question', async (route) => {
          await typed;
          await route.continue();
        });
        await window.click('#confirm:enabled');
        await window.locator('#failure-code', { hasText: 'pin_incorrect' }).waitFor();
        await window.locator('#pin').pressSequentially(token.pin.slice(0, 3));
        answer();
        await window.locator('#confirm:enabled').waitFor();
        await window.locator('#pin').pressSequentially(token.pin.slice(3));
        await window.click('#confirm:enabled');
        expect(await page.hears('signed', 'sign')).toMatchObject({ thumbprint: token.thumbprint });
      });

      it('a document is signed in a window that says so, and the signature is detached', async () => {
        agent = await testAgent([token.choice]);
        await agent.agent.origins.allow(origin, Date.now());
        const page = await openPortal();
        await page.connect();
        await page.hears('hello');
        const document = Buffer.from('ДОГОВОР ПОСТАВКИ № 17');
        const content = document.toString('base64');
        const { thumbprint } = token;
        await page.say('document', {
          type: 'sign-document',
          name: 'Договор.pdf',
          content,
          isDetached: true,
          thumbprint,
          language: 'ru',
        });
        const window = await openWindow();
        expect(await window.textContent('h1')).toBe('Подписать документ?');
        expect(await window.textContent('#document-name')).toBe('Договор.pdf');
        await window.fill('#pin', token.pin);
        await window.click('#confirm:enabled');
        const { signature } = await page.hears('signed', 'document');
        const message = Buffer.from(signature as string, 'base64');
        expect(message.includes(document)).toBe(false);
        verifySignature(message, document, rules, new Checks(), new Budget());
      });
    });
  });
});
