import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { samplePdf } from '../document/samples.ts';
import { violations } from '../page/axe.ts';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { startTestService } from '../service/portal.ts';
import { type ValidatingService, validatingService } from '../service/validating.ts';
import { signerOf } from '../signing/issued.ts';

const pictures = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));
/** `PICTURES=all` leaves pictures for people to look at. */
const isForPeople = process.env.PICTURES === 'all';
const folder = mkdtempSync(join(tmpdir(), 'sealgate-verify-'));
const path = (name: string) => join(folder, name);
const at = Date.now();

let validating: ValidatingService;
/** Address of the page, as browsers on this machine know it. */
let address: string;
beforeAll(async () => {
  validating = await validatingService({ SEALGATE_VERIFY_PAGE_MEGABYTES: '4' });
  address = `${validating.service.url.replace('127.0.0.1', 'localhost')}/verify`;
  const signer = await signerOf(validating.signer);
  const contract = await samplePdf();
  writeFileSync(path('Договор № 7.pdf'), contract);
  writeFileSync(
    path('Договор № 7.pdf.sig'),
    await makeMessage(contract, signer, { signingTime: at, isDetached: true }),
  );
  const signed = await signPdf(contract, signer, { signingTime: at });
  writeFileSync(path('signed.pdf'), signed);
  writeFileSync(path('note.txt'), 'A note that nobody has signed.');
  const changed = Buffer.from(signed);
  changed[Buffer.from(signed).indexOf('/MediaBox') + 12]! ^= 1;
  writeFileSync(path('changed.pdf'), changed);
});
afterAll(async () => {
  await validating.close();
  rmSync(folder, { recursive: true, force: true });
});

function post(files: readonly (readonly [string, Uint8Array])[], origin = new URL(address).origin) {
  const form = new FormData();
  for (const [name, octets] of files) form.append('file', new Blob([new Uint8Array(octets)]), name);
  return fetch(address, { method: 'POST', body: form, headers: { origin } });
}

describe('the page of verification', () => {
  it('is not there unless the operator opens it', async () => {
    const usual = await startTestService();
    try {
      expect((await fetch(`${usual.url}/verify`)).status).toBe(404);
      const form = new FormData();
      form.append('file', new Blob(['a']), 'a');
      const origin = usual.url.replace('127.0.0.1', 'localhost');
      const sent = await fetch(`${usual.url}/verify`, { method: 'POST', body: form, headers: { origin } });
      expect(sent.status).toBe(404);
    } finally {
      await usual.dispose();
    }
  });

  it('takes files from its own form alone, and no more than it says', async () => {
    expect((await post([['a', Buffer.from('a')]], 'https://elsewhere.example')).status).toBe(403);
    const large = await post([['a', Buffer.alloc(6 * 1024 * 1024)]]);
    expect([large.status, await large.text()]).toEqual([413, expect.stringContaining('id="files"')]);
    const many = await post(Array.from({ length: 17 }, (_, at) => [`${at}`, Buffer.from('a')] as const));
    expect([many.status, await many.text()]).toEqual([400, expect.stringContaining('too many parts')]);
    validating.service.pass(2_000);
    const none = await post([['a', Buffer.alloc(0)]]);
    expect([none.status, await none.text()]).toEqual([
      400,
      expect.stringContaining('signature_file_missing'),
    ]);
  });

  it('has one address wait that asks without end', async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 8; turn++) statuses.push((await post([['a', Buffer.from('a')]])).status);
    expect(statuses).toContain(429);
    validating.service.pass(60_000);
  });
});

const looks = [
  { theme: 'light', width: 1280, height: 900, locale: 'ru', hasScript: true },
  { theme: 'dark', width: 390, height: 844, locale: 'en', hasScript: false },
] as const;

describe.skipIf(browserMissing)(`the page of verification in a browser${browserNote}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(looks)(
    'judges what it is given, in $locale, $theme, script: $hasScript',
    async (look) => {
      const { theme, width, height, locale, hasScript } = look;
      const context = await browser.newContext({
        ...{ colorScheme: theme, viewport: { width, height }, locale, javaScriptEnabled: hasScript },
      });
      const page = await context.newPage();
      const refused: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') refused.push(message.text());
      });
      const look1 = async (name: string) => {
        if (hasScript) expect(await violations(page), name).toEqual([]);
        if (hasScript) {
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(overflow, name).toBeLessThanOrEqual(0);
        }
        const picture = join(pictures, `verify.${name}.${locale}.${theme}.${width}.png`);
        if (isForPeople) await page.screenshot({ path: picture, fullPage: true });
      };
      const check = async (...names: readonly string[]) => {
        validating.service.pass(2_000);
        await page.goto(address);
        await page.locator('#file').setInputFiles(names.map(path));
        await page.locator('#check').click();
        await page.waitForSelector('.report h1');
      };
      await page.goto(address);
      await look1('question');
      await check('Договор № 7.pdf', 'Договор № 7.pdf.sig');
      await look1('detached');
      expect(await page.locator('.report h1').allTextContents()).toEqual(['Договор № 7.pdf.sig']);
      expect(await page.locator('.report > article > .outcome').textContent()).toContain('TOTAL-PASSED');
      await check('signed.pdf', 'changed.pdf', 'note.txt');
      await look1('several');
      expect(await page.locator('.report h1').allTextContents()).toEqual([
        'signed.pdf',
        'changed.pdf',
        'note.txt',
      ]);
      const outcomes = await page.locator('.report > article > .outcome').allTextContents();
      expect(outcomes.map((text) => /[A-Z]+-?[A-Z]+/.exec(text)?.[0])).toEqual([
        ...['TOTAL-PASSED', 'TOTAL-FAILED', 'TOTAL-FAILED'],
      ]);
      expect(refused).toEqual([]);
      await context.close();
    },
    30_000,
  );
});
