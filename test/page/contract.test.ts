import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../service/portal.ts';
import { browserMissing, browserNote, startBrowser } from './browser.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.dispose());

describe('the page of the contract', () => {
  it('allows nothing inline and nothing from elsewhere', async () => {
    const { status, headers } = await fetch(`${service.url}/docs`);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';form-action 'none';frame-ancestors 'none';base-uri 'none'",
    );
  });

  it('leads to the contract where no script runs, in the language that is asked for', async () => {
    const headers = { 'accept-language': 'ru' };
    const text = await (await fetch(`${service.url}/docs`, { headers })).text();
    expect(text).toContain('<a href="/openapi.json" id="contract-file">Договор файлом (OpenAPI 3.1)</a>');
  });

  it('has no files but its own', async () => {
    for (const [name, status] of [
      ['viewer.js', 200],
      ['viewer.css', 200],
      ['LICENSE', 404],
      ['..%2fpage%2fsign-in.js', 404],
      ['constructor', 404],
    ] as const)
      expect((await fetch(`${service.url}/docs/${name}`)).status, name).toBe(status);
  });

  it.skipIf(browserMissing !== undefined)(
    `shows every operation in a browser, without a complaint${browserNote}`,
    async () => {
      const browser = await startBrowser();
      try {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(String(error)));
        const elsewhere: string[] = [];
        page.on('request', (request) => {
          if (!/^(data:|http:\/\/127\.0\.0\.1:)/.test(request.url())) elsewhere.push(request.url());
        });
        await page.goto(`${service.url}/docs`);
        await page.locator('#operations-sign-in-login').click();
        await page.getByText('challenge_used', { exact: false }).first().waitFor();
        const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: object };
        const count = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
        expect(await page.locator('.opblock').count()).toBe(count);
        expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
      } finally {
        await browser.close();
      }
    },
  );
});
