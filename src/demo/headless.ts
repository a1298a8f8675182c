import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type { RunningAgent } from '../agent/http/server.ts';

/** Where Chromium and what is built of it stand on Linux. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How long a step of the person may take, in milliseconds. */
const patience = 60_000;

/** What opens the agent's windows where the headless person does so: nothing. */
export const noOpener = 'true';

/** A person who signs in by a headless browser, as far as there is one. */
export interface HeadlessPerson {
  /** Such as `Chromium 156`. */
  readonly browser: string;
  /** Signs in at the portal. Throws where a step does not come to its end within a minute. */
  signIn(visit: Visit): Promise<Visited>;
  close(): Promise<void>;
}

/** Where the person goes, and with what. */
export interface Visit {
  /** Address of the portal. */
  readonly portal: string;
  readonly agent: RunningAgent;
  /** SHA-256 of the certificate to choose, base64url. */
  readonly thumbprint: string;
  readonly pin: string;
}

/** What the person saw. */
export interface Visited {
  /** The text that was signed, as the page showed it. */
  readonly text: string;
  /** How long the person waited, in milliseconds. */
  readonly times: {
    /** From the click at the portal until the page can be used. */
    readonly page: number;
    /** From allowing the page until the certificate is there. */
    readonly certificates: number;
    /** From confirming with the PIN until the portal says who is signed in. */
    readonly confirmed: number;
  };
}

/** Starts a headless Chromium; undefined where there is none, or nothing that drives it (playwright-core). */
export async function headlessPerson(): Promise<HeadlessPerson | undefined> {
  const executablePath = places.find((place) => existsSync(place));
  const driver = await import('playwright-core').catch(() => undefined);
  if (executablePath === undefined || driver === undefined) return undefined;
  const isRoot = process.getuid?.() === 0;
  const browser = await driver.chromium.launch({
    executablePath,
    args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-dev-shm-usage'],
  });
  return {
    browser: `Chromium ${browser.version().split('.')[0]}`,
    signIn: (visit) => signIn(browser, visit),
    close: () => browser.close(),
  };
}

async function signIn(browser: Browser, { portal, agent, thumbprint, pin }: Visit): Promise<Visited> {
  const context = await browser.newContext();
  context.setDefaultTimeout(patience);
  try {
    const tab = await context.newPage();
    await tab.goto(portal);
    const page = await timed(async () => {
      await tab.click('#sign-in');
      await tab.locator('#way-agent').waitFor();
    });
    const text = (await tab.locator('#text').textContent()) ?? '';
    await tab.click('#way-agent');
    const permission = await openWindow(tab, agent);
    const choice = tab.locator(`[id="certificate-${thumbprint}"]`);
    const certificates = await timed(async () => {
      await permission.click('#confirm:enabled');
      await choice.waitFor();
    });
    await choice.check();
    await tab.click('#sign:enabled');
    const confirmation = await openWindow(tab, agent);
    await confirmation.fill('#pin', pin);
    const button = confirmation.locator('#confirm:enabled');
    await button.waitFor();
    const confirmed = await timed(async () => {
      await button.click();
      await tab.waitForURL(`${portal}/`);
    });
    return { text, times: { page, certificates, confirmed } };
  } finally {
    await context.close();
  }
}

/** The window that the agent would have the system open: its address is shown on the agent's own page as well. */
async function openWindow(page: Page, { agent }: RunningAgent): Promise<Page> {
  const end = Date.now() + patience;
  while (agent.desk.waiting === undefined && Date.now() < end) await page.waitForTimeout(20);
  const opened = await page.context().newPage();
  await opened.goto(`${agent.base}${agent.desk.waiting?.path ?? '/'}`);
  return opened;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
