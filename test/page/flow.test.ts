import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { attributesOf } from '../../src/authority/subscriber.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import { generateKey, noSoftHsm, testToken } from '../token/softhsm.ts';
import { browserMissing, browserNote, startBrowser } from './browser.ts';
import { chooseFile } from './file.ts';
import { type Site, startSite } from './site.ts';

const patience = { timeout: 30_000, interval: 100 };

let browser: Browser;
let site: Site;
let moved = 0;
const now = () => Date.now() + moved;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  if (browserMissing !== undefined) return;
  browser = await startBrowser();
  site = await startSite({ now });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(() => {
  moved = 0;
  site?.arrivals.splice(0);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

async function newContext(options: { javaScriptEnabled?: boolean } = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU', ...options });
  context.setDefaultTimeout(30_000);
  contexts.push(context);
  return context;
}

async function openPage(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const page = await (await newContext(options)).newPage();
  await page.goto(site.link());
  return page;
}

/** Signs the page's text by the site's signer. */
const chooseSignature = (page: Page, change?: (text: Buffer) => Buffer) =>
  chooseFile(page, { signer: site.signer, at: now(), ...(change ? { change } : {}) });

async function arrival(): Promise<URL> {
  await expect.poll(() => site.arrivals.length, patience).toBeGreaterThan(0);
  return site.arrivals[0] ?? new URL(site.origin);
}

const code = (page: Page) => page.locator('#failure-code').textContent();

describe.skipIf(browserMissing)(`a person who signs by file${browserNote}`, () => {
  it.each([
    ['without a script', false],
    ['with it', true],
  ])('%s comes back to the portal with a code that is exchanged once', async (_, javaScriptEnabled) => {
    const page = await openPage({ javaScriptEnabled });
    expect(await page.locator('h1').textContent()).toContain('Торговая площадка');
    expect(await page.locator('#text').textContent()).toContain(`Страница входа: ${site.origin}`);
    await chooseSignature(page);
    await page.locator('#send').click();
    const address = await arrival();
    expect(address.searchParams.get('state')).toBe('state-1');
    expect(address.searchParams.get('iss')).toBe(site.origin);
    const given = address.searchParams.get('code');
    const taken = await site.take(given);
    expect(taken).toMatchObject({
      status: 200,
      body: { organisation: { inn: '9901001013' }, amr: expect.any(Array) },
    });
    const { body: state } = await site.client.post<{ active: boolean; sid: string }>(
      '/v1/assertions/introspect',
      {
        token: taken.body.assertion,
      },
    );
    expect(state).toMatchObject({ active: true, sid: taken.body.sessionId });
    expect(await site.take(given)).toMatchObject({ status: 409, body: { code: 'sign_in_code_used' } });
  });

  it('of another text is refused on the page, with code and trace id, and may try again', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    const first = await page.locator('#text').textContent();
    await chooseSignature(page, (text) => Buffer.concat([text, Buffer.from(' ')]));
    await page.locator('#send').click();
    await page.locator('#refusal-title').waitFor();
    expect(await code(page)).toBe('signature_content_mismatch');
    expect(await page.locator('#failure-trace').textContent()).toMatch(/^[0-9a-f]{32}$/);
    expect(await page.locator('#text').textContent()).not.toBe(first);
    await chooseSignature(page);
    await page.locator('#send').click();
    expect((await arrival()).searchParams.has('code')).toBe(true);
  });

  it.skipIf(noSoftHsm)(
    `with a key on SoftHSM, in PEM, is signed in${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`,
    async () => {
      const token = await testToken();
      try {
        await generateKey(token, 'ec-p256');
        const subscriber = sampleSubscriber('legal-entity');
        const key = await token.module.signer({ ...token.access, key: { withoutCertificate: true } });
        const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
        const request = await makeRequest({ subject: attributesOf(subscriber), extensions }, key);
        await key.close();
        const { certificate, chain } = await site.authority.issue({ request, subscriber });
        await token.module.importCertificate(token.access, certificate);
        const page = await openPage({ javaScriptEnabled: false });
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.locator('#download').click(),
        ]);
        const signer = await token.module.signer({ ...token.access, key: {} });
        const content = readFileSync(await download.path());
        const message = await makeMessage(content, signer, { signingTime: now(), chain, isDetached: true });
        await signer.close();
        const text = `-----BEGIN CMS-----\n${Buffer.from(message).toString('base64')}\n-----END CMS-----\n`;
        await page
          .locator('#file')
          .setInputFiles({ name: 'text.pem', mimeType: 'text/plain', buffer: Buffer.from(text) });
        await page.locator('#send').click();
        expect(await site.take((await arrival()).searchParams.get('code'))).toMatchObject({ status: 200 });
      } finally {
        await token.remove();
      }
    },
  );

  it('keeps the file that was chosen while the page finds out what else is at hand', async () => {
    const page = await (await newContext()).newPage();
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route(/^chrome-extension:/, async (route) => {
      await held;
      await route.abort();
    });
    await page.goto(site.link(), { waitUntil: 'domcontentloaded' });
    await page.locator('#way-agent').waitFor();
    await chooseSignature(page);
    goOn();
    await page.locator('.remedy').waitFor();
    await page.locator('#send').click();
    expect((await arrival()).searchParams.has('code')).toBe(true);
  });

  it('can switch the language, of the page and of the text, without a script', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await page.locator('#language').click();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('#text').textContent()).toContain('SIGN-IN TO A PORTAL');
    await page.reload();
    expect(await page.locator('h1').textContent()).toContain('Trading Floor');
  });

  it('can go back without signing in, and the portal learns that', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await page.locator('#back').click();
    const { searchParams } = await arrival();
    expect(Object.fromEntries(searchParams)).toEqual({
      state: 'state-1',
      error: 'access_denied',
      iss: site.origin,
    });
  });

  it('may drop the file on the page', async () => {
    const page = await openPage();
    await page.locator('#way-file > summary').click();
    await page.locator('#drop').waitFor();
    await page.evaluate(`{
      const transfer = new DataTransfer();
      transfer.items.add(new File(['MA=='], 'dropped.sig'));
      document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
    }`);
    await expect
      .poll(() => page.locator('#drop-hint').textContent(), patience)
      .toBe('Выбран файл dropped.sig');
    expect(await page.evaluate('document.getElementById("file").files[0].name')).toBe('dropped.sig');
  });
});

describe.skipIf(browserMissing)(`a sign-in that is handed over to another screen${browserNote}`, () => {
  it.each([
    ['with scripts', true],
    ['without', false],
  ])('opens on the first one, once who signed was confirmed there, %s', async (_, javaScriptEnabled) => {
    const first = await openPage({ javaScriptEnabled });
    await first.locator('#way-other').click();
    const link = (await first.locator('#link').textContent()) ?? '';
    const compare = (await first.locator('#comparison').textContent()) ?? '';
    expect(compare).toMatch(/^\d{3}-\d{3}$/);
    const second = await (await newContext({ javaScriptEnabled })).newPage();
    await second.goto(link);
    expect(await second.locator('#comparison').textContent()).toBe(compare);
    expect(await second.locator('#text').count()).toBe(0);
    await second.locator('#go').click();
    expect(await second.locator('#text').textContent()).toContain(`на котором показан код ${compare}`);
    await chooseSignature(second);
    await second.locator('#send').click();
    await expect.poll(() => second.locator('#panel-title').textContent(), patience).toBe('Подпись принята');
    expect(site.arrivals).toEqual([]);
    await first.locator('#confirm').waitFor();
    expect(await first.locator('#panel').textContent()).toContain('9901\u00a0001013');
    await first.locator('#confirm').click();
    const given = (await arrival()).searchParams.get('code');
    expect(await site.take(given)).toMatchObject({ status: 200 });
  });

  it('ends the session that nobody let in, where the first screen refuses', async () => {
    const first = await openPage({ javaScriptEnabled: false });
    await first.locator('#way-other').click();
    const link = (await first.locator('#link').textContent()) ?? '';
    const second = await (await newContext({ javaScriptEnabled: false })).newPage();
    await second.goto(link);
    await second.locator('#go').click();
    await chooseSignature(second);
    await second.locator('#send').click();
    await first.locator('#decline').click();
    await first.locator('#way-other').waitFor();
    const [row] = await site.service.service.database.read({
      sql: 'SELECT end_reason FROM session ORDER BY started_at DESC LIMIT 1',
      parameters: [],
    });
    expect(row?.end_reason).toBe('not-confirmed');
    expect(site.arrivals).toEqual([]);
  });

  it('is taken by one browser: a second one that opens the link is told so', async () => {
    const first = await openPage({ javaScriptEnabled: false });
    await first.locator('#way-other').click();
    const link = (await first.locator('#link').textContent()) ?? '';
    const second = await (await newContext()).newPage();
    await second.goto(link);
    await second.locator('#go').click();
    const third = await (await newContext()).newPage();
    await third.goto(link);
    expect(await code(third)).toBe('sign_in_link_used');
    await first.reload();
    await first.locator('#withdraw').click();
    await second.reload();
    expect(await code(second)).toBe('sign_in_unknown');
  });

  it('has five minutes', async () => {
    const first = await openPage({ javaScriptEnabled: false });
    await first.locator('#way-other').click();
    const link = (await first.locator('#link').textContent()) ?? '';
    moved = 5 * 60_000 + 1;
    const second = await (await newContext()).newPage();
    await second.goto(link);
    expect(await code(second)).toBe('sign_in_link_expired');
  });
});

describe.skipIf(browserMissing)(`a browser${browserNote}`, () => {
  it('that is another one than the first is refused with sign_in_foreign, and so is one that lost its cookie', async () => {
    const page = await openPage();
    const other = await (await newContext()).newPage();
    await other.goto(page.url());
    expect(await code(other)).toBe('sign_in_foreign');
    await page.context().clearCookies();
    await page.reload();
    expect(await code(page)).toBe('sign_in_foreign');
  });

  it('that comes back by its back button is told that the sign-in is done', async () => {
    const page = await openPage();
    await chooseSignature(page);
    await page.locator('#send').click();
    await page.locator('#portal').waitFor();
    await page.goBack();
    await page.locator('#failure-code').waitFor();
    expect(await code(page)).toBe('sign_in_completed');
  });

  it('with two tabs of one sign-in completes it in one of them', async () => {
    const page = await openPage();
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await chooseSignature(page);
    await chooseSignature(tab);
    await page.locator('#send').click();
    await page.locator('#portal').waitFor();
    await tab.locator('#send').click();
    await tab.locator('#failure-code').waitFor();
    expect(await code(tab)).toBe('sign_in_completed');
  });

  it('with two sign-ins at once completes both', async () => {
    const page = await openPage();
    const other = await page.context().newPage();
    await other.goto(site.link({ state: 'state-2' }));
    for (const tab of [page, other]) {
      await chooseSignature(tab);
      await tab.locator('#send').click();
      await tab.locator('#portal').waitFor();
    }
    expect(site.arrivals.map(({ searchParams }) => searchParams.get('state'))).toEqual([
      'state-1',
      'state-2',
    ]);
  });

  it('that is late is told that the time is over', async () => {
    const page = await openPage();
    moved = 15 * 60_000 + 1;
    await page.reload();
    expect(await code(page)).toBe('sign_in_expired');
  });

  it('keeps a cookie that scripts and other sites cannot reach', async () => {
    const page = await openPage();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      ...{ name: '__Host-sealgate-sign-in', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
    });
  });
});
