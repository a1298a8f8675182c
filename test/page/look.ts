import type { Browser, Page } from 'playwright-core';

/** In which theme and size a page is looked at. */
export interface Look {
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

/** An open page for a look; pages are shown in it one after the other. */
export interface OpenedLook {
  readonly page: Page;
  /** What the pages' own policy has refused. */
  readonly refused: string[];
}

/** Opens a page that is seen so. */
export async function openLook(browser: Browser, { theme, width, height }: Look): Promise<OpenedLook> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height } });
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') refused.push(message.text());
  });
  return { page, refused };
}
