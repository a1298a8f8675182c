import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where screenshots go that people look at; never into the repository. */
const screenshots = fileURLToPath(new URL('../../build/screenshots/agent', import.meta.url));

/** A picture of the whole page under a name that says which state it shows. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** Expects that axe finds nothing on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(violations).toEqual([]);
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
