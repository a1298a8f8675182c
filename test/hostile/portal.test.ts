import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPortalClient,
  MemoryLedger,
  PortalError,
  PortalSessions,
  type SignIn,
} from '../../src/portal/index.ts';
import { PlayedService } from '../portal/service.ts';

// The portal's side: strangers without a cookie, organisations with thousands of sessions, and assertions that were
// overheard or made for somebody else.

const signInOf = (sub: string) =>
  ({ assertion: 'a.b.c', claims: { sub }, expiresAt: new Date() }) as unknown as SignIn;

/** One request with that cookie, and the answer that belongs to it: those of Node.js, without the wire between. */
function exchange(cookie = ''): { readonly request: IncomingMessage; readonly response: ServerResponse } {
  const request = new IncomingMessage(new Socket());
  if (cookie !== '') request.headers.cookie = cookie;
  return { request, response: new ServerResponse(request) };
}

function cookieIn(response: ServerResponse): string {
  return String([response.getHeader('set-cookie')].flat()[0]).split(';')[0] ?? '';
}

function signIn(sessions: PortalSessions, sub: string): string {
  const { request, response } = exchange();
  sessions.signIn(request, response, signInOf(sub));
  return cookieIn(response);
}

function whoIs(sessions: PortalSessions, cookie: string): unknown {
  const { request, response } = exchange(cookie);
  return sessions.of(request, response).signIn?.claims.sub;
}

describe('portal sessions', () => {
  it('of a person who is signed in outlive 100,000 requests without a cookie', () => {
    const sessions = new PortalSessions();
    const cookie = signIn(sessions, 'ogrn:1');
    for (let each = 0; each < 100_000; each += 1) {
      const { request, response } = exchange();
      sessions.of(request, response);
    }
    expect(whoIs(sessions, cookie)).toBe('ogrn:1');
    expect(sessions.size).toBe(1);
  });

  it('outlive 100,000 requests with cookies that somebody made up', () => {
    const sessions = new PortalSessions({ capacity: 10 });
    const cookie = signIn(sessions, 'ogrn:1');
    for (let each = 0; each < 100_000; each += 1) {
      const { request, response } = exchange(`__Host-sealgate=${String(each).padStart(43, 'A')}`);
      sessions.of(request, response);
    }
    expect(whoIs(sessions, cookie)).toBe('ogrn:1');
    expect(sessions.size).toBe(1);
  });

  it('of one organisation push out its own, and no other’s', () => {
    const sessions = new PortalSessions({ capacity: 1_000, organisationCapacity: 10 });
    const honest = signIn(sessions, 'ogrn:1');
    const hostile = Array.from({ length: 5_000 }, () => signIn(sessions, 'ogrn:2'));
    expect(whoIs(sessions, honest)).toBe('ogrn:1');
    expect(sessions.size).toBe(11);
    expect(hostile.slice(-11).map((cookie) => whoIs(sessions, cookie))).toEqual([
      undefined,
      ...Array(10).fill('ogrn:2'),
    ]);
  });

  it('let a browser ask for its challenge, and sign in with the same binding, though nothing was kept of it', () => {
    const sessions = new PortalSessions();
    const first = exchange();
    const { browser } = sessions.of(first.request, first.response);
    const cookie = cookieIn(first.response);
    const again = exchange(cookie);
    expect(sessions.of(again.request, again.response).browser).toBe(browser);
    expect(again.response.getHeader('set-cookie')).toBeUndefined();
    expect(sessions.size).toBe(0);
    const last = exchange(cookie);
    expect(sessions.signIn(last.request, last.response, signInOf('ogrn:1')).browser).toBe(browser);
    expect(whoIs(sessions, cookieIn(last.response))).toBe('ogrn:1');
    expect(whoIs(sessions, cookie)).toBeUndefined();
  });

  it('tie browsers by a key that portals of several processes may share', () => {
    const key = Buffer.alloc(32, 7);
    const [one, two, other] = [
      new PortalSessions({ key }),
      new PortalSessions({ key }),
      new PortalSessions(),
    ];
    const { request, response } = exchange(`__Host-sealgate=${'B'.repeat(43)}`);
    const { browser } = one.of(request, response);
    expect(two.of(request, response).browser).toBe(browser);
    expect(other.of(request, response).browser).not.toBe(browser);
  });
});

describe('an assertion', () => {
  let service: PlayedService;
  beforeAll(async () => {
    service = await PlayedService.start();
  });
  afterAll(() => service.close());

  const client = (options: Partial<Parameters<typeof createPortalClient>[0]> = {}) =>
    createPortalClient({ service: service.url, clientId: 'portal', clientSecret: 'secret', ...options });
  const failureOf = async (act: Promise<unknown>) => {
    const error = await act.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof PortalError ? error.code : error;
  };

  it('made for a sign-in through another portal is refused, though this portal is its audience', async () => {
    await client().check(await service.sign(service.claims()));
    const foreign = await service.sign(service.claims({ client_id: 'evil-portal' }));
    expect(await failureOf(client().check(foreign))).toBe('assertion_invalid');
    service.answer('/v1/logins', 200, { assertion: foreign });
    const request = { challenge: 'c', signature: Buffer.from('x'), origin: 'https://a', browser: 'b' };
    expect(await failureOf(client().signIn(request))).toBe('assertion_invalid');
  });

  it('without a relying party is refused', async () => {
    const { client_id: _, ...claims } = service.claims();
    expect(await failureOf(client().check(await service.sign(claims)))).toBe('assertion_invalid');
  });

  it('is taken from the portal in front by a system that names it', async () => {
    const behind = client({ clientId: 'betting', clients: ['portal'], ledger: new MemoryLedger() });
    const claims = service.claims({ aud: 'betting' });
    expect((await behind.check(await service.sign(claims))).client_id).toBe('portal');
    const own = await service.sign(service.claims({ aud: 'betting', client_id: 'betting' }));
    expect(await failureOf(behind.check(own))).toBe('assertion_invalid');
  });

  it('that was overheard is worth nothing by default', async () => {
    const portal = client();
    const assertion = await service.sign(service.claims());
    await portal.check(assertion);
    expect(await failureOf(portal.check(assertion))).toBe('assertion_invalid');
  });

  it('is not forgotten for others: a full ledger refuses with rate_limited, and takes again once some have expired', async () => {
    let at = Date.now();
    const portal = client({ ledger: new MemoryLedger({ capacity: 2, now: () => at }) });
    const [first, ...rest] = await Promise.all([1, 2, 3].map(() => service.sign(service.claims())));
    await portal.check(first ?? '');
    await portal.check(rest[0] ?? '');
    expect(await failureOf(portal.check(rest[1] ?? ''))).toBe('rate_limited');
    expect(await failureOf(portal.check(first ?? ''))).toBe('assertion_invalid');
    at += 400_000;
    await portal.check(rest[1] ?? '');
  });
});
