import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OidcRegistration, oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { endSessions } from '../../src/session/session.ts';
import { startTestService, type TestService } from '../service/portal.ts';
import { type Apache, startApache } from './clients/apache.ts';
import { Visitor } from './visitor.ts';

const isWanted = process.env.INTEROPERATION !== undefined;
const subject = 'ogrn:1027700132195';

function reason(file: string, name: string): string {
  if (!isWanted) return ' (skipped: npm run interoperation runs it)';
  return existsSync(file) ? '' : ` (skipped: no ${name} here)`;
}

const apacheMissing = reason('/usr/lib/apache2/modules/mod_auth_openidc.so', 'libapache2-mod-auth-openidc');
const authlibMissing = reason('/usr/lib/python3/dist-packages/authlib', 'python3-authlib');

let service: TestService;
beforeAll(async () => {
  if (isWanted) service = await startTestService();
});
afterAll(() => service?.dispose());

async function register(id: string, origin: string, oidc: Partial<OidcRegistration>): Promise<string> {
  const registration = registrationSchema.parse({
    ...{ id, name: { en: id, ru: id }, origins: [origin] },
    oidc: oidcRegistrationSchema.parse({ consent: 'waived', ...oidc }),
  });
  return (await service.service.clients.add(registration, service.service.now())).secret;
}

describe.skipIf(apacheMissing !== '')(`Debian’s mod_auth_openidc${apacheMissing}`, () => {
  let apache: Apache | undefined;
  const closed: Apache[] = [];
  afterAll(async () => {
    for (const each of closed) await each.close();
  });

  /** An Apache of its own, registered with a way of proving itself. */
  async function open(id: string, lines: readonly string[], oidc: Partial<OidcRegistration> = {}) {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const secret = await register(id, origin, {
      redirectUris: [`${origin}/inside/back`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/inside/back?logout=backchannel`,
      ...oidc,
    });
    const issuer = `${service.service.issuer}/oidc`;
    apache = await startApache({ port, issuer, clientId: id, clientSecret: secret, lines });
    closed.push(apache);
    return new ApacheVisitor(apache, service);
  }

  it.each([['client_secret_basic'], ['client_secret_post']] as const)(
    'signs in with PKCE by %s, signs out, and is told of the end of a session',
    async (method) => {
      const lines = ['OIDCPKCEMethod S256', `OIDCProviderTokenEndpointAuth ${method}`];
      const visitor = await open(`apache-${method}`, lines, { authentication: method });
      expect(await visitor.inside()).toBeUndefined();
      expect(await visitor.signIn()).toBe(200);
      expect(await visitor.inside()).toBe(subject);
      await service.service.database.write({
        statements: [endSessions(subject, 'ended-by-organisation', service.service.now())],
      });
      await expect.poll(() => visitor.inside(), { timeout: 10_000 }).toBeUndefined();
      expect(await visitor.signIn()).toBe(200);
      expect(await visitor.signOut()).toBe(`${apache?.origin}/`);
      expect(await visitor.inside()).toBeUndefined();
    },
  );

  it('without PKCE, as it comes, is refused, and told by the protocol’s own error', async () => {
    const visitor = await open('apache-plain', []);
    await visitor.signIn();
    expect(visitor.back?.searchParams.get('error')).toBe('invalid_request');
    expect(await visitor.inside()).toBeUndefined();
  });
});

describe.skipIf(authlibMissing !== '')(`Debian’s Authlib${authlibMissing}`, () => {
  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'signs in, checks the tokens, refreshes, introspects and revokes by %s',
    async (method) => {
      const id = `authlib-${method}`;
      const redirectUri = 'https://portal.example/back';
      const secret = await register(id, 'https://portal.example', {
        ...{ redirectUris: [redirectUri], authentication: method, refreshTokens: true },
      });
      const script = fileURLToPath(new URL('clients/authlib_portal.py', import.meta.url));
      const child = spawn('/usr/bin/python3', [script], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          ...{ ISSUER: `${service.service.issuer}/oidc`, CLIENT_ID: id, CLIENT_SECRET: secret },
          ...{ REDIRECT_URI: redirectUri, METHOD: method, AUTHLIB_INSECURE_TRANSPORT: '1' },
        },
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const next = async () => String((await lines.next()).value);
      const { url } = await new Visitor(service).open(await next());
      child.stdin.end(`${url}\n`);
      expect(JSON.parse(await next())).toEqual({
        ...{ sub: subject, organisation: 'ПАО «Ромашка»', refreshed: true, active: [true, false] },
      });
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A browser at an Apache and at the service, with cookies of both. */
class ApacheVisitor {
  private readonly apache: Apache;
  private readonly visitor: Visitor;
  private readonly cookies = new Map<string, string>();
  /** Where the service sent the browser back to. */
  back: URL | undefined;

  constructor(apache: Apache, service: TestService) {
    this.apache = apache;
    this.visitor = new Visitor(service);
  }

  /** Who is signed in; undefined where nobody is. */
  async inside(): Promise<string | undefined> {
    const reply = await this.open(`${this.apache.origin}/inside/`);
    return reply.status === 200 ? reply.subject : undefined;
  }

  /** Goes in, through the service; gives the status of the page that it ends at. */
  async signIn(): Promise<number> {
    const asked = await this.open(`${this.apache.origin}/inside/`);
    this.back = (await this.visitor.open(asked.location ?? '')).url;
    let reply = await this.open(this.back);
    const { location } = reply;
    if (location !== undefined) reply = await this.open(location);
    return reply.status;
  }

  /** Signs out, through the service; gives where that ends. */
  async signOut(): Promise<string> {
    const { origin } = this.apache;
    const asked = await this.open(`${origin}/inside/back?logout=${encodeURIComponent(`${origin}/`)}`);
    const { text } = await this.visitor.open(asked.location ?? '');
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? [];
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(text) ?? [];
    return (await this.visitor.post(action, { xsrf, logout: 'yes' })).url.href;
  }

  /** By undici's own interface: `fetch` says of itself that a script asks, whom the module does not send to sign in. */
  private async open(address: string | URL): Promise<ApacheReply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const {
      statusCode: status,
      headers,
      body,
    } = await request(address, { headers: { accept: 'text/html', cookie } });
    await body.dump();
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const single = (name: string) => [headers[name] ?? []].flat()[0];
    return { status, location: single('location'), subject: single('x-subject') };
  }
}

/** What an Apache answered. */
interface ApacheReply {
  readonly status: number;
  readonly location: string | undefined;
  readonly subject: string | undefined;
}
