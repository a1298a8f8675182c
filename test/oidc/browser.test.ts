import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { endSessions } from '../../src/session/session.ts';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { signText, startTestService, type TestService } from '../service/portal.ts';
import { openPortal, type PortalKind, portalKinds, type RunningPortal } from './portals.ts';

const patience = { timeout: 20_000 };
const organisation = 'ПАО «Ромашка»';

describe.skipIf(browserMissing)(`portals of other people’s clients in a browser${browserNote}`, () => {
  let service: TestService;
  let browser: Browser;
  const portals = new Map<string, RunningPortal>();

  beforeAll(async () => {
    service = await startTestService();
    browser = await startBrowser();
    for (const kind of portalKinds) portals.set(kind.name, await register(service, kind));
  });
  afterAll(async () => {
    for (const portal of portals.values()) portal.close();
    await browser?.close();
    await service?.dispose();
  });

  const originOf = (name: string) => portals.get(name)?.origin ?? '';

  const visit = async (act: (page: Page, context: BrowserContext) => Promise<void>) => {
    const context = await browser.newContext({ locale: 'ru-RU' });
    context.setDefaultTimeout(15_000);
    try {
      await act(await context.newPage(), context);
    } finally {
      await context.close();
    }
  };

  it.each(portalKinds)('$name signs an organisation in, and shows whom', async ({ name }) => {
    await visit(async (page) => {
      await page.goto(`${originOf(name)}/sign-in`);
      await sign(page);
      await page.locator('#agree').click();
      await page.waitForURL(`${originOf(name)}/`, patience);
      expect(await page.locator('#who').textContent()).toBe(organisation);
    });
  });

  it('one signature lets in at a second portal, and the end of the session is seen by both at once', async () => {
    await visit(async (page) => {
      const [first, second] = ['sealgate/portal', 'express-openid-connect'].map(originOf);
      await page.goto(`${first}/inside`);
      await sign(page);
      await agreeIfAsked(page, `${first}/inside`);
      await page.goto(`${second}/sign-in`);
      await agreeIfAsked(page, `${second}/`);
      expect(await page.locator('#who').textContent()).toBe(organisation);
      await service.service.database.write({
        statements: [endSessions('ogrn:1027700132195', 'ended-by-organisation', service.service.now())],
      });
      for (const portal of [first, second]) {
        const who = async () => {
          await page.goto(`${portal}/`);
          return page.locator('#who').textContent();
        };
        await expect.poll(who, { timeout: 3_000 }).toBe('nobody');
      }
    });
  });

  it('signing out at the portal signs out here, and comes back to it', async () => {
    await visit(async (page) => {
      const origin = originOf('sealgate/portal');
      await page.goto(`${origin}/sign-in`);
      await sign(page);
      await agreeIfAsked(page, `${origin}/`);
      await page.locator('#out').click();
      await page.locator('#logout').click();
      await page.waitForURL(`${origin}/`, patience);
      expect(await page.locator('#who').textContent()).toBe('nobody');
      await page.goto(`${origin}/inside`);
      await page.locator('#text').waitFor(patience);
    });
  });

  async function agreeIfAsked(page: Page, address: string): Promise<void> {
    await page.waitForURL((url) => url.href === address || url.pathname.includes('/interaction/'), patience);
    if (page.url() === address) return;
    await page.locator('#agree').click();
    await page.waitForURL(address, patience);
  }
});

/** Signs by a file, as a person does who has no agent: the text goes down, the signature up. */
async function sign(page: Page): Promise<void> {
  await page.locator('#way-file').waitFor();
  if (await page.locator('#way-file:not([open])').count()) await page.locator('#way-file > summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
  const text = readFileSync(await download.path(), 'utf8');
  const file = { name: 'text.sig', mimeType: 'text/plain', buffer: Buffer.from(signText(text)) };
  await page.locator('#file').setInputFiles(file);
  await page.locator('#send').click();
}

async function register({ service }: TestService, kind: PortalKind): Promise<RunningPortal> {
  const portal = await openPortal();
  const { origin } = portal;
  const id = kind.name.replaceAll('/', '-');
  const { secret } = await service.clients.add(
    registrationSchema.parse({
      id,
      name: { en: kind.name, ru: kind.name },
      origins: [origin],
      oidc: oidcRegistrationSchema.parse({
        redirectUris: [`${origin}${kind.back}`],
        postLogoutRedirectUris: [`${origin}/`],
        ...(kind.logout === undefined ? {} : { backchannelLogoutUri: `${origin}${kind.logout}` }),
      }),
    }),
    service.now(),
  );
  const settings = { issuer: `${service.issuer}/oidc`, clientId: id, clientSecret: secret, origin };
  portal.run(kind.app(settings));
  return portal;
}
