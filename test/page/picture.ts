import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Where pictures go that people look at; never committed. */
const folder = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));

/** `PICTURES=all` has a picture of every state in every look, for people to look at. */
export const isForPeople = process.env.PICTURES === 'all';

/** A picture of the whole page, where people asked for one, under a name that says which state it shows. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!isForPeople) return;
  const path = `${folder}${name}.png`;
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true });
}
