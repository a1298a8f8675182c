import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';

/** Who signs, when, and what becomes of the text before. */
export interface FileSigning {
  readonly signer: IssuedCertificate;
  readonly at: number;
  readonly change?: (text: Buffer) => Buffer;
}

/** Downloads the text, signs it and chooses the signature's file, as a person with a signing program does. */
export async function chooseFile(
  page: Page,
  { signer, at, change = (text) => text }: FileSigning,
): Promise<void> {
  if (await page.locator('#way-file:not([open])').count()) await page.locator('#way-file > summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
  const text = readFileSync(await download.path());
  const message = await signDetached(change(text), signer, at);
  const file = { name: 'text.sig', mimeType: 'application/octet-stream', buffer: Buffer.from(message) };
  await page.locator('#file').setInputFiles(file);
}
