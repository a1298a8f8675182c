import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { TestAgent } from '../agent/setting.ts';
import { testAgent } from '../agent/setting.ts';
import { type CertifiedToken, certifiedToken } from '../agent/token.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { type Site, startSite } from '../page/site.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { agentBenchmarks } from './agent.ts';
import { type Figure, median, promise } from './measure.ts';

/** What people were promised to wait at most, in milliseconds. */
const promised = { page: 300, certificates: 1_000, confirmed: 500 };

const usableScript = fileURLToPath(new URL('usable.js', import.meta.url));

/** Sign-ins that are measured; one before them warms everything up. */
const rounds = 9;

/** How long the portal's page is there before its link is followed, in milliseconds. */
const portalRead = 500;

type Times = Readonly<Record<keyof typeof promised, number>>;

/**
 * How long a person waits: for the page until it can be used, for the certificates of three tokens, and from confirming
 * with the PIN until the portal has them back; and what the agent takes of the computer meanwhile. The true page in
 * headless Chromium, the true agent, SoftHSM; each against what was promised.
 */
export async function personBenchmarks(skipped: (reason: string) => void): Promise<readonly Figure[]> {
  const missing = browserMissing ?? noSoftHsm;
  if (missing !== undefined) {
    skipped(missing);
    return [];
  }
  const place = await prepare();
  try {
    await signIn(place);
    const measured: Times[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await signIn(place));
    const figure = (name: string, part: keyof Times): Figure =>
      promise(name, median(measured.map((times) => times[part])), promised[part], 'ms');
    return [
      figure('sign-in page: from the portal’s link until it is drawn and can be used', 'page'),
      figure('agent: certificates of three tokens on the page', 'certificates'),
      figure('from confirming with the PIN to being back at the portal', 'confirmed'),
      ...(await agentBenchmarks(place.token, skipped)),
    ];
  } finally {
    await place.close();
  }
}

interface Place {
  readonly site: Site;
  readonly agent: TestAgent;
  readonly token: CertifiedToken;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** The service, an agent with three tokens, and a browser. The agent's port is the service's setting. */
async function prepare(): Promise<Place> {
  const first = await testAgent([]);
  const { port } = first;
  await first.remove();
  const site = await startSite({ environment: { SEALGATE_AGENT_PORTS: String(port) } });
  const tokens: CertifiedToken[] = [];
  for (const label of ['first', 'second', 'third']) {
    tokens.push(await certifiedToken('ec-p256', label, site.authority));
  }
  const [token] = tokens;
  if (token === undefined) throw new Error('no token was made');
  const agent = await testAgent(
    tokens.map(({ choice }) => choice),
    { port },
  );
  await agent.agent.origins.allow(site.origin, Date.now());
  const browser = await startBrowser();
  return {
    ...{ site, agent, token, browser },
    async close() {
      await browser.close();
      await agent.remove();
      for (const each of tokens) await each.remove();
      await site.close();
    },
  };
}

async function signIn({ site, agent, token, browser }: Place): Promise<Times> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.addInitScript({ path: usableScript });
    await page.goto(site.portal);
    // Nobody follows the link while the browser is still starting what the portal's page runs in.
    await page.waitForTimeout(portalRead);
    await page.goto(site.link());
    const ready = await usableAfter(page);
    await page.click('#way-agent');
    const certificates = await timed(() => page.locator('label.certificate').nth(2).waitFor());
    await page.locator(`[id="certificate-${token.thumbprint}"]`).check();
    await page.click('#sign:enabled');
    const confirmation = await context.newPage();
    await confirmation.goto(await agent.nextWindow());
    await confirmation.fill('#pin', token.pin);
    await confirmation.locator('#confirm:enabled').waitFor();
    const confirmed = await timed(() => confirm(confirmation, page));
    return { page: ready, certificates, confirmed };
  } finally {
    await context.close();
  }
}

async function confirm(confirmation: Page, page: Page): Promise<void> {
  await confirmation.click('#confirm');
  await page.locator('#portal').waitFor();
}

/** Milliseconds from the navigation's start until the page could be used, as it has noted itself. */
async function usableAfter(page: Page): Promise<number> {
  const noted = await page.waitForFunction(() => performance.getEntriesByName('usable')[0]?.startTime);
  return Number(await noted.jsonValue());
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
