import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { chooseFile } from '../page/file.ts';
import { type Site, startSite } from '../page/site.ts';

let site: Site;
let browser: Browser;
beforeAll(async () => {
  if (browserMissing !== undefined) return;
  site = await startSite({ path: '/sealgate' });
  browser = await startBrowser();
}, 30_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe.skipIf(browserMissing)(
  `the account in a browser, without a script, below a path${browserNote}`,
  () => {
    it('is signed in to, connects a carrier by a file, and is left; nothing is kept but a cookie of this host', async () => {
      const context = await browser.newContext({
        ...{ ignoreHTTPSErrors: true, javaScriptEnabled: false, locale: 'ru', acceptDownloads: true },
      });
      const page = await context.newPage();
      await page.goto(`${site.origin}/sealgate/account`);
      await page.locator('#sign-in').click();
      expect(new URL(page.url()).pathname).toMatch(/^\/sealgate\/sign-in\/[\w-]{43}$/);
      await chooseFile(page, { signer: site.signer, at: Date.now() });
      await page.locator('#send').click();
      await page.waitForURL(`${site.origin}/sealgate/account`);
      expect(await page.locator('h1').textContent()).toContain('Северный ветер');
      const cookies = (await context.cookies()).filter(({ name }) => name.includes('account'));
      expect(cookies).toMatchObject([
        { name: '__Host-sealgate-account', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
      ]);

      await page.goto(`${site.origin}/sealgate/account/carriers`);
      await page.locator('#connect').click();
      await chooseFile(page, { signer: site.signer, at: Date.now() });
      await page.locator('#send').click();
      expect(await page.locator('#done').textContent()).toContain('Носитель подключён');
      expect(await page.locator('.item').textContent()).toContain('Подтверждён');

      await page.goto(`${site.origin}/sealgate/account`);
      await page.locator('#sign-out').click();
      expect(await page.locator('#done').textContent()).toContain('Вы вышли из кабинета');
      expect((await context.cookies()).filter(({ name }) => name.includes('account'))).toEqual([]);
      await context.close();
    }, 30_000);
  },
);
