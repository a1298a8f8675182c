import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Language } from '../../src/failure/failure.ts';
import { documentHtml } from '../../src/markup/document.ts';
import { refusal } from '../../src/markup/refusal.ts';
import { openPages } from '../../src/service/pages.ts';
import { frame } from '../../src/sign-in/view/frame.ts';
import { panel } from '../../src/sign-in/view/panel.ts';
import { wordsIn } from '../../src/sign-in/words/choose.ts';
import { violations } from './axe.ts';
import { browserMissing, browserNote, startBrowser } from './browser.ts';
import { type OpenedLook, openLook } from './look.ts';
import { picture } from './picture.ts';
import { factsIn, statesIn } from './states.ts';

/** Each state is seen in both themes, and in the widths of a desk and of a hand. */
const looks = [
  { theme: 'light', width: 1280, height: 900 },
  { theme: 'dark', width: 390, height: 844 },
] as const;
const languages: readonly Language[] = ['ru', 'en'];
const names = Object.keys(statesIn('en'));

const pages = openPages([47615]);
let server: Server;
let address: string;
let browser: Browser;
/** A page for each look, with what its own policy has refused. */
let opened: readonly OpenedLook[] = [];

beforeAll(async () => {
  if (browserMissing !== undefined) return;
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const asset = [pages.style, pages.icon].find(({ path }) => path === pathname);
    if (asset) return response.writeHead(200, { 'content-type': asset.type }).end(asset.text);
    const [, language, name = ''] = pathname.split('/');
    const headers = { ...pages.headers, 'content-type': 'text/html; charset=utf-8' };
    return response.writeHead(200, headers).end(stateHtml(language as Language, name));
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

function stateHtml(language: Language, name: string): string {
  const state = statesIn(language)[name];
  if (state === undefined) return '';
  const words = wordsIn(language);
  const facts = { ...factsIn(language), ...state.facts };
  const above = state.refused && refusal(state.refused, words.refusal);
  const options = { languageAddress: `/${language === 'ru' ? 'en' : 'ru'}/${name}`, ...state.options };
  return documentHtml({
    language,
    title: words.title(facts.requester.name),
    style: pages.style.path,
    icon: pages.icon.path,
    body: frame(facts, words, panel(state.view, facts), { ...options, ...(above ? { refusal: above } : {}) }),
  });
}

describe.skipIf(browserMissing)(`every state of the page${browserNote}`, () => {
  it.each(names)(
    '%s: axe finds nothing, nothing overflows, nothing is refused by its own policy',
    async (name) => {
      for (const [turn, { theme, width }] of looks.entries()) {
        const look = opened[turn];
        if (look === undefined) throw new Error('it is not open');
        const { page, refused } = look;
        for (const language of languages) {
          await page.goto(`${address}/${language}/${name}`);
          expect(await violations(page), `${name} ${language} ${theme}`).toEqual([]);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(overflow, `${name} ${language} ${width}`).toBeLessThanOrEqual(0);
          await picture(page, `${name}.${language}.${theme}.${width}`);
        }
        expect(refused.splice(0)).toEqual([]);
      }
    },
  );
});

it('the page’s script, style and icon together stay under 100 KB', () => {
  const { script, style, icon } = pages;
  expect(script).toBeDefined();
  const octets = [script, style, icon].map((asset) => Buffer.byteLength(asset?.text ?? ''));
  expect(octets.reduce((sum, length) => sum + length)).toBeLessThan(100_000);
});

it('an agent that does not answer can be started from the page, and only then', () => {
  const start = 'href="sealgate-agent:start"';
  expect(stateHtml('ru', 'failed-agent-unreachable')).toContain(start);
  expect(stateHtml('ru', 'failed-cancelled')).not.toContain(start);
});

describe('words of the page', () => {
  it('are there in both languages, each in its own', () => {
    for (const name of names) {
      const html = { ru: stateHtml('ru', name), en: stateHtml('en', name) };
      expect(html.ru).toMatch(/\p{Script=Cyrillic}/u);
      for (const language of languages)
        expect(html[language], name).not.toMatch(/undefined|\[object|NaN|\{\w+\}/);
    }
  });
});
