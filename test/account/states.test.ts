import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountWords } from '../../src/account/view/choose.ts';
import { documentHtml } from '../../src/markup/document.ts';
import { scriptlessHeaders } from '../../src/service/headers.ts';
import { openPages } from '../../src/service/pages.ts';
import { violations } from '../page/axe.ts';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { type OpenedLook, openLook } from '../page/look.ts';
import { isForPeople, picture } from '../page/picture.ts';
import { statesIn } from './states.ts';

/**
 * Each state is seen in both themes, languages, and widths of a desk and of a hand, and axe looks at every other one of
 * them; with `PICTURES=all` in all combinations, each a picture for people.
 */
const looks = [
  { theme: 'light', width: 1280, height: 900, language: 'ru' },
  { theme: 'dark', width: 390, height: 844, language: 'en' },
] as const;
const names = Object.keys(statesIn('en'));

const pages = openPages([47615]);
let server: Server;
let address: string;
let browser: Browser;
let opened: readonly OpenedLook[] = [];

beforeAll(async () => {
  if (browserMissing !== undefined) return;
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const asset = [pages.style, pages.icon].find(({ path }) => path === pathname);
    if (asset) return response.writeHead(200, { 'content-type': asset.type }).end(asset.text);
    const [, given, name = ''] = pathname.split('/');
    const language = given === 'ru' ? 'ru' : 'en';
    const html = documentHtml({
      ...{ language, title: accountWords(language).title },
      ...{ style: pages.style.path, icon: pages.icon.path, body: statesIn(language)[name] ?? [] },
    });
    const headers = { ...scriptlessHeaders(), 'content-type': 'text/html; charset=utf-8' };
    return response.writeHead(200, headers).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await startBrowser();
  opened = await Promise.all(looks.map((look) => openLook(browser, look)));
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe.skipIf(browserMissing)(`every state of the account${browserNote}`, () => {
  it.each(names.map((name, index) => [name, index] as const))(
    '%s: axe finds nothing, nothing overflows, nothing is refused by its own policy',
    async (name, index) => {
      for (const [turn, { theme, width, language }] of looks.entries()) {
        const look = opened[turn];
        if (look === undefined) throw new Error('it is not open');
        const { page, refused } = look;
        for (const each of isForPeople ? (['ru', 'en'] as const) : [language]) {
          await page.goto(`${address}/${each}/${name}`);
          await page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })");
          if (isForPeople || (index + turn) % 2 === 0)
            expect(await violations(page), `${each} ${theme}`).toEqual([]);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(overflow, `${each} ${width}`).toBeLessThanOrEqual(0);
          await picture(page, `account.${name}.${each}.${theme}.${width}`);
        }
        expect(refused).toEqual([]);
      }
    },
  );
});
