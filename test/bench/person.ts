import type { Browser, Page } from 'playwright-core';
import type { TestAgent } from '../agent/setting.ts';
import { testAgent } from '../agent/setting.ts';
import { type CertifiedToken, certifiedToken } from '../agent/token.ts';
import { browserMissing, startBrowser } from '../page/browser.ts';
import { type Site, startSite } from '../page/site.ts';
import { noSoftHsm } from '../token/softhsm.ts';
import { type Figure, median } from './measure.ts';

/** What people were promised to wait at most, in milliseconds. */
const promised = { page: 300, certificates: 1_000, confirmed: 500 };

/** Sign-ins that are measured; one before them warms everything up. */
const rounds = 7;

type Times = Readonly<Record<keyof typeof promised, number>>;

/**
 * How long a person waits: for the page until it can be used, for the certificates of three tokens, and from confirming
 * with the PIN until the portal has them back. The true page in headless Chromium, the true agent, SoftHSM; each against
 * what was promised.
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
    const figure = (name: string, part: keyof Times): Figure => {
      const ours = 1000 / median(measured.map((times) => times[part]));
      const theirs = 1000 / promised[part];
      return { name, peer: `within ${promised[part]} ms`, ours, theirs, ratio: ours / theirs, goal: 1 };
    };
    return [
      figure('sign-in page: there and to be used, a second', 'page'),
      figure('agent: certificates of three tokens on the page, a second', 'certificates'),
      figure('from confirming with the PIN to being back at the portal, a second', 'confirmed'),
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
    await page.goto(site.portal);
    const ready = await timed(async () => {
      await page.goto(site.link(), { waitUntil: 'commit' });
      await page.locator('#way-agent').waitFor();
    });
    await page.click('#way-agent');
    const certificates = await timed(() => page.locator('label.certificate').nth(2).waitFor());
    await page.locator(`[id="certificate-${token.thumbprint}"]`).check();
    await page.click('#sign:enabled');
    const window = await context.newPage();
    await window.goto(await agent.nextWindow());
    await window.fill('#pin', token.pin);
    await window.locator('#confirm:enabled').waitFor();
    const confirmed = await timed(() => confirm(window, page));
    return { page: ready, certificates, confirmed };
  } finally {
    await context.close();
  }
}

async function confirm(window: Page, page: Page): Promise<void> {
  await window.click('#confirm');
  await page.locator('#portal').waitFor();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
