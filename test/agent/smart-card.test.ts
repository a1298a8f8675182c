import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { attributesOf } from '../../src/authority/subscriber.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import { openModule, type TokenModule } from '../../src/token/token-module.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { picture } from '../page/picture.ts';
import { type Site, startSite } from '../page/site.ts';
import { CardStack, noCardStack } from '../token/card/stack.ts';
import { pin } from '../token/softhsm.ts';
import { type TestAgent, testAgent } from './setting.ts';

/** The other cases are mostly waits of drivers and of the card service, which every run need not sit through. */
const notAsked = process.env.INTEROPERATION === undefined ? 'npm run interoperation runs it' : undefined;
const unhurried = notAsked ? ` (skipped: ${notAsked})` : '';
const reason = browserMissing ?? noCardStack;
const note = reason ? ` (skipped: ${reason})` : '';
const patience = { timeout: 60_000, interval: 200 };
const userPin = '314159';
const puk = '2718281828459045';

/** How long the driver may take for a login and for a signature here, in milliseconds: a test seldom has the processor to itself. */
const limits = { login: 30_000, sign: 15_000 };

describe.skipIf(reason)(
  `from the portal to signed in with a smart card behind pcscd and OpenSC${note}`,
  () => {
    let stack: CardStack;
    let module: TokenModule;
    let browser: Browser;
    let site: Site;
    let agent: TestAgent;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      stack = await CardStack.start();
      const { environment } = stack;
      agent = await testAgent([]);
      const { port } = agent;
      await agent.remove();
      site = await startSite({ environment: { SEALGATE_AGENT_PORTS: String(port) } });
      module = await openModule('opensc', { environment });
      await issueCard();
      const choice = { name: module.library.path, environment, limits };
      module.close();
      agent = await testAgent([choice], { port });
      await agent.agent.origins.allow(site.origin, Date.now());
      browser = await startBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await agent.remove();
      await site.close();
      await stack.stop();
    });
    beforeEach(async () => {
      site.arrivals.splice(0);
      context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU' });
      context.setDefaultTimeout(60_000);
      page = await context.newPage();
      await page.goto(site.link());
    });
    afterEach(() => context.close());

    /** A card with an RSA key that was generated on it, and a certificate of the site's authority. */
    async function issueCard(): Promise<void> {
      const tool = (file: string, ...args: string[]) =>
        promisify(execFile)(file, args, { env: { ...process.env, ...stack.environment } });
      await stack.tell({ do: 'issue', name: 'card' });
      await stack.tell({ do: 'insert', name: 'card' });
      await vi.waitFor(
        async () => expect((await tool('opensc-tool', '--name')).stdout).toContain('IsoApplet'),
        patience,
      );
      const shape = ['--create-pkcs15', '--profile', 'pkcs15+onepin', '--label', 'Accountant'];
      await tool('pkcs15-init', ...shape, '--pin', userPin, '--puk', puk);
      await insert();
      const access = { pin: pin(userPin) };
      const sample = sampleSubscriber('legal-entity');
      // OpenSC writes the subject into a directory of 512 octets, which one of the sample's length does not fit.
      const person = { ...sample.person, title: 'Директор' };
      const subscriber = { ...sample, person };
      await module.generate(access, planKeyPair('rsa-2048', 'login'));
      const signer = await module.signer({ ...access, key: { withoutCertificate: true } });
      const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
      const request = await makeRequest({ subject: attributesOf(subscriber), extensions }, signer);
      await signer.close();
      const issued = await site.authority.issue({ request, subscriber });
      await module.importCertificate(access, issued.certificate);
    }

    /** Puts the card in and waits until the driver has seen it. */
    async function insert(): Promise<void> {
      await stack.tell({ do: 'insert', name: 'card' });
      await vi.waitFor(async () => expect(await module.tokens()).toHaveLength(1), patience);
      module.close();
    }

    async function pull(): Promise<void> {
      await stack.tell({ do: 'remove' });
      await vi.waitFor(async () => expect(await module.tokens()).toEqual([]), patience);
      module.close();
    }

    /** Has the page list the certificates, and waits for the card's. */
    async function list(): Promise<void> {
      await page.click('#way-agent');
      await page.locator('label.certificate').waitFor();
    }

    /** Has the page sign, and gives the window that the agent opens. */
    async function confirmation(): Promise<Page> {
      await page.click('#sign:enabled');
      const shown = await context.newPage();
      await shown.goto(await agent.nextWindow());
      return shown;
    }

    async function enter(shown: Page, text = userPin): Promise<void> {
      await shown.fill('#pin', text);
      await shown.click('#confirm:enabled');
    }

    async function arrive(): Promise<void> {
      await expect.poll(() => site.arrivals.length, patience).toBe(1);
      const { searchParams } = site.arrivals[0] ?? new URL(site.origin);
      const taken = await site.take(searchParams.get('code'));
      expect(taken).toMatchObject({ status: 200, body: { organisation: { inn: '9901001013' } } });
    }

    const code = async (of: Page) => {
      await of.locator('#failure-code').first().waitFor();
      return of.locator('#failure-code').first().textContent();
    };

    it('the person enters the PIN, wrong at first, and is signed in by RSA', async () => {
      await list();
      expect(await page.locator('label.certificate').textContent()).toContain('Accountant');
      const window = await confirmation();
      await enter(window, '000000');
      expect(await code(window)).toBe('pin_incorrect');
      await enter(window);
      await arrive();
    });

    it.skipIf(notAsked)(
      `not in the reader yet: the page says that there is none, and shows it by itself once it is put in${unhurried}`,
      async () => {
        await pull();
        await page.click('#way-agent');
        await page.locator('#panel-title').getByText('Сертификатов не нашлось').waitFor();
        await insert();
        await page.locator('label.certificate').waitFor();
        const window = await confirmation();
        await enter(window);
        await arrive();
      },
    );

    it.skipIf(notAsked)(
      `pulled out after the list: the window waits for it, and goes on once it is put back${unhurried}`,
      async () => {
        await list();
        await pull();
        const window = await confirmation();
        expect(await code(window)).toBe('token_not_present');
        expect(await window.isDisabled('#confirm')).toBe(true);
        await picture(window, 'agent/card-absent');
        await insert();
        await enter(window);
        await arrive();
      },
    );

    it('pulled out before the PIN is confirmed: told as such and never as a wrong PIN, and goes on once it is put back', async () => {
      await list();
      const window = await confirmation();
      await window.fill('#pin', userPin);
      await pull();
      await window.click('#confirm:enabled');
      expect(await code(window)).toMatch(/^token_(removed|not_present)$/);
      await picture(window, 'agent/card-pulled');
      await insert();
      await enter(window);
      await arrive();
    });

    it.skipIf(notAsked)(
      `pulled out while it signs: token_removed, and it goes on once it is put back${unhurried}`,
      async () => {
        await list();
        const window = await confirmation();
        // PERFORM SECURITY OPERATION (ISO/IEC 7816-8, section 11.2): the card has the hash, and owes the signature.
        await stack.tell({ do: 'remove-at', instruction: 0x2a });
        await enter(window);
        expect(await code(window)).toBe('token_removed');
        await picture(window, 'card-pulled-while-signing');
        await insert();
        await enter(window);
        await arrive();
      },
    );

    it.skipIf(notAsked)(
      `the card service ends and starts again: at most one try is lost, and none of the PIN${unhurried}`,
      async () => {
        await list();
        await stack.tell({ do: 'stop-service' });
        await stack.tell({ do: 'start-service' });
        await insert();
        const window = await confirmation();
        await window.locator('#pin, #failure-code').first().waitFor();
        await enter(window);
        await arrive();
        const [token] = await module.tokens();
        expect(token).toMatchObject({ pin: 'good' });
        module.close();
      },
    );

    it.skipIf(notAsked)(
      `falls silent: signing_timed_out at its limit, and the next try signs in${unhurried}`,
      async () => {
        await list();
        const window = await confirmation();
        await window.fill('#pin', userPin);
        await stack.tell({ do: 'silence', isSilent: true });
        await window.click('#confirm:enabled');
        expect(await code(page)).toBe('signing_timed_out');
        await stack.tell({ do: 'silence', isSilent: false });
        // The card service still waits for the answer that never came; a card that is put in again begins anew.
        await insert();
        await page.click('#retry');
        const again = await context.newPage();
        await again.goto(await agent.nextWindow());
        await enter(again);
        await arrive();
      },
    );
  },
);
