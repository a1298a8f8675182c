import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signLogoutToken } from '../../src/oidc/logout-token.ts';
import { type PortalError, requireSignIn, type SealgateRequest, sealgate } from '../../src/portal/index.ts';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { Visitor } from '../oidc/visitor.ts';
import { startTestService, type TestService } from '../service/portal.ts';

let service: TestService;
let server: Server;
let origin: string;
let cookies: Map<string, string>;

beforeEach(async () => {
  service = await startTestService();
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { secret } = await service.service.clients.add(
    registrationSchema.parse({
      id: 'portal',
      name: { en: 'Portal', ru: 'Портал' },
      origins: [origin],
      oidc: oidcRegistrationSchema.parse({
        redirectUris: [`${origin}/sign-in/back`],
        postLogoutRedirectUris: [`${origin}/`],
        backchannelLogoutUri: `${origin}/sign-in/logout`,
        consent: 'waived',
      }),
    }),
    Date.now(),
  );
  const app = express();
  app.use(
    sealgate({ issuer: `${service.service.issuer}/oidc`, clientId: 'portal', clientSecret: secret, origin }),
  );
  app.all('/inside', requireSignIn(), (request: SealgateRequest, response) => {
    response.json({ name: request.sealgate?.organisation?.name, sid: request.sealgate?.sid });
  });
  app.use(((error: PortalError, _request, response, _next) => {
    response.status(error.status).json({ code: error.code });
  }) satisfies ErrorRequestHandler);
  server.on('request', app);
  cookies = new Map();
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await service.dispose();
});

/** Asks the portal, with the browser's cookies. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { 'sec-fetch-site': 'same-origin', ...(init.headers as Record<string, string>), cookie };
  const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
    if (/max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
}

/** Signs in from that address of the portal on; gives the address that the service sends the browser back to. */
async function comeBack(from = '/sign-in'): Promise<string> {
  const { headers } = await ask(from);
  const { url } = await new Visitor(service).open(headers.get('location') ?? '');
  return url.href;
}

async function signedIn(): Promise<{ name: string; sid: string }> {
  await ask(await comeBack());
  return (await (await ask('/inside')).json()) as { name: string; sid: string };
}

describe('the middleware', () => {
  it('sends whoever is not signed in to sign in, and back to where they were', async () => {
    const { status, headers } = await ask('/inside');
    expect([status, headers.get('location')]).toEqual([303, '/sign-in?to=%2Finside']);
    const back = await ask(await comeBack('/sign-in?to=%2Finside'));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/inside']);
    expect(await (await ask('/inside')).json()).toMatchObject({ name: 'ПАО «Ромашка»' });
  });

  it('refuses what somebody sends who is not signed in', async () => {
    const reply = await ask('/inside', { method: 'POST' });
    expect([reply.status, await reply.json()]).toEqual([401, { code: 'session_ended' }]);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'does not lead from a sign-in to %s',
    async (to) => {
      const { headers } = await ask(await comeBack(`/sign-in?to=${encodeURIComponent(to)}`));
      expect(headers.get('location')).toBe('/');
    },
  );

  it('takes an answer in the browser that asked, once', async () => {
    const back = await comeBack();
    const own = new Map(cookies);
    cookies.clear();
    expect(await (await ask(back)).json()).toEqual({ code: 'oidc_answer_invalid' });
    cookies = own;
    expect((await ask(back)).status).toBe(303);
    expect(await (await ask(back)).json()).toEqual({ code: 'oidc_answer_invalid' });
  });

  it('takes no answer of another issuer, and no other state', async () => {
    for (const [name, value] of [
      ['iss', 'https://evil.example'],
      ['state', 'x'],
    ] as const) {
      const back = new URL(await comeBack());
      back.searchParams.set(name, value);
      expect(await (await ask(back.href)).json()).toEqual({ code: 'oidc_answer_invalid' });
    }
  });

  it('tells of a sign-in that was given up', async () => {
    const { headers } = await ask('/sign-in');
    const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
    const issuer = `${service.service.issuer}/oidc`;
    const reply = await ask(
      `/sign-in/back?${new URLSearchParams({ error: 'access_denied', state, iss: issuer })}`,
    );
    expect([reply.status, await reply.json()]).toEqual([403, { code: 'oidc_sign_in_declined' }]);
  });

  it('does not sign anybody out at the wish of another site', async () => {
    await signedIn();
    const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await ask('/sign-in/out', foreign)).headers.get('location')).toBe('/');
    expect((await ask('/inside')).status).toBe(200);
    const { headers } = await ask('/sign-in/out', { method: 'POST' });
    expect(headers.get('location')).toContain('/oidc/session/end?');
    expect((await ask('/inside')).status).toBe(303);
  });

  it('ends a session when the service tells of its end, and takes no token of anybody else’s, nor one twice', async () => {
    const { sid } = await signedIn();
    const signer = await service.service.assertionKeys.signer(Date.now());
    const issuer = `${service.service.issuer}/oidc`;
    const token = (facts: Partial<Parameters<typeof signLogoutToken>[1]> = {}, at = Date.now()) =>
      signLogoutToken(signer, { issuer, client: 'portal', sid, ...facts }, at);
    const tell = async (logoutToken: string) =>
      (
        await ask('/sign-in/logout', {
          method: 'POST',
          body: new URLSearchParams({ logout_token: logoutToken }),
        })
      ).status;
    for (const wrong of [
      await token({ client: 'other' }),
      await token({ issuer: 'https://evil.example' }),
      await token({}, Date.now() - 600_000),
      'a.b.c',
      '',
    ])
      expect(await tell(wrong)).toBe(400);
    expect((await ask('/inside')).status).toBe(200);
    const good = await token();
    expect(await tell(good)).toBe(200);
    expect((await ask('/inside')).status).toBe(303);
    expect(await tell(good)).toBe(400);
  });
});
