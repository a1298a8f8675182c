import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { pluginExtensions } from '../../src/sign-in/plugin-extension.ts';
import { signAttached } from './attached.ts';
import { browserMissing, browserNote, startBrowser } from './browser.ts';
import { type Site, startSite } from './site.ts';

const standIn = readFileSync(new URL('plugin-stand-in.js', import.meta.url), 'utf8');
const realLoader = readFileSync(
  new URL('../../node_modules/cadesplugin_api.js/dist/cadesplugin_api.js', import.meta.url),
  'utf8',
);
const [current, , formerlyInStore] = pluginExtensions;
const day = 86_400_000;
const patience = { timeout: 30_000, interval: 100 };

/** A certificate as the stand-in's stores have it. */
interface Stored {
  readonly der: string;
  /** SHA-1, hexadecimal, as the plug-in knows certificates. */
  readonly thumbprint: string;
  /** 2: the person's store; 100: containers alone. */
  readonly store: 2 | 100;
  readonly hasKey: boolean;
  readonly container: string;
  readonly hangsAt?: 'Export' | 'HasPrivateKey';
}

interface Options {
  readonly certificates: readonly Stored[];
  readonly noNative?: boolean;
  readonly nativeHangs?: boolean;
  readonly noProvider?: boolean;
  readonly accessError?: string;
  readonly secondStoreFails?: boolean;
  readonly signError?: string;
  readonly signHangs?: boolean;
}

let browser: Browser;
let site: Site;
let expired: IssuedCertificate;

beforeAll(async () => {
  if (browserMissing !== undefined) return;
  browser = await startBrowser();
  site = await startSite();
  expired = await site.authority.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: Date.now() - 300 * day,
    notAfter: Date.now() - 20 * day,
  });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(() => {
  site?.arrivals.splice(0);
});

function stored({ certificate }: IssuedCertificate, part: Partial<Stored> = {}): Stored {
  return {
    der: Buffer.from(certificate).toString('base64'),
    thumbprint: hash('sha1', certificate, 'hex').toUpperCase(),
    store: 2,
    hasKey: true,
    container: 'REGISTRY\\\\container-1',
    ...part,
  };
}

/** A page with an extension of that identifier, whose script is the stand-in. */
async function withExtension(
  options: Options,
  id: string = current,
  more: { readonly userAgent?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU', ...more });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  // Chromium hides the address of an extension that it does not have, so that the page says which one it asks for.
  await page.route(/^chrome-extension:/, async (route) => {
    const asked = await page.evaluate(
      "[...document.scripts].map(({ src }) => src).findLast((src) => src.startsWith('chrome-extension:'))",
    );
    if (asked !== `chrome-extension://${id}/nmcades_plugin_api.js`) return route.abort();
    return route.fulfill({ contentType: 'text/javascript', body: standIn });
  });
  await page.addInitScript(`window.pluginStandIn = ${JSON.stringify(options)}`);
  await page.exposeFunction('signInPlace', async (content: string, thumbprint: string) => {
    const signer = [site.signer, expired].find((each) => stored(each).thumbprint === thumbprint);
    if (signer === undefined) throw new Error('another certificate');
    return Buffer.from(await signAttached(Buffer.from(content, 'base64'), signer, Date.now())).toString(
      'base64',
    );
  });
  return page;
}

async function open(options: Options, id?: string): Promise<Page> {
  const page = await withExtension(options, id);
  await page.goto(site.link());
  return page;
}

const code = (page: Page) => page.locator('#failure-code').textContent();

describe.skipIf(browserMissing)(
  `signing by CryptoPro’s plug-in, of which a stand-in was tried and not the real one${browserNote}`,
  () => {
    it.each([
      ['of today', current],
      ['of Manifest V2', formerlyInStore],
    ])('with the extension %s signs the very text, and the person is signed in', async (_, id) => {
      const page = await open({ certificates: [stored(site.signer)] }, id);
      await page.locator('#way-plugin').click();
      await page.locator('#sign').click();
      await expect.poll(() => site.arrivals.length, patience).toBe(1);
      const taken = await site.take(site.arrivals[0]?.searchParams.get('code') ?? null);
      expect(taken).toMatchObject({ status: 200, body: { organisation: { inn: '9901001013' } } });
      await page.context().close();
    });

    it('asks an extension of Firefox for its address, and takes none that is not one', async () => {
      const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
      const page = await withExtension({ certificates: [] }, current, { userAgent: agent });
      await page.addInitScript(`addEventListener('message', ({ data }) => {
        if (data !== 'cadesplugin_echo_request') return;
        for (const url of ['https://portal.example/nmcades_plugin_api.js', 'moz-extension://5f0c2a1e/nmcades_plugin_api.js'])
          postMessage('cadesplugin_loaded url:' + url, '*');
      })`);
      const asked: string[] = [];
      page.on('console', (message) => asked.push(message.text()));
      await page.goto(site.link());
      await page.locator('.remedy .code').waitFor({ state: 'attached' });
      const sources = await page.evaluate('[...document.scripts].map(({ src }) => src).join()');
      expect(sources).toContain('moz-extension://5f0c2a1e/nmcades_plugin_api.js');
      expect(sources).not.toContain('portal.example');
      expect(asked.join()).not.toContain('Content Security Policy');
      await page.context().close();
    });

    it('asks for the encoding before the content and never for a PIN', async () => {
      const page = await open({ certificates: [stored(site.signer)] });
      await page.locator('#way-plugin').click();
      await page.locator('#sign').waitFor();
      await page.route('**/signature*', (route) => route.abort());
      await page.locator('#sign').click();
      await page.locator('#failure-code').waitFor();
      expect(await code(page)).toBe('service_unreachable');
      const calls = (await page.evaluate('window.pluginCalls')) as string[];
      const set = calls.filter((call) => call.includes('propset_'));
      expect(set).toContain('CPSigner.propset_Certificate');
      expect(set.indexOf('CadesSignedData.propset_ContentEncoding')).toBeLessThan(
        set.indexOf('CadesSignedData.propset_Content'),
      );
      expect(set.join()).not.toContain('Pin');
      await page.context().close();
    });

    it.each<[string, Partial<Options>, string | undefined]>([
      ['plugin_extension_missing', {}, undefined],
      ['plugin_native_missing', { noNative: true }, current],
      ['plugin_provider_missing', { noProvider: true }, current],
    ])('tells %s on its own', async (expected, options, id) => {
      const page = await open({ certificates: [], ...options }, id ?? 'none');
      await expect.poll(() => page.locator('.remedy .code').textContent(), patience).toBe(expected);
      await page.context().close();
    });

    it.each<[string, Partial<Options>]>([
      ['signing_cancelled', { signError: 'Действие отменено пользователем. (0x8010006E)' }],
      ['signing_cancelled', { signError: 'Операция была отменена пользователем. (0x000004C7)' }],
      ['pin_incorrect', { signError: 'Wrong PIN (0x8010006B)' }],
      ['pin_locked', { signError: 'Blocked (0x8010006C)' }],
      ['token_removed', { signError: 'Removed (0x80100069)' }],
      ['key_not_found', { signError: 'Набор ключей не существует (0x80090016)' }],
      ['plugin_licence_over', { signError: 'Licence (0x8007065B)' }],
      ['plugin_failed', { signError: 'Внутренняя ошибка. (0x80090020)' }],
    ])('tells %s where the signature fails (%j)', async (expected, options) => {
      const page = await open({ certificates: [stored(site.signer)], ...options });
      await page.locator('#way-plugin').click();
      await page.locator('#sign').click();
      await page.locator('#failure-code').waitFor();
      expect(await code(page)).toBe(expected);
      expect(site.arrivals).toEqual([]);
      await page.context().close();
    });

    it('tells plugin_access_refused where the person does not let the site see certificates', async () => {
      const page = await open({
        certificates: [],
        accessError: 'Операция была отменена пользователем. (0x000004C7)',
      });
      await page.locator('#way-plugin').click();
      await page.locator('#failure-code').waitFor();
      expect(await code(page)).toBe('plugin_access_refused');
      await page.context().close();
    });

    it('tells signing_cancelled where the person stops waiting, and drops what comes later', async () => {
      const page = await open({ certificates: [stored(site.signer)], signHangs: true });
      await page.locator('#way-plugin').click();
      await page.locator('#sign').click();
      await page.locator('#cancel').click();
      await page.locator('#failure-code').waitFor();
      expect(await code(page)).toBe('signing_cancelled');
      await page.context().close();
    });

    it('lists both stores once each, says where a certificate lies and why one cannot be used', async () => {
      const page = await open({
        certificates: [
          stored(site.signer),
          stored(expired, { store: 100 }),
          stored(site.signer, { store: 100, container: 'SCARD\\rutoken_ecp_3a2f\\0A00\\1234' }),
        ],
      });
      await page.locator('#way-plugin').click();
      await page.locator('#sign:not([disabled])').waitFor();
      expect(await page.locator('label.certificate').count()).toBe(1);
      await page.locator('#unusable > summary').click();
      expect(await page.locator('#unusable').textContent()).toContain('Срок действия сертификата истёк');
      await page.context().close();
    });

    it('goes on without a certificate that does not answer, and without the second store', async () => {
      const page = await open({
        certificates: [
          stored(expired, { hangsAt: 'Export' }),
          stored(site.signer, { container: 'SCARD\\rutoken_ecp_3a2f\\0A' }),
        ],
        secondStoreFails: true,
      });
      await page.locator('#way-plugin').click();
      await page.locator('#sign:not([disabled])').waitFor();
      expect(await page.locator('label.certificate').textContent()).toContain('rutoken_ecp_3a2f');
      expect(await page.locator('#unusable').textContent()).toContain('Не подходят: 1');
      await page.context().close();
    });

    it('lists forty certificates, the last used one first, and finds one of them', async () => {
      const many = await Promise.all(
        Array.from({ length: 40 }, () =>
          site.authority.issue({ subscriber: sampleSubscriber('legal-entity'), notBefore: Date.now() - day }),
        ),
      );
      const page = await open({ certificates: many.map((each) => stored(each)) });
      await page.evaluate(
        `localStorage.setItem('sealgate-last-used', ${JSON.stringify(
          JSON.stringify({ way: 'plugin', thumbprint: hash('sha256', many[17]!.certificate, 'base64url') }),
        )})`,
      );
      await page.reload();
      await page.locator('#way-plugin').click();
      await page.locator('#sign:not([disabled])').waitFor();
      expect(await page.locator('label.certificate').count()).toBe(40);
      expect(await page.locator('label.certificate').first().textContent()).toContain('Последний вход');
      await page.locator('#search').fill('никого такого');
      expect(await page.locator('label.certificate').count()).toBe(0);
      await page.locator('#search').fill('северный');
      await expect.poll(() => page.locator('label.certificate').count(), patience).toBe(40);
      await page.context().close();
    });
  },
);

describe.skipIf(browserMissing)(
  `CryptoPro’s own loader 2.3.5 as a client of the same stand-in, the real plug-in untried${browserNote}`,
  () => {
    it('finds it, lists its certificate and signs with it', async () => {
      const page = await withExtension({ certificates: [stored(site.signer)] }, formerlyInStore);
      await page.route('https://loader.example/**', (route) =>
        route.fulfill(
          route.request().url().endsWith('.js')
            ? { contentType: 'text/javascript; charset=utf-8', body: realLoader }
            : {
                contentType: 'text/html',
                body: '<!doctype html><title>Loader</title><script src="/loader.js"></script>',
              },
        ),
      );
      await page.goto('https://loader.example/');
      const signature = (await page.evaluate(`(async () => {
        const plugin = cadesplugin;
        await plugin;
        const store = await plugin.CreateObjectAsync('CAdESCOM.Store');
        await store.Open(2, 'My', 2);
        const certificates = await store.Certificates;
        if (await certificates.Count !== 1) throw new Error('one certificate expected');
        const certificate = await certificates.Item(1);
        const signer = await plugin.CreateObjectAsync('CAdESCOM.CPSigner');
        await signer.propset_Certificate(certificate);
        const data = await plugin.CreateObjectAsync('CAdESCOM.CadesSignedData');
        await data.propset_ContentEncoding(plugin.CADESCOM_BASE64_TO_BINARY);
        await data.propset_Content(btoa('text'));
        return data.SignCades(signer, plugin.CADESCOM_CADES_BES, false);
      })()`)) as string;
      expect(Buffer.from(signature, 'base64').includes(Buffer.from('text'))).toBe(true);
      await page.context().close();
    });

    it('is told in its own words that it is not there, as it knows the former identifier alone', async () => {
      const page = await withExtension({ certificates: [] }, current);
      await page.route('https://loader.example/**', (route) =>
        route.fulfill(
          route.request().url().endsWith('.js')
            ? { contentType: 'text/javascript; charset=utf-8', body: realLoader }
            : {
                contentType: 'text/html',
                body: '<!doctype html><title>Loader</title><script src="/loader.js"></script>',
              },
        ),
      );
      await page.goto('https://loader.example/');
      expect(await page.evaluate('cadesplugin.then(() => "found", (why) => why)')).toBe('Плагин недоступен');
      await page.context().close();
    });
  },
);
