import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person, returnUri } from '../sign-in/person.ts';
import { type Portal, startTestService, type TestService } from './portal.ts';

const base = '/sign/in';
let service: TestService;
let client: Portal;
beforeAll(async () => {
  service = await startTestService({}, { SEALGATE_ISSUER: `https://sealgate.example${base}` });
  client = await service.portal({ returnUris: [returnUri] });
});
afterAll(() => service.dispose());

const get = (path: string) => fetch(`${service.url}${path}`, { redirect: 'manual' });

describe('a service below a path', () => {
  it.each([
    ['left in the address by the proxy', base],
    ['taken out of it', ''],
  ])('signs people in by its page with the path %s', async (_, prefix) => {
    const person = new Person(service);
    const query = new URLSearchParams({ client_id: client.id, return_uri: returnUri });
    const { headers } = await person.get(`${prefix}/sign-in/start?${query}`);
    const address = new URL(headers.get('location') ?? '');
    expect(address.href).toMatch(/^https:\/\/sealgate\.example\/sign\/in\/sign-in\/[\w-]{43}$/);
    const path = `${prefix}${address.pathname.slice(base.length)}`;
    const page = await person.get(path);
    expect(page.headers.get('set-cookie')).toMatch(/^__Host-sealgate-sign-in=.*; Path=\/;.*Secure/);
    const own = [...page.text.matchAll(/ (?:action|href)="(\/[^"]*)"/g)].map(([, link = '']) => link);
    expect(own.length).toBeGreaterThan(4);
    expect(own.filter((link) => !link.startsWith(`${base}/`))).toEqual([]);
    const style = own.find((link) => link.endsWith('.css')) ?? '';
    expect((await get(`${prefix}${style.slice(base.length)}`)).status).toBe(200);
    const { body } = await person.sign(path);
    expect(new URL(body.location ?? '').searchParams.get('iss')).toBe(`https://sealgate.example${base}`);
  });

  it('names its addresses of OpenID Connect below the path, and answers at them', async () => {
    const found = await get(`${base}/oidc/.well-known/openid-configuration`);
    const discovery = (await found.json()) as Record<string, string>;
    expect(discovery.issuer).toBe(`https://sealgate.example${base}/oidc`);
    const { pathname } = new URL(discovery.jwks_uri ?? '');
    expect([pathname.startsWith(base), (await get(pathname)).status]).toEqual([true, 200]);
  });

  it('knows nothing at paths that only begin alike', async () => {
    expect((await get(`${base}side/healthz`)).status).toBe(404);
    expect((await get(`${base}/healthz`)).status).toBe(200);
  });
});
