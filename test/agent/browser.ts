import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from '../page/axe.ts';

/** Expects that axe finds nothing on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

/** The languages in which people see the agent. */
export const languages = ['ru', 'en'] as const;

/** A context of its own for one person. */
export function personContext(
  browser: Browser,
  { language, theme, width = 900 }: { language: 'ru' | 'en'; theme: 'light' | 'dark'; width?: number },
): Promise<BrowserContext> {
  return browser.newContext({
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    colorScheme: theme,
    viewport: { width, height: 800 },
    ignoreHTTPSErrors: true,
  });
}
